"""What is held against a conversation besides the findings: which words break a criterion, and what a judge is unsure of.

The embedded judge can tell: a `forbid` check speaks of words, the others of silence, and what no check found was heard in
words. Promise: nothing is guessed for another judge; its findings all count as said, which holds rewrites to the stricter
rule.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from coach.findings import Evidence, Finding
from coach.judges.base import Judge
from coach.judges.embedded.judge import EmbeddedJudge
from coach.judges.embedded.reading import Reading
from coach.judges.embedded.rules import Loudest, breaks
from coach.rubric import Criterion
from coach.transcript import Transcript

__all__ = ["said_wrong", "still_heard", "suspected"]

_LOUD = 1.0
"""Log-odds from which on words that were put right still sound like a breach. Rules are learned with breaches weighed as
heavily as all the rest, so that even odds mean little."""


def said_wrong(
    transcript: Transcript, judge: Judge, findings: Sequence[Finding], criteria: Iterable[str]
) -> frozenset[str] | None:
    """Those of `criteria` that words break: a `forbid` check holds them against the conversation, or it only sounds so, and
    no check says what is missing. `findings` are what `judge` makes of it. None where `judge` has no checks."""
    if not isinstance(judge, EmbeddedJudge):
        return None
    reading, violated = judge.read(transcript), {f.criterion for f in findings if f.verdict == "violated"}
    chosen = [judge.rubric.by_id[name] for name in sorted(criteria) if name in judge.rubric.by_id]
    return frozenset(
        criterion.id
        for criterion in chosen
        if _breaks_prohibition(reading, criterion)
        or (criterion.id in violated and reading.outcome(criterion).verdict != "violated")
    )


def suspected(transcript: Transcript, judge: Judge, criteria: Iterable[str]) -> tuple[Finding, ...]:
    """Violations of `criteria` that the checks see, or that are heard and likelier than not, whether or not the judge is sure
    enough to report them."""
    if not isinstance(judge, EmbeddedJudge):
        return ()
    reading = judge.read(transcript)
    found = (_seen(reading, criterion) or _heard(reading, criterion) for criterion in _named(criteria, judge))
    return tuple(finding for finding in found if finding is not None)


def still_heard(
    transcript: Transcript, judge: Judge, criteria: Iterable[str], turns: Container[int]
) -> tuple[Finding, ...]:
    """Those of `criteria` that the agent is heard to break in `turns`, whatever the judge makes of it all."""
    if not isinstance(judge, EmbeddedJudge):
        return ()
    reading = judge.read(transcript)
    found = ((criterion, reading.heard(breaks(criterion.id), turns)) for criterion in _named(criteria, judge))
    return tuple(_sounding(criterion, place, reading) for criterion, place in found if place and place.odds >= _LOUD)


def _named(criteria: Iterable[str], judge: EmbeddedJudge) -> list[Criterion]:
    return [judge.rubric.by_id[name] for name in sorted(criteria)]


def _seen(reading: Reading, criterion: Criterion) -> Finding | None:
    outcome = reading.outcome(criterion)
    if outcome.verdict != "violated" or outcome.turn is None:
        return None
    return _violation(criterion, outcome.turn, outcome.quote, outcome.reason)


def _heard(reading: Reading, criterion: Criterion) -> Finding | None:
    place = reading.heard(breaks(criterion.id))
    if place is None or not reading.possible(criterion):
        return None
    outcome = reading.outcome(criterion)
    likely = reading.likely(criterion, outcome)
    if likely is None or likely["violated"] < max(likely.values()):
        return None
    return _sounding(criterion, place, reading)


def _sounding(criterion: Criterion, place: Loudest, reading: Reading) -> Finding:
    reason = f"turn {place.turn} sounds like a breach of the rule"
    return _violation(criterion, place.turn, reading.quote(place), reason)


def _violation(criterion: Criterion, turn: int, quote: str, reason: str) -> Finding:
    return Finding(
        criterion=criterion.id,
        verdict="violated",
        scenario=criterion.scenario,
        severity=criterion.severity,
        source="embedded",
        evidence=(Evidence(turn=turn, quote=quote),),
        rationale=reason,
    )


def _breaks_prohibition(reading: Reading, criterion: Criterion) -> bool:
    checks = [check for check in criterion.checks if check.check == "forbid"]
    return bool(checks) and _seen(reading, criterion.model_copy(update={"checks": checks})) is not None
