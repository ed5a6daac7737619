"""How often a decision of the checks is right, learned from labelled conversations that the checks were not tuned on.

Promise: a confidence of 0.8 means that about eight in ten such decisions agreed with the labels (docs/accuracy.md has the
table). Nothing is said where nothing was learned: of other rubrics, or in a language whose acts are not recognised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from coach.findings import Verdict
from coach.judges.embedded.acts import log_odds
from coach.judges.embedded.learned import learned_text
from coach.judges.embedded.outcome import Outcome

__all__ = ["Circumstances", "calibrated", "calibrated_rubrics", "features_of"]

_CLIP = 4.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else bears on an outcome. `certainty`: how sure the rubric is that the situation arose (1 for `always`).

    `situation`: log-odds that the acts of the situation are in its turns, as the recogniser hears them; `manner`: how rude the
    agent's three rudest turns are on average, 0 to 1; None where nothing was learned."""

    certainty: float
    always: bool
    situation: float | None
    manner: float | None


def features_of(outcome: Outcome, around: Circumstances) -> dict[str, float]:
    """What the learned coefficients multiply, by name."""
    learned = None if outcome.learned is None else _clipped(outcome.learned)
    forbids, manner = outcome.kind == "forbid", around.manner or 0.0
    return {
        "stated": log_odds(min(0.98, outcome.confidence * around.certainty)),
        "always": float(around.always),
        "rude": learned if forbids and learned is not None else 0.0,
        "said": learned if not forbids and learned is not None else 0.0,
        "rude-unknown": float(forbids and learned is None),
        "said-unknown": float(not forbids and learned is None),
        "situation": 0.0 if around.situation is None else _clipped(around.situation),
        "situation-unknown": float(around.situation is None),
        "manner": manner,
        "manner-forbid": manner if forbids else 0.0,
        f"kind-{outcome.kind}": 1.0,
    }


def calibrated(outcome: Outcome, around: Circumstances) -> float | None:
    """How likely `outcome` agrees with a person, 0 to 1; None where that was not learned."""
    coefficients = _learned().verdicts.get(outcome.verdict)
    if coefficients is None or around.manner is None:
        return None
    odds = coefficients["base"]
    for name, value in features_of(outcome, around).items():
        odds += coefficients.get(name, 0.0) * value
    return round(1 / (1 + math.exp(-odds)), 4)


def _clipped(odds: float) -> float:
    return min(_CLIP, max(-_CLIP, odds))


def calibrated_rubrics() -> frozenset[str]:
    """The ids of the rubrics on whose conversations it was learned."""
    return frozenset(_learned().rubrics)


class _Learned(BaseModel):
    """Coefficients by verdict and name of the feature, and the rubrics on whose conversations they were learned."""

    model_config = ConfigDict(extra="forbid")

    rubrics: list[str] = Field(default_factory=list)
    verdicts: dict[Verdict, dict[str, float]] = Field(default_factory=dict)


@cache
def _learned() -> _Learned:
    text = learned_text("calibration")
    return _Learned.model_validate_json(text) if text else _Learned()
