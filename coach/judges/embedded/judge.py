"""The judge that needs no endpoint: it carries out the rubric's own declarative checks, on this machine.

Promise: the same conversation and rubric always give the same findings, and nothing leaves the process. It speaks only
where a check decides and, by what was learned of such decisions, is likely to be right; a criterion without a check, a
scenario without a detection and a decision below `THRESHOLDS` are `not_assessed`, with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from coach.findings import Evidence, Finding, JudgeInfo, Occurrence, Usage, Verdict
from coach.judges.base import Judgement
from coach.judges.embedded.calibration import is_calibrated
from coach.judges.embedded.learned import learned_hash
from coach.judges.embedded.outcome import Outcome
from coach.judges.embedded.reading import Reader, Reading
from coach.judges.embedded.rules import breaks, keeps
from coach.judges.embedded.scene import START
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["STATED_THRESHOLDS", "THRESHOLDS", "EmbeddedJudge"]

THRESHOLDS: dict[Verdict, float] = {"met": 0.5, "violated": 0.55, "not_applicable": 0.5}
"""Decisions less sure than this are reported as `not_assessed`. An accusation needs more certainty than an acquittal: the
figures were chosen on conversations kept apart for that (docs/accuracy.md)."""

STATED_THRESHOLDS: dict[Verdict, float] = {"met": 0.5, "violated": 0.7}
"""The same where the rubric's own confidences stand, which promise more than they keep."""

_REVISION = "checks-3"
"""Named in every audit; goes up when the code, not the rubric, makes this judge answer differently."""


class EmbeddedJudge:
    """Grades by the declarative checks of `rubric`. Raises `RubricError` where its signals refer to each other in a circle.

    `calibrated`: confidences are what was learned of whole conversations of this rubric; else, and for a rubric of which
    nothing was learned, they are those that the rubric states, which is right for a sentence or two."""

    def __init__(self, rubric: Rubric, *, calibrated: bool = True) -> None:
        self._rubric = rubric
        self._calibrated = calibrated and is_calibrated(rubric.id)
        self._reader = Reader.of(rubric, learned=self._calibrated)
        learned = learned_hash(rubric.language, rubric.id)
        digest = hashlib.sha256(
            f"{_REVISION}:{THRESHOLDS}:{rubric.checks_hash}:{learned}:{calibrated}".encode()
        ).hexdigest()
        self._info = JudgeInfo(kind="embedded", model=_REVISION, prompt_hash=digest[:16])

    @property
    def rubric(self) -> Rubric:
        """The rubric that it grades against."""
        return self._rubric

    @property
    def info(self) -> JudgeInfo:
        """Which judge this is."""
        return self._info

    async def grade(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        """Grade `transcript` on `criteria` (default: all that a transcript can settle)."""
        return self.judge(transcript, criteria)

    async def close(self) -> None:
        """Nothing to release."""

    def judge(self, transcript: Transcript, criteria: Sequence[Criterion] | None = None) -> Judgement:
        """Like `grade`, without an event loop."""
        reading = self.read(transcript)
        asked = self._rubric.assessable if criteria is None else criteria
        findings = [found for criterion in asked if (found := self._finding(criterion, reading)) is not None]
        occurrences = tuple(
            Occurrence(scenario=name, turns=tuple(moment for moment in moments if moment != START))
            for name, moments in reading.arose.items()
        )
        return Judgement(occurrences, tuple(findings), Usage(cost_usd=0.0))

    def read(self, transcript: Transcript) -> Reading:
        """What the checks make of `transcript` before their verdicts are weighed."""
        return self._reader.read(transcript)

    def _finding(self, criterion: Criterion, reading: Reading) -> Finding | None:
        outcome = reading.outcome(criterion)
        if outcome.verdict == "not_assessed" or not reading.possible(criterion):
            return _as_finding(criterion, outcome)
        if self._calibrated:
            likely = reading.likely(criterion, outcome)
            if likely is not None:
                return _weighed(criterion, outcome, likely, reading)
        return _stated(criterion, outcome, reading)


def _weighed(criterion: Criterion, outcome: Outcome, likely: dict[Verdict, float], reading: Reading) -> Finding | None:
    """The likeliest verdict, if it is likely enough; words that only sound like it are its evidence where no check found any."""
    verdict = max(likely, key=lambda one: likely[one])
    if likely["violated"] >= THRESHOLDS["violated"]:
        verdict = "violated"
    elif likely[verdict] < THRESHOLDS[verdict]:
        return _as_finding(criterion, _unsure(outcome, verdict, likely[verdict]))
    if verdict == outcome.verdict:
        return _as_finding(criterion, outcome, likely[verdict])
    if verdict == "not_applicable":
        return None
    heard = reading.heard((breaks if verdict == "violated" else keeps)(criterion.id))
    if heard is None:
        reason = f"likely {verdict} ({likely[verdict]:.2f}), but no words can be cited for it: {outcome.reason}"
        return _as_finding(criterion, Outcome("not_assessed", reason=reason))
    like = "a breach of the rule" if verdict == "violated" else "what the rule asks for"
    reason = f"turn {heard.turn} sounds like {like}, though no check found it ({outcome.reason})"
    found = Outcome(verdict, turn=heard.turn, quote=reading.quote(heard), reason=reason)
    return _as_finding(criterion, found, likely[verdict])


def _stated(criterion: Criterion, outcome: Outcome, reading: Reading) -> Finding | None:
    """What the checks say, if the rubric itself is sure enough of it."""
    if outcome.verdict not in STATED_THRESHOLDS:
        return _as_finding(criterion, outcome)
    sure = outcome.confidence * reading.certainty(criterion)
    if sure < STATED_THRESHOLDS[outcome.verdict]:
        return _as_finding(criterion, _unsure(outcome, outcome.verdict, sure))
    return _as_finding(criterion, outcome, sure)


def _unsure(outcome: Outcome, verdict: Verdict, sure: float) -> Outcome:
    said = verdict.replace("_", " ")
    return Outcome("not_assessed", reason=f"too unsure ({sure:.2f}) to say {said}: {outcome.reason}")


def _as_finding(criterion: Criterion, outcome: Outcome, confidence: float | None = None) -> Finding | None:
    if outcome.verdict == "not_applicable":
        return None
    evidence = () if outcome.turn is None else (Evidence(turn=outcome.turn, quote=outcome.quote),)
    return Finding(
        criterion=criterion.id,
        verdict=outcome.verdict,
        scenario=criterion.scenario,
        severity=criterion.severity,
        source="embedded",
        confidence=None if confidence is None else round(confidence, 3),
        evidence=evidence,
        rationale=outcome.reason,
    )
