"""Which criteria are broken by words that were said, and which by words that are missing.

The embedded judge can tell: a `forbid` check speaks of words, the others of silence. Promise: nothing is guessed for
another judge; its findings all count as said, which holds rewrites to the stricter rule.
"""

from __future__ import annotations

from coach.judges.base import Judge
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["said_wrong"]


async def said_wrong(transcript: Transcript, judge: Judge, criteria: frozenset[str]) -> frozenset[str] | None:
    """Those of `criteria` that a `forbid` check holds against the conversation; None where `judge` has no checks."""
    if judge.info.kind != "embedded":
        return None
    chosen = [prohibition for name in sorted(criteria) if (prohibition := _prohibition(name, judge.rubric)) is not None]
    judgement = await judge.grade(transcript, chosen)
    return frozenset(finding.criterion for finding in judgement.findings if finding.verdict == "violated")


def _prohibition(name: str, rubric: Rubric) -> Criterion | None:
    criterion = rubric.by_id.get(name)
    checks = [check for check in criterion.checks if check.check == "forbid"] if criterion else []
    return criterion.model_copy(update={"checks": checks}) if criterion and checks else None
