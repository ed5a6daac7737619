"""What the checks of a rubric make of one conversation, before anything is weighed.

Promise: the answer for a criterion is the same whichever others are asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import cached_property, partial

from coach.checks import Detection
from coach.findings import Verdict
from coach.judges.embedded.acts import FAULT, act_models
from coach.judges.embedded.calibration import Circumstances, Sighting, nature_of, probabilities, situation_odds
from coach.judges.embedded.evaluate import evaluate
from coach.judges.embedded.linear import LinearModel
from coach.judges.embedded.outcome import Outcome, combine
from coach.judges.embedded.rules import Echo, Loudest, arises, breaks, keeps, rule_model
from coach.judges.embedded.scene import START, Scene
from coach.judges.embedded.signals import SignalFinder, Spot
from coach.rubric import ALWAYS, Criterion, Rubric, Scenario
from coach.transcript import Transcript

__all__ = ["Reader", "Reading"]

_RUDEST = 3
"""The manner of a conversation is that of so many of the agent's turns."""

_FAINTEST = -1.5
"""Log-odds from which on a scenario that no detection found is looked into: its checks may yet show that it arose."""

Weigh = Callable[[Sighting], float | None]
"""The log-odds that a scenario arose, from what speaks for it; None to believe its detection."""


@dataclass(frozen=True)
class Reader:
    """Reads conversations by one rubric: `finder` has its signals, `rules` is what was learned of it, if anything was."""

    rubric: Rubric
    finder: SignalFinder
    rules: LinearModel | None = None

    @classmethod
    def of(cls, rubric: Rubric, *, learned: bool = True) -> Reader:
        """The reader of `rubric`; not `learned`: by its checks alone.

        Raises `RubricError` where its signals refer to each other in a circle."""
        finder = SignalFinder(rubric.signals, rubric.used_signals, act_models(rubric.language))
        return cls(rubric, finder, rule_model(rubric.id) if learned else None)

    def read(self, transcript: Transcript, weigh: Weigh | None = None) -> Reading:
        """The reading of `transcript`. `weigh` takes the place of what was learned about scenarios."""
        scene = Scene.of(transcript, self.finder)
        echo = None if self.rules is None else Echo(self.rules, transcript)
        return Reading(self.rubric, scene, echo, weigh or partial(situation_odds, self.rubric.id))


@dataclass
class Reading:
    """One conversation read by one rubric."""

    _rubric: Rubric
    _scene: Scene
    _echo: Echo | None
    _weigh: Weigh

    @cached_property
    def sightings(self) -> dict[str, Sighting]:
        """Scenario id -> what speaks for it, of those that may arise in this conversation and have a sound."""
        return {
            scenario.id: sighting
            for scenario in self._rubric.scenarios
            if (sighting := self._sighting(scenario)) is not None
        }

    @cached_property
    def arose(self) -> dict[str, list[int]]:
        """Scenario id -> the moments at which it arose (`START`: from the beginning)."""
        return {name: moments for name, moments in self._possible.items() if self._odds.get(name, 0.0) >= 0}

    def outcome(self, criterion: Criterion) -> Outcome:
        """What the checks of `criterion` say, if its scenario may have arisen at all."""
        scenario = self._rubric.scenario_by_id.get(criterion.scenario)
        if criterion.scenario == ALWAYS:
            moments = [START]
        elif scenario is not None and scenario.detect is None:
            return Outcome("not_assessed", reason="the embedded judge cannot tell whether this situation arose")
        elif criterion.scenario in self._possible:
            moments = self._possible[criterion.scenario]
        else:
            return Outcome("not_applicable")
        if not criterion.checks:
            reason = criterion.unchecked or "the rubric has no check that the embedded judge could carry out"
            return Outcome("not_assessed", reason=reason)
        return combine(evaluate(check, self._scene, moments) for check in criterion.checks)

    def possible(self, criterion: Criterion) -> bool:
        """True where the scenario of `criterion` may have arisen, so that its checks were carried out."""
        return bool(criterion.checks) and (criterion.scenario == ALWAYS or criterion.scenario in self._possible)

    def certainty(self, criterion: Criterion) -> float:
        """How sure the rubric is that the scenario of `criterion` arose, 0 to 1."""
        return 1.0 if criterion.scenario == ALWAYS else self._detection(criterion.scenario).confidence

    def circumstances(self, criterion: Criterion, outcome: Outcome) -> Circumstances:
        """What else bears on `outcome` for `criterion`."""
        cited = (outcome.turn,) if outcome.verdict == "violated" and outcome.turn is not None else ()
        always = criterion.scenario == ALWAYS
        return Circumstances(
            nature=nature_of(criterion),
            always=always,
            situation=self._odds.get(criterion.scenario),
            unseen=not always and criterion.scenario not in self._detected,
            manner=self._manner,
            breach=_odds_of(self.heard(breaks(criterion.id))),
            breach_cited=_odds_of(self.heard(breaks(criterion.id), cited)),
            kept=_odds_of(self.heard(keeps(criterion.id))),
        )

    def likely(self, criterion: Criterion, outcome: Outcome) -> dict[Verdict, float] | None:
        """How likely each verdict is, given `outcome` and all that was heard; None where that was not learned."""
        return probabilities(self._rubric.id, outcome, self.circumstances(criterion, outcome))

    def heard(self, label: str, turns: Container[int] | None = None) -> Loudest | None:
        """Where the agent is heard best to do what `label` says; None where that was not learned."""
        return None if self._echo is None else self._echo.loudest(label, turns)

    def quote(self, place: Loudest) -> str:
        """The words of the turn at `place`, verbatim."""
        return self._scene.quote(place.turn, Spot(place.start, place.end))

    @cached_property
    def _odds(self) -> dict[str, float]:
        """Scenario id -> the log-odds that it arose, of those of which that was learned."""
        weighed = {name: self._weigh(sighting) for name, sighting in self.sightings.items()}
        return {name: odds for name, odds in weighed.items() if odds is not None}

    @cached_property
    def _possible(self) -> dict[str, list[int]]:
        """Scenario id -> the moments at which it may have arisen: those detected, and the loudest turn of what is only heard."""
        possible = dict(self._detected)
        for name, odds in self._odds.items():
            if name not in possible and odds >= _FAINTEST and self._echo is not None:
                loudest = self._echo.loudest(arises(name), agent=False)
                possible[name] = [] if loudest is None else [loudest.turn]
        return possible

    @cached_property
    def _detected(self) -> dict[str, list[int]]:
        """Scenario id -> the moments that its detection finds."""
        return {name: found for name, found in self._found.items() if not self._given_way(self._detection(name))}

    @cached_property
    def _found(self) -> dict[str, list[int]]:
        """The same, with those that give way to another scenario."""
        return {
            scenario.id: found
            for scenario in self._rubric.scenarios
            if scenario.detect is not None and (found := self._moments(scenario.detect))
        }

    def _sighting(self, scenario: Scenario) -> Sighting | None:
        detection = scenario.detect
        if detection is None or self._echo is None or not self._may_arise(detection) or self._given_way(detection):
            return None
        moments = self._detected.get(scenario.id, [])
        loudest = self._echo.loudest(arises(scenario.id), agent=False)
        if loudest is None or START in moments:
            return None
        at = self._echo.loudest(arises(scenario.id), moments, agent=False)
        return Sighting(bool(moments), loudest.odds, _odds_of(at))

    def _may_arise(self, detection: Detection) -> bool:
        channel = self._scene.transcript.channel
        elsewhere = detection.channels and channel is not None and channel not in detection.channels
        return not elsewhere and not self._scene.moments(detection.unless)

    def _given_way(self, detection: Detection) -> bool:
        return not self._found.keys().isdisjoint(detection.unless_scenarios)

    def _moments(self, detection: Detection) -> list[int]:
        if not self._may_arise(detection):
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


def _odds_of(place: Loudest | None) -> float | None:
    return None if place is None else place.odds
