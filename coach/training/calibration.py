"""Learn how often a decision of the checks is right, from labelled conversations that the checks were not tuned on.

Promise: what is reported was predicted for conversations that were left out while learning.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.evals.golden import Case
from coach.findings import Verdict
from coach.judges.embedded.calibration import features_of
from coach.judges.embedded.judge import EmbeddedJudge

__all__ = ["Calibration", "Decision", "calibrate", "decisions_of"]

_FOLDS = 10
_STRENGTH = 0.05
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict of the checks, what it is weighed by, and whether the label agrees."""

    verdict: Verdict
    features: dict[str, float]
    right: bool
    conversation: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients by verdict and name (`text`: as they are shipped), and the held-out `predicted` probability of each decision."""

    text: str
    predicted: list[tuple[Decision, float]]


def decisions_of(cases: Sequence[Case]) -> list[Decision]:
    """What the checks say of each case before anything is weighed."""
    judges: dict[str, EmbeddedJudge] = {}
    decisions = []
    for case in cases:
        judge = judges.setdefault(case.rubric.id, EmbeddedJudge(case.rubric, calibrated=False))
        reading = judge.read(case.transcript)
        for criterion in case.rubric.assessable:
            outcome = reading.outcome(criterion)
            if outcome.kind and outcome.verdict in ("met", "violated"):
                features = features_of(outcome, reading.circumstances(criterion))
                right = case.verdict(criterion.id) == outcome.verdict
                decisions.append(Decision(outcome.verdict, features, right, case.transcript.id))
    return decisions


def calibrate(decisions: Sequence[Decision], rubrics: Sequence[str]) -> Calibration:
    """Fit on all decisions, on conversations of `rubrics`; predict each by a fit without the conversations of its fold."""
    by_verdict: dict[Verdict, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_verdict[decision.verdict].append(decision)
    learned: dict[str, dict[str, float]] = {}
    predicted: list[tuple[Decision, float]] = []
    for verdict, group in sorted(by_verdict.items()):
        names = sorted({name for decision in group for name in decision.features})
        table = np.array([[decision.features.get(name, 0.0) for name in names] for decision in group])
        right = np.array([decision.right for decision in group])
        folds = np.array([zlib.crc32(decision.conversation.encode()) % _FOLDS for decision in group])
        odds = np.zeros(len(group))
        for fold in range(_FOLDS):
            if (folds == fold).any():
                weights, base = _fitted(table[folds != fold], right[folds != fold])
                odds[folds == fold] = table[folds == fold] @ weights + base
        weights, base = _fitted(table, right)
        learned[verdict] = {"base": round(base, _DIGITS)} | {
            name: round(float(weight), _DIGITS) for name, weight in zip(names, weights, strict=True)
        }
        predicted += zip(group, (1 / (1 + np.exp(-odds))).tolist(), strict=True)
    text = json.dumps({"rubrics": sorted(rubrics), "verdicts": learned}, indent=1) + "\n"
    return Calibration(text, predicted)


def _fitted(table: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Logistic regression on standardised features, told in the features as they are."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0, max_iter=1000, intercept_scaling=10.0)
    model.fit((table - mean) / spread, right)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)
