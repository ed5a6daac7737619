"""The report of a QA lead: one HTML file that says what a store holds, honest about sample sizes."""
