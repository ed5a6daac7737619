"""Keeps personal data on this machine: what is sent to an endpoint is masked first, what comes back is restored.

Promise: amounts, times, durations and whatever else clauses speak of are sent as they are; quotes are verbatim in the
original again before anyone sees them.
"""

from coach.privacy.redactor import PersonalDataRedactor, Redaction

__all__ = ["PersonalDataRedactor", "Redaction"]
