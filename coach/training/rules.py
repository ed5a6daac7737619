"""Train what a rubric's own situations and rules sound like: one linear model per label over the features of sentences.

Promise: the same turns give the same file, byte by byte; what is reported was measured on turns that the model had not seen.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.judges.embedded.features import features_of, own_words, sentences_of
from coach.judges.embedded.linear import encode
from coach.training.rule_exemplars import TaggedTurn

__all__ = ["LabelReport", "TrainedRules", "train_rules"]

_STRENGTH = 10.0
_TURNS = 5
"""A feature is kept if it occurs in at least so many turns."""
_FEWEST = 6
"""A label is learned from at least so many examples."""
_FOLDS = 5
_STEPS = 127
_DIGITS = 9

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelReport:
    """How well a label is told on groups of turns not seen in training: area under the ROC curve and average precision."""

    label: str
    examples: int
    area: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class TrainedRules:
    """The text of the weights file, and how well each label is told (empty where that was not asked for)."""

    text: str
    report: list[LabelReport]


def train_rules(turns: Sequence[TaggedTurn], labels: Sequence[str], *, measure: bool = False) -> TrainedRules:
    """Train those of `labels` that `turns` have enough examples of. `measure`: hold out every turn once, and report."""
    names, matrix = _features(turns)
    counts = {label: np.array([turn.counts(label) for turn in turns]) for label in labels}
    learned = [label for label, count in counts.items() if _enough(count)]
    rows, scales, biases = [], [], []
    for label in learned:
        weights, bias = _fitted(matrix, counts[label])
        step = float(np.abs(weights).max()) / _STEPS or 1.0
        rows.append(np.rint(weights / step).astype(int))
        scales.append(round(step, _DIGITS))
        biases.append(round(bias, _DIGITS))
    table = np.array(rows).T + 128
    used = [number for number, row in enumerate(table) if (row != 128).any()]
    model = {"labels": learned, "scales": scales, "biases": biases, "whole": True}
    text = encode({"turns": model}, {"turns": {names[number]: bytes(table[number].tolist()) for number in used}})
    folds = np.array([zlib.crc32(turn.group.encode()) % _FOLDS for turn in turns])
    report = [_reported(label, matrix, counts[label], folds) for label in learned] if measure else []
    return TrainedRules(text, report)


def _enough(counts: Scores) -> bool:
    return bool((counts > 0).sum() >= _FEWEST and (counts < 0).sum() >= _FEWEST)


def _features(turns: Sequence[TaggedTurn]) -> tuple[list[str], Any]:
    """The features that are kept, and the matrix: each counts its times in the turn over the square root of all of them."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    spoken = [own_words(turn.text) for turn in turns]
    found = [
        Counter(feature for start, end in sentences_of(text) for feature in features_of(text[start:end]))
        for text in spoken
    ]
    occurs = Counter(feature for features in found for feature in features)
    names = sorted(feature for feature, count in occurs.items() if count >= _TURNS)
    number = {name: position for position, name in enumerate(names)}
    values: list[float] = []
    columns: list[int] = []
    starts = [0]
    for features in found:
        known = sorted((number[feature], count) for feature, count in features.items() if feature in number)
        columns += [position for position, _ in known]
        values += [count / np.sqrt(features.total()) for _, count in known]
        starts.append(len(columns))
    return names, csr_matrix((values, columns, starts), shape=(len(turns), len(names)))


def _fitted(matrix: Any, counts: Scores) -> tuple[Scores, float]:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    told = counts != 0
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", class_weight="balanced", random_state=0, max_iter=1000)
    # Long sums come out differently on several threads, by enough to tip the rounding of a weight.
    with threadpool_limits(limits=1):
        model.fit(matrix[told], counts[told] > 0, sample_weight=np.abs(counts[told]))
    return model.coef_[0], float(model.intercept_[0])


def _reported(label: str, matrix: Any, counts: Scores, folds: NDArray[np.int64]) -> LabelReport:
    from sklearn.metrics import average_precision_score, roc_auc_score  # type: ignore[import-untyped]

    scores = np.full(len(counts), np.nan)
    for fold in range(_FOLDS):
        train = np.where(folds != fold, counts, 0.0)
        if _enough(train):
            weights, bias = _fitted(matrix, train)
            scores[folds == fold] = matrix[folds == fold] @ weights + bias
    chosen = (counts != 0) & ~np.isnan(scores)
    if len(set(counts[chosen] > 0)) < 2:
        return LabelReport(label, int((counts > 0).sum()), float("nan"), float("nan"))
    return LabelReport(
        label,
        int((counts > 0).sum()),
        float(roc_auc_score(counts[chosen] > 0, scores[chosen])),
        float(average_precision_score(counts[chosen] > 0, scores[chosen])),
    )
