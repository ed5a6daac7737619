"""Learn how often a decision of the checks is right, from labelled conversations that the checks were not tuned on.

Promise: what is reported of a conversation was predicted by fits on other conversations; `calibrate` says what these may
yet know of it.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from coach.errors import InputError
from coach.evals.golden import Case
from coach.findings import Verdict
from coach.judges.embedded.calibration import features_of, weighted
from coach.judges.embedded.reading import Reader

__all__ = ["Calibration", "Decision", "calibrate"]

_FOLDS = 10
_STRENGTH = {"situations": 0.5, "verdicts": 0.1}
"""Inverse strength of the L2 penalty on standardised features."""
_SITUATIONS = {
    "True": "scenario is heard in a conversation in which it arose",
    "False": "scenario is heard in a conversation in which it did not arise",
}
_VERDICTS = {
    "violated": "criterion is labelled violated where its checks were carried out",
    "met": "criterion is labelled met where its checks were carried out",
    "not_applicable": "criterion did not apply where its checks were carried out",
}
"""The classes that a fit must have, and what there is none of where one is missing."""
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """A criterion whose checks were carried out on a conversation: what it is weighed by, and what the label says."""

    features: dict[str, float]
    label: Verdict
    conversation: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """The coefficients (`text`: as they are shipped), and the held-out probability of each verdict for each decision."""

    text: str
    predicted: list[tuple[Decision, dict[Verdict, float]]]


def calibrate(cases: Sequence[Case], reader_of: Callable[[Case], Reader]) -> Calibration:
    """Fit on all of `cases`: first what makes a scenario likely, then what makes a verdict likely.

    `reader_of` gives each the reader whose rules were not learned from it. What the second step is told of a conversation's
    scenarios comes from a fit without its fold of conversations, and its verdicts are predicted by a fit without that fold.
    This is not nested: the other conversations, on which the latter was made, were themselves read by rules and weighed by
    fits of the first step that may have learned from the conversation predicted.

    Raises `InputError` where the conversations, or those that remain without a fold, lack what there is to tell apart."""
    if not cases:
        raise InputError("cannot calibrate: there are no labelled conversations")
    sightings = [
        (sighting.features, str(scenario in case.scenarios), case.transcript.id)
        for case in cases
        for scenario, sighting in reader_of(case).read(case.transcript).sightings.items()
    ]
    if not sightings:
        raise InputError(
            f"cannot calibrate: no scenario is heard in any of the {len(cases)} labelled conversations",
            hint="rules are learned from --exemplars, a folder with one for each rubric; see docs/learned.md",
        )
    situations = _Fit(sightings, _SITUATIONS, _STRENGTH["situations"])
    decisions = [
        decision
        for case in cases
        for decision in _decisions(case, reader_of(case), situations.without(case.transcript.id))
    ]
    rows = [(one.features, str(one.label), one.conversation) for one in decisions]
    verdicts = _Fit(rows, _VERDICTS, _STRENGTH["verdicts"])
    predicted = [(one, _softmax(verdicts.without(one.conversation), one.features)) for one in decisions]
    arising = _difference(situations.coefficients, "True", "False")
    rubrics = sorted({case.rubric.id for case in cases})
    learned = {"rubrics": rubrics, "situations": arising, "verdicts": verdicts.coefficients}
    return Calibration(json.dumps(learned, indent=1) + "\n", predicted)


def _decisions(case: Case, reader: Reader, situations: Coefficients) -> Iterator[Decision]:
    """What the checks say of a case before anything is weighed, with the likelihood of scenarios by `situations`."""
    arising = _difference(situations, "True", "False")
    reading = reader.read(case.transcript, lambda sighting: weighted(arising, sighting.features))
    for criterion in case.rubric.assessable:
        outcome = reading.outcome(criterion)
        if reading.possible(criterion) and outcome.verdict != "not_assessed":
            features = features_of(outcome, reading.circumstances(criterion, outcome))
            yield Decision(features, case.verdict(criterion.id), case.transcript.id)


Coefficients = Mapping[str, Mapping[str, float]]
"""By class, then by name of the feature; `base` is added to all."""


_Row = tuple[dict[str, float], str, str]
"""Features, class, conversation."""


class _Fit:
    """Logistic regressions on rows of features, class and conversation: one on all, and one without each fold of
    conversations. Each has all `classes`; raises `InputError` where that cannot be."""

    def __init__(self, rows: Sequence[_Row], classes_needed: Mapping[str, str], strength: float) -> None:
        _demand_classes(rows, classes_needed)
        names = sorted({name for features, _, _ in rows for name in features})
        table = np.array([[features.get(name, 0.0) for name in names] for features, _, _ in rows])
        classes = np.array([found for _, found, _ in rows])
        folds = np.array([_fold(conversation) for _, _, conversation in rows])
        self.coefficients = _fitted(names, table, classes, strength)
        self._without = {
            int(fold): _fitted(names, table[folds != fold], classes[folds != fold], strength) for fold in set(folds)
        }

    def without(self, conversation: str) -> Coefficients:
        """Those of the fit that has not seen `conversation`; where its fold has no rows, that is the one on all."""
        return self._without.get(_fold(conversation), self.coefficients)


def _demand_classes(rows: Sequence[_Row], needed: Mapping[str, str]) -> None:
    """Raise `InputError` where `rows` have none of a class that is `needed`, or have it in a single fold."""
    hint = "it takes some 50 labelled conversations of all kinds; see docs/learned.md"
    for name, words in needed.items():
        found = sorted({conversation for _, kind, conversation in rows if kind == name})
        if not found:
            raise InputError(f"cannot calibrate: no {words}", hint=hint)
        if len({_fold(conversation) for conversation in found}) == 1:
            named = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
            raise InputError(
                f"cannot calibrate: without {named}, which is held out as one, no {words}",
                hint=hint,
            )


def _fold(conversation: str) -> int:
    return zlib.crc32(conversation.encode()) % _FOLDS


def _fitted(names: list[str], table: NDArray[np.float64], classes: NDArray[np.str_], strength: float) -> Coefficients:
    """Logistic regression (of several classes: multinomial) on standardised features, told in the features as they are."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=20_000, tol=1e-10).fit((table - mean) / spread, classes)
    weights, bases = model.coef_ / spread, model.intercept_ - (model.coef_ / spread) @ mean
    if len(model.classes_) == 2:
        weights, bases = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bases / 2, bases / 2])
    return {
        str(name): {"base": round(float(base), _DIGITS)}
        | {feature: round(float(value), _DIGITS) for feature, value in zip(names, row, strict=True)}
        for name, base, row in zip(model.classes_, bases, weights, strict=True)
    }


def _difference(coefficients: Coefficients, one: str, other: str) -> dict[str, float]:
    return {name: round(value - coefficients[other][name], _DIGITS) for name, value in coefficients[one].items()}


def _softmax(coefficients: Coefficients, features: Mapping[str, float]) -> dict[Verdict, float]:
    weights = {name: math.exp(weighted(row, features)) for name, row in coefficients.items()}
    total = sum(weights.values())
    return {cast("Verdict", name): weight / total for name, weight in weights.items()}
