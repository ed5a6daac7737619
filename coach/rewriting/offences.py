"""What is held against a conversation besides the findings: which words break a criterion, and what a judge is unsure of.

The embedded judge can tell: a `forbid` check speaks of words, the others of silence, and what its checks say is known before
it is weighed. Promise: nothing is guessed for another judge; its findings all count as said, which holds rewrites to the
stricter rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from coach.findings import Evidence, Finding
from coach.judges.base import Judge
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["said_wrong", "suspected"]


async def said_wrong(transcript: Transcript, judge: Judge, criteria: Iterable[str]) -> frozenset[str] | None:
    """Those of `criteria` that a `forbid` check holds against the conversation; None where `judge` has no checks."""
    if not isinstance(judge, EmbeddedJudge):
        return None
    chosen = [prohibition for name in sorted(criteria) if (prohibition := _prohibition(name, judge.rubric)) is not None]
    return frozenset(finding.criterion for finding in _held(transcript, judge, chosen))


def suspected(transcript: Transcript, judge: Judge, criteria: Iterable[str]) -> tuple[Finding, ...]:
    """Violations of `criteria` that the checks see, whether or not the judge is sure enough to report them."""
    if not isinstance(judge, EmbeddedJudge):
        return ()
    return tuple(_held(transcript, judge, [judge.rubric.by_id[name] for name in sorted(criteria)]))


def _held(transcript: Transcript, judge: EmbeddedJudge, criteria: Iterable[Criterion]) -> Iterable[Finding]:
    reading = judge.read(transcript)
    for criterion in criteria:
        outcome = reading.outcome(criterion)
        if outcome.verdict == "violated" and outcome.turn is not None:
            yield Finding(
                criterion=criterion.id,
                verdict="violated",
                scenario=criterion.scenario,
                severity=criterion.severity,
                source="embedded",
                evidence=(Evidence(turn=outcome.turn, quote=outcome.quote),),
                rationale=outcome.reason,
            )


def _prohibition(name: str, rubric: Rubric) -> Criterion | None:
    criterion = rubric.by_id.get(name)
    checks = [check for check in criterion.checks if check.check == "forbid"] if criterion else []
    return criterion.model_copy(update={"checks": checks}) if criterion and checks else None
