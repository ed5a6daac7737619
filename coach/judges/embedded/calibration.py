"""How likely a verdict is, given what the checks say and what was heard, learned from labelled conversations that the
checks were not tuned on.

Promise: a confidence of 0.8 means that about eight in ten such decisions agreed with the labels (docs/accuracy.md has the
table). Nothing is said where nothing was learned: of other rubrics, or in a language whose acts are not recognised.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from coach.findings import Verdict
from coach.judges.embedded.learned import learned_texts
from coach.judges.embedded.linear import log_odds
from coach.judges.embedded.outcome import Outcome
from coach.rubric import Criterion

__all__ = [
    "Circumstances",
    "Sighting",
    "features_of",
    "is_calibrated",
    "nature_of",
    "probabilities",
    "situation_odds",
    "weighted",
]

_CLIP = 4.0
_SEEN = 3.0
"""The log-odds of a situation whose detection found it and of which nothing was learned."""

Coefficients = Mapping[str, float]
"""By name of the feature; `base` is added to all."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What speaks for a scenario. `found`: its detection found it; `loudest`, `at`: the log-odds that it arises, as the rules
    sound that were learned, at the turn where they are highest and at those that the detection found (None: not learned)."""

    found: bool
    loudest: float | None
    at: float | None

    @property
    def features(self) -> dict[str, float]:
        """What the learned coefficients multiply, by name."""
        loudest = 0.0 if self.loudest is None else _clipped(self.loudest)
        return {
            "found": float(self.found),
            "loudest-found": loudest if self.found else 0.0,
            "loudest-missed": 0.0 if self.found else loudest,
            "at": 0.0 if self.at is None else _clipped(self.at),
        }


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else bears on an outcome. `nature`: of the criterion, by its checks: `forbid`, `require`, `both` or `timing`.

    As log-odds, None where nothing was learned: `situation`, that the situation arose; `breach`, that the agent broke the
    rule anywhere, and `breach_cited` that the turn cited did; `kept`, that the agent did what it asks for. `unseen`: the
    situation was only heard, no detection found it. `manner`: how rude the agent's three rudest turns are on average, 0 to
    1."""

    nature: str
    always: bool
    situation: float | None
    unseen: bool
    manner: float | None
    breach: float | None
    breach_cited: float | None
    kept: float | None


def nature_of(criterion: Criterion) -> str:
    """Whether the checks of `criterion` are about words that are said (`forbid`), missing (`require`), both, or `timing`."""
    kinds = {check.check for check in criterion.checks}
    if kinds <= {"timing"}:
        return "timing"
    if "forbid" not in kinds:
        return "require"
    return "forbid" if kinds == {"forbid"} else "both"


def features_of(outcome: Outcome, around: Circumstances) -> dict[str, float]:
    """What the learned coefficients multiply, by name."""
    situation = _CLIP if around.always else _clipped(_SEEN if around.situation is None else around.situation)
    breach, kept, manner = _clipped(around.breach or 0.0), _clipped(around.kept or 0.0), around.manner or 0.0
    nature, said = around.nature, outcome.verdict
    features = {
        "always": float(around.always),
        "situation": situation,
        "situation-probability": 1 / (1 + math.exp(-situation)),
        "unseen": float(around.unseen),
        "breach": breach,
        "breach-unknown": float(around.breach is None),
        "kept": kept,
        "kept-unknown": float(around.kept is None),
        "manner": manner,
        f"{said}": 1.0,
        f"{nature}": 1.0,
        f"breach-{nature}": breach,
        f"kept-{nature}": kept,
        f"manner-{nature}": manner,
    }
    if said == "violated":
        features |= {
            f"violated-{nature}": 1.0,
            "violated-unseen": float(around.unseen),
            "violated-stated": log_odds(min(0.98, outcome.confidence)),
            "violated-learned": _clipped(outcome.learned or 0.0),
            "violated-situation": situation,
            "violated-breach": breach,
            "violated-kept": kept,
            "violated-cited": _clipped(around.breach_cited or 0.0),
        }
    elif said == "met":
        features["met-breach"] = breach
    return features


def probabilities(rubric: str, outcome: Outcome, around: Circumstances) -> dict[Verdict, float] | None:
    """How likely each verdict is what a person would say, adding up to 1; None where that was not learned for `rubric`."""
    learned = _learned(rubric)
    if learned is None or around.manner is None:
        return None
    features = features_of(outcome, around)
    weights = {verdict: math.exp(weighted(row, features)) for verdict, row in learned.verdicts.items()}
    total = sum(weights.values())
    return {verdict: round(weight / total, 4) for verdict, weight in weights.items()}


def situation_odds(rubric: str, sighting: Sighting) -> float | None:
    """The log-odds that a scenario of `rubric` arose; None where that was not learned."""
    learned = _learned(rubric)
    if sighting.loudest is None or learned is None:
        return None
    return weighted(learned.situations, sighting.features)


def is_calibrated(rubric: str) -> bool:
    """Whether it was learned on conversations of the rubric with this id."""
    return _learned(rubric) is not None


def weighted(coefficients: Coefficients, features: Mapping[str, float]) -> float:
    """The sum of `features`, each times its coefficient, and the base."""
    total = coefficients["base"]
    for name, value in features.items():
        if value:
            total += coefficients.get(name, 0.0) * value
    return total


def _clipped(odds: float) -> float:
    return min(_CLIP, max(-_CLIP, odds))


class _Learned(BaseModel):
    """Coefficients by verdict and name of the feature, and the rubrics on whose conversations they were learned."""

    model_config = ConfigDict(extra="forbid")

    rubrics: list[str]
    situations: dict[str, float]
    verdicts: dict[Verdict, dict[str, float]]


def _learned(rubric: str) -> _Learned | None:
    return next((one for text in learned_texts("calibration") if rubric in (one := _parsed(text)).rubrics), None)


@cache
def _parsed(text: str) -> _Learned:
    return _Learned.model_validate_json(text)
