"""What the checks of a rubric make of one conversation, before anything is weighed.

Promise: the answer for a criterion is the same whichever others are asked about.
"""

from __future__ import annotations

from functools import cached_property

from coach.checks import Detection
from coach.judges.embedded.acts import FAULT
from coach.judges.embedded.calibration import Circumstances
from coach.judges.embedded.evaluate import evaluate
from coach.judges.embedded.outcome import Outcome, combine
from coach.judges.embedded.scene import START, Scene
from coach.judges.embedded.signals import SignalFinder
from coach.rubric import ALWAYS, Criterion, Rubric
from coach.transcript import Transcript

__all__ = ["Reading"]

_RUDEST = 3
"""The manner of a conversation is that of so many of the agent's turns."""


class Reading:
    """One conversation read by one rubric."""

    def __init__(self, rubric: Rubric, transcript: Transcript, finder: SignalFinder) -> None:
        self._rubric = rubric
        self._scene = Scene.of(transcript, finder)

    @cached_property
    def arose(self) -> dict[str, list[int]]:
        """Scenario id -> the moments at which it arose (`START`: from the beginning)."""
        moments = {
            scenario.id: found
            for scenario in self._rubric.scenarios
            if scenario.detect is not None and (found := self._moments(scenario.detect))
        }
        return {
            name: found
            for name, found in moments.items()
            if not moments.keys() & set(self._detection(name).unless_scenarios)
        }

    def outcome(self, criterion: Criterion) -> Outcome:
        """What the checks of `criterion` say."""
        scenario = self._rubric.scenario_by_id.get(criterion.scenario)
        if criterion.scenario == ALWAYS:
            moments = [START]
        elif scenario is not None and scenario.detect is None:
            return Outcome("not_assessed", reason="the embedded judge cannot tell whether this situation arose")
        elif criterion.scenario in self.arose:
            moments = self.arose[criterion.scenario]
        else:
            return Outcome("not_applicable")
        if not criterion.checks:
            reason = criterion.unchecked or "the rubric has no check that the embedded judge could carry out"
            return Outcome("not_assessed", reason=reason)
        return combine(evaluate(check, self._scene, moments) for check in criterion.checks)

    def circumstances(self, criterion: Criterion) -> Circumstances:
        """What else bears on the outcome for `criterion`."""
        always = criterion.scenario == ALWAYS
        return Circumstances(
            certainty=1.0 if always else self._detection(criterion.scenario).confidence,
            always=always,
            situation=None if always else self._situation(criterion.scenario),
            manner=self._manner,
        )

    def _moments(self, detection: Detection) -> list[int]:
        channel = self._scene.transcript.channel
        if detection.channels and channel is not None and channel not in detection.channels:
            return []
        if self._scene.moments(detection.unless):
            return []
        return [START] if detection.always else self._scene.moments(detection.any)

    def _detection(self, scenario: str) -> Detection:
        detection = self._rubric.scenario_by_id[scenario].detect
        assert detection is not None  # only scenarios with a detection can arise
        return detection

    @cached_property
    def _manner(self) -> float | None:
        turns = (turn for turn in self._scene.transcript.turns if turn.speaker == "agent")
        hearings = [heard for turn in turns if (heard := self._scene.finder.heard(turn)) is not None]
        found = [act.probability for heard in hearings if (act := heard.get(FAULT)) is not None]
        rude = sorted(found, reverse=True)[:_RUDEST]
        return sum(rude) / len(rude) if rude else None

    def _situation(self, scenario: str) -> float | None:
        acts = self._scene.finder.acts_of(name for moment in self._detection(scenario).any for name in moment.says)
        turns = [moment for moment in self.arose[scenario] if moment != START]
        return self._scene.heard(turns, acts) if acts and turns else None
