"""Training of what the embedded judge has learned: needs the extra `train`; grading needs nothing of it."""
