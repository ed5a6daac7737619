"""The one protocol that every judge keeps; the auditor does not know which judge it holds.

Promise: a judge returns findings for the criteria that it was asked about and nothing else, each at most once. What it
cannot tell is a `not_assessed` finding with the reason; what does not apply is left out (closed world). A conversation
that cannot be graded at all raises `JudgeError`; it never yields verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.findings import Finding, JudgeInfo, Occurrence, Usage
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["Judge", "Judgement"]


@dataclass(frozen=True)
class Judgement:
    """What a judge says of one conversation: which scenarios arose, and a verdict for every criterion that applied."""

    scenarios: tuple[Occurrence, ...]
    findings: tuple[Finding, ...]
    usage: Usage = field(default_factory=Usage)


class Judge(Protocol):
    """Grades conversations against one rubric, fixed when the judge is made."""

    @property
    def rubric(self) -> Rubric:
        """The rubric that it grades against."""
        ...

    @property
    def info(self) -> JudgeInfo:
        """Which judge this is; equal `info` means equal grading of equal input, as far as the judge is deterministic."""
        ...

    async def grade(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        """Grade `transcript` on `criteria` (default: all that a transcript can settle). Raises `JudgeError`."""
        ...

    async def close(self) -> None:
        """Release connections; the judge is not used afterwards."""
        ...
