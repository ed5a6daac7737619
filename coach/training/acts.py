"""Train the recogniser of acts: one linear model per act and language over words and pieces of words.

Promise: the same exemplars give the same file, byte by byte; what is reported was measured on groups that the model had
not seen.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.judges.embedded.acts import FAULT
from coach.judges.embedded.features import features_of, sentences_of
from coach.training.exemplars import Act, Sample

__all__ = ["ActReport", "Trained", "train"]

FOLDS = 5
_STRENGTH = 10.0
_GROUPS = 2
"""A feature is kept if it occurs in at least so many groups."""
_FEWEST = 12
_HEARD_WEIGHT = 0.5
"""What a sentence labelled by patterns counts for, against one that a person wrote."""
_STEPS = 127

Scores = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ActReport:
    """How well an act is told on groups not seen in training, at `threshold` (a probability)."""

    act: str
    exemplars: int
    threshold: float
    precision: float
    recall: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class Trained:
    """The model of a language and speaker, as `coach.judges.embedded.linear.encode` takes it."""

    model: dict[str, Any]
    weights: dict[str, bytes]
    report: list[ActReport]


def train(samples: Sequence[Sample], acts: dict[str, Act]) -> Trained:
    """Train all acts that `samples` have enough exemplars of."""
    units = _units(samples)
    names = [name for name in acts if sum(name in s.acts and s.written for s in samples) >= _FEWEST]
    targets = {name: _Target.of(units, {name}) for name in names}
    faults = {name for name in names if acts[name].fault}
    if faults:
        targets[FAULT] = _Target.of(units, faults)
    features = _Features(units)
    folds = np.array([zlib.crc32(unit.group.encode()) % FOLDS for unit in units])
    importance = np.array([1.0 if unit.written else _HEARD_WEIGHT for unit in units])
    rows, scales, biases, report = [], [], [], []
    for name, target in targets.items():
        held_out = _held_out(features.matrix, target, folds, importance)
        slope, shift = _calibrated(held_out, target, importance)
        weights, bias = _fitted(features.matrix, target, target.known, importance)
        step = float(np.abs(weights).max()) / _STEPS or 1.0
        rows.append(np.rint(weights / step).astype(int))
        scales.append(round(step * slope, 9))
        biases.append(round(bias * slope + shift, 9))
        report.append(_reported(name, slope * held_out + shift, target, units))
    table = np.array(rows).T + 128
    used = [number for number, row in enumerate(table) if (row != 128).any()]
    return Trained(
        {"labels": list(targets), "scales": scales, "biases": biases},
        {features.names[number]: bytes(table[number].tolist()) for number in used},
        report,
    )


def _units(samples: Sequence[Sample]) -> list[Sample]:
    """Samples, and of those with several sentences each sentence by itself: it denies what the whole does not carry."""
    units: list[Sample] = []
    for sample in samples:
        units.append(sample)
        spans = sentences_of(sample.text)
        if len(spans) > 1:
            unsure = sample.open | sample.acts
            units += [
                Sample(sample.text[start:end], frozenset(), unsure, sample.group, sample.written)
                for start, end in spans
            ]
    return units


@dataclass(frozen=True, slots=True)
class _Target:
    positive: Mask
    known: Mask

    @classmethod
    def of(cls, units: Sequence[Sample], names: set[str]) -> _Target:
        positive = np.array([bool(unit.acts & names) for unit in units])
        unsure = np.array([bool(unit.open & names) for unit in units])
        return cls(positive, positive | ~unsure)


class _Features:
    """The matrix of units and features: each feature counts its times over the square root of all of them."""

    def __init__(self, units: Sequence[Sample]) -> None:
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        found = [Counter(features_of(unit.text)) for unit in units]
        by_group: dict[str, set[str]] = defaultdict(set)
        for unit, features in zip(units, found, strict=True):
            by_group[unit.group].update(features)
        groups = Counter(feature for names in by_group.values() for feature in names)
        self.names = sorted(feature for feature, count in groups.items() if count >= _GROUPS)
        number = {name: position for position, name in enumerate(self.names)}
        values: list[float] = []
        columns: list[int] = []
        starts = [0]
        for features in found:
            known = sorted((number[feature], count) for feature, count in features.items() if feature in number)
            columns += [position for position, _ in known]
            values += [count / np.sqrt(features.total()) for _, count in known]
            starts.append(len(columns))
        self.matrix: Any = csr_matrix((values, columns, starts), shape=(len(units), len(self.names)))


def _fitted(matrix: Any, target: _Target, chosen: Mask, importance: Scores) -> tuple[Scores, float]:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", class_weight="balanced", random_state=0, max_iter=1000)
    model.fit(matrix[chosen], target.positive[chosen], sample_weight=importance[chosen])
    return model.coef_[0], float(model.intercept_[0])


def _held_out(matrix: Any, target: _Target, folds: NDArray[np.int64], importance: Scores) -> Scores:
    """The score of every unit by a model that has not seen its group."""
    scores = np.zeros(len(folds))
    for fold in range(FOLDS):
        chosen = target.known & (folds != fold)
        if target.positive[chosen].any() and not target.positive[chosen].all():
            weights, bias = _fitted(matrix, target, chosen, importance)
            scores[folds == fold] = matrix[folds == fold] @ weights + bias
    return scores


def _calibrated(scores: Scores, target: _Target, importance: Scores) -> tuple[float, float]:
    """Slope and shift that make probabilities of scores (Platt 1999), fitted on held-out scores."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, solver="liblinear", random_state=0, intercept_scaling=100.0)
    known = target.known
    model.fit(scores[known, None], target.positive[known], sample_weight=importance[known])
    return max(0.0, float(model.coef_[0, 0])), float(model.intercept_[0])


def _reported(name: str, odds: Scores, target: _Target, units: Sequence[Sample]) -> ActReport:
    """Precision and recall among the written samples, at the lowest threshold with a precision of 0.8, else the best F1."""
    from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]

    chosen = target.known & np.array([unit.written for unit in units])
    probability, positive = 1 / (1 + np.exp(-odds[chosen])), target.positive[chosen]
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(positive[order])
    precision, recall = hits / np.arange(1, len(order) + 1), hits / max(1, hits[-1])
    good = np.flatnonzero((precision >= 0.8) & (hits >= 5))
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(good[-1]) if len(good) else int(np.argmax(f1))
    return ActReport(
        name,
        int(hits[-1]),
        float(probability[order[best]]),
        float(precision[best]),
        float(recall[best]),
        float(average_precision_score(positive, probability)),
    )
