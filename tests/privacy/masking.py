"""Says in one line what is masked."""

from __future__ import annotations

from coach.privacy import PersonalDataRedactor, Redaction
from tests.builders import conversation


def redact(*lines: str) -> Redaction:
    """`redact("A: Hello", "C: Hi")`."""
    return PersonalDataRedactor().redact(conversation(*lines))


def sent(*lines: str) -> list[str]:
    """What is sent for these turns."""
    return [turn.text for turn in redact(*lines).transcript.turns]


def masked(*lines: str) -> list[tuple[str, str]]:
    """Kind and words of every place that is masked."""
    return list(redact(*lines).masked())
