"""What a comparison with the baseline found: data first; the exit code and the words for people are made from it.

Promise: a comparison that fails says why, one line for each reason, and what was tested and did not fail is in it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from coach.evals.paired import Outcome
from coach.evals.results import three_class
from coach.findings import Verdict

__all__ = ["ALPHA_CRITERIA", "ALPHA_GROUPS", "Comparison", "Flip", "Floor", "Measure", "Slide", "Tested"]

ALPHA_GROUPS, ALPHA_CRITERIA = 0.04, 0.01
"""If nothing has changed but chance, the tests of each family alarm in at most this share of the comparisons, together in 5%.
Groups get more of it: a judge that drifts does so in many criteria at once, and single ones have few cases."""

Measure = Literal["violated", "answered", "right"]
"""What is counted of a verdict and its label: `violated` shows leniency, `right` agreement, `answered` silence."""

_UP: dict[Measure, str] = {"violated": "stricter", "answered": "answers more often", "right": "agrees more"}
_DOWN: dict[Measure, str] = {"violated": "more lenient", "answered": "answers less often", "right": "agrees less"}


@dataclass(frozen=True)
class Flip:
    """A verdict that is not that of the baseline. `explained`: judge, prompt or rubric of its manual changed."""

    case: str
    criterion: str
    label: Verdict
    before: Verdict
    now: Verdict
    explained: bool
    reason: str = ""

    @property
    def effect(self) -> Literal["regression", "improvement", "neither"]:
        """Against the label: was right and is wrong, was wrong and is right, or wrong both times."""
        was, is_ = three_class(self.before) == self.label, three_class(self.now) == self.label
        return "neither" if was == is_ else "regression" if was else "improvement"

    def __str__(self) -> str:
        return f"{self.case} {self.criterion}: {self.before} -> {self.now} (label {self.label}, {self.effect})"


@dataclass(frozen=True)
class Tested:
    """An exact test of one measure over one criterion or one group (`all`, a manual, a severity). `level` is its family's."""

    scope: str
    measure: Measure
    outcome: Outcome
    level: float

    @property
    def shifted(self) -> bool:
        """True where chance alone does not explain it, the number of tests considered."""
        return self.outcome.adjusted <= self.level

    @property
    def direction(self) -> str:
        """In words, for people."""
        return (_UP if self.outcome.change > 0 else _DOWN)[self.measure]

    def __str__(self) -> str:
        o = self.outcome
        return f"{self.scope} {self.direction}: {self.measure} {o.before:g} -> {o.now:g} (p {o.p:.2g}, corrected {o.adjusted:.2g})"


@dataclass(frozen=True)
class Floor:
    """A figure and the floor that the baseline sets for it. `value` is None where there is nothing to compute it from."""

    scope: str
    figure: str
    floor: float
    value: float | None

    @property
    def broken(self) -> bool:
        """True where the figure is below its floor, or gone."""
        return self.value is None or self.value < self.floor

    def __str__(self) -> str:
        value = "no data" if self.value is None else f"{self.value:.3f}"
        return f"{self.scope} {self.figure}: {value}, floor {self.floor:.2f}"


@dataclass(frozen=True)
class Slide:
    """Mean score or confidence over conversations, before and now: these move before verdicts flip. Shown, never a failure."""

    figure: Literal["score", "confidence"]
    outcome: Outcome

    @property
    def slid(self) -> bool:
        """True where chance alone does not explain it (p <= 0.05, not corrected)."""
        return self.outcome.p <= 0.05


@dataclass(frozen=True)
class Comparison:
    """A run against a baseline. `changes` says what is another judge, prompt or rubric; `problems` why it fails, if it does.

    `criteria` are the tests of criteria with a changed verdict, `groups` those of groups.
    """

    cases: int
    changes: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    failed: dict[str, str]
    rescored: tuple[str, ...]
    flips: tuple[Flip, ...]
    criteria: tuple[Tested, ...]
    groups: tuple[Tested, ...]
    floors: tuple[Floor, ...]
    slides: tuple[Slide, ...]
    repeatable: bool

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the comparison fails, one line each; empty where it does not."""
        return tuple(self._problems())

    @property
    def exit_code(self) -> int:
        """3 where a case could not be graded, 1 where there is a problem, else 0."""
        return 3 if self.failed else 1 if self.problems else 0

    def _problems(self) -> Iterator[str]:
        yield from self.missing
        yield from self.rescored
        yield from (f"below its floor: {floor}" for floor in self.floors if floor.broken)
        yield from (f"shifted: {test}" for test in (*self.groups, *self.criteria) if test.shifted)
        if not self.repeatable:
            return
        for flip in self.flips:
            if not flip.explained:
                yield f"flipped although judge, prompt and rubric are the same: {flip}"
            elif flip.effect == "regression":
                yield f"was right and is wrong: {flip}"
