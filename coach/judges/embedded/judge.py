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
from coach.judges.embedded.acts import act_models
from coach.judges.embedded.calibration import calibrated as likelihood
from coach.judges.embedded.calibration import calibrated_rubrics
from coach.judges.embedded.learned import learned_hash
from coach.judges.embedded.outcome import Outcome
from coach.judges.embedded.reading import Reading
from coach.judges.embedded.scene import START
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["STATED_THRESHOLDS", "THRESHOLDS", "EmbeddedJudge"]

THRESHOLDS: dict[Verdict, float] = {"met": 0.5, "violated": 0.55}
"""Decisions less sure than this are reported as `not_assessed`. An accusation needs more certainty than an acquittal: the
figures were chosen on conversations kept apart for that (docs/accuracy.md)."""

STATED_THRESHOLDS: dict[Verdict, float] = {"met": 0.5, "violated": 0.7}
"""The same where the rubric's own confidences stand, which promise more than they keep."""

_REVISION = "checks-2"
"""Named in every audit; goes up when the code, not the rubric, makes this judge answer differently."""


class EmbeddedJudge:
    """Grades by the declarative checks of `rubric`. Raises `RubricError` where its signals refer to each other in a circle.

    `calibrated`: confidences are what was learned of whole conversations of this rubric; else, and for a rubric of which
    nothing was learned, they are those that the rubric states, which is right for a sentence or two."""

    def __init__(self, rubric: Rubric, *, calibrated: bool = True) -> None:
        self._rubric = rubric
        self._calibrated = calibrated and rubric.id in calibrated_rubrics()
        self._finder = SignalFinder(rubric.signals, rubric.used_signals, act_models(rubric.language))
        digest = hashlib.sha256(
            f"{_REVISION}:{THRESHOLDS}:{rubric.checks_hash}:{learned_hash(rubric.language)}:{calibrated}".encode()
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
        """What the checks make of `transcript` before anything is weighed: to calibrate with."""
        return Reading(self._rubric, transcript, self._finder)

    def _finding(self, criterion: Criterion, reading: Reading) -> Finding | None:
        outcome = reading.outcome(criterion)
        if outcome.verdict == "not_applicable":
            return None
        if outcome.verdict not in THRESHOLDS:
            return _as_finding(criterion, outcome)
        around = reading.circumstances(criterion)
        learned = likelihood(outcome, around) if self._calibrated else None
        sure = outcome.confidence * around.certainty if learned is None else learned
        if sure < (STATED_THRESHOLDS if learned is None else THRESHOLDS)[outcome.verdict]:
            reason = f"too unsure ({sure:.2f}) to say {outcome.verdict}: {outcome.reason}"
            return _as_finding(criterion, Outcome("not_assessed", reason=reason))
        return _as_finding(criterion, outcome, sure)


def _as_finding(criterion: Criterion, outcome: Outcome, confidence: float | None = None) -> Finding:
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
