"""A first draft of a rubric from a service manual, for a person to finish."""
