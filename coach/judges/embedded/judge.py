"""The judge that needs no endpoint: it carries out the rubric's own declarative checks, on this machine.

Promise: the same conversation and rubric always give the same findings, and nothing leaves the process. It speaks only
where a check decides with enough confidence; a criterion without a check, a scenario without a detection and a decision
below `THRESHOLDS` are `not_assessed`, with the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from coach.checks import Detection
from coach.findings import Evidence, Finding, JudgeInfo, Occurrence, Usage, Verdict
from coach.judges.base import Judgement
from coach.judges.embedded.evaluate import evaluate
from coach.judges.embedded.outcome import Outcome, combine
from coach.judges.embedded.scene import START, Scene
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["THRESHOLDS", "EmbeddedJudge"]

THRESHOLDS: dict[Verdict, float] = {"met": 0.5, "violated": 0.7}
"""Decisions less sure than this are reported as `not_assessed`. An accusation needs more certainty than an acquittal: the
figures were chosen on conversations kept apart for that (docs/accuracy.md)."""

_REVISION = "checks-1"
"""Named in every audit; goes up when the code, not the rubric, makes this judge answer differently."""


class EmbeddedJudge:
    """Grades by the declarative checks of `rubric`. Raises `RubricError` where its signals refer to each other in a circle."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._finder = SignalFinder(rubric.signals, rubric.used_signals)
        digest = hashlib.sha256(f"{_REVISION}:{THRESHOLDS}:{rubric.checks_hash}".encode()).hexdigest()
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
        scene = Scene.of(transcript, self._finder)
        arose = self._scenarios(scene)
        findings = []
        for criterion in self._rubric.assessable if criteria is None else criteria:
            finding = self._finding(criterion, scene, arose)
            if finding is not None:
                findings.append(finding)
        occurrences = tuple(
            Occurrence(scenario=name, turns=tuple(moment for moment in moments if moment != START))
            for name, (moments, _) in arose.items()
        )
        return Judgement(occurrences, tuple(findings), Usage(cost_usd=0.0))

    def _scenarios(self, scene: Scene) -> dict[str, tuple[list[int], float]]:
        """Scenario id -> the moments at which it arose and how sure that is."""
        arose: dict[str, tuple[list[int], float]] = {}
        excluded: dict[str, list[str]] = {}
        for scenario in self._rubric.scenarios:
            if scenario.detect is None:
                continue
            moments = _moments(scenario.detect, scene)
            if moments:
                arose[scenario.id] = moments, scenario.detect.confidence
                excluded[scenario.id] = list(scenario.detect.unless_scenarios)
        found = set(arose)
        return {name: value for name, value in arose.items() if not found & set(excluded[name])}

    def _finding(self, criterion: Criterion, scene: Scene, arose: dict[str, tuple[list[int], float]]) -> Finding | None:
        scenario = self._rubric.scenario_by_id.get(criterion.scenario)
        if criterion.scenario == ALWAYS:
            moments, certainty = [START], 1.0
        elif scenario is not None and scenario.detect is None:
            outcome = Outcome("not_assessed", reason="the embedded judge cannot tell whether this situation arose")
            return _as_finding(criterion, outcome)
        elif criterion.scenario in arose:
            moments, certainty = arose[criterion.scenario]
        else:
            return None
        if not criterion.checks:
            reason = criterion.unchecked or "the rubric has no check that the embedded judge could carry out"
            return _as_finding(criterion, Outcome("not_assessed", reason=reason))
        outcome = combine(evaluate(check, scene, moments) for check in criterion.checks)
        if outcome.verdict == "not_applicable":
            return None
        sure = outcome.confidence * certainty
        if sure < THRESHOLDS.get(outcome.verdict, 0.0):
            reason = f"too unsure ({sure:.2f}) to say {outcome.verdict}: {outcome.reason}"
            return _as_finding(criterion, Outcome("not_assessed", reason=reason))
        return _as_finding(criterion, outcome, sure)


def _moments(detection: Detection, scene: Scene) -> list[int]:
    channel = scene.transcript.channel
    if detection.channels and channel is not None and channel not in detection.channels:
        return []
    if scene.moments(detection.unless):
        return []
    return [START] if detection.always else scene.moments(detection.any)


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
