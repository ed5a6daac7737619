"""Agreement between labels and verdicts, from confusion matrices.

A matrix counts labels (rows) against verdicts (columns) in the order of `CATEGORIES`; the last two axes of an array are
the matrix, so a stack of resampled matrices is computed at once. That is why the coefficients are written out here and
not taken from a library that handles one table at a time; the tests hold them against such libraries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "CATEGORIES",
    "Interval",
    "ac1",
    "agreement",
    "alpha",
    "bootstrap",
    "f1",
    "generosity",
    "kappa",
    "precision",
    "recall",
]

Matrix = npt.NDArray[np.float64]
CATEGORIES = ("met", "violated", "not_applicable")
_VIOLATED = 1
_MET = 0


def agreement(matrix: Matrix) -> Matrix:
    """Share of equal decisions, 0 to 1; nan without any."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.trace(matrix, axis1=-2, axis2=-1) / matrix.sum(axis=(-2, -1)))


def _chance_corrected(observed: Matrix, expected: Matrix) -> Matrix:
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (observed - expected) / (1 - expected)
    return np.where(np.isclose(expected, 1) & np.isclose(observed, 1), 1.0, value)


def kappa(matrix: Matrix) -> Matrix:
    """Cohen's kappa (Cohen 1960, Educational and Psychological Measurement 20): nominal scale, two raters with their own
    base rates. 1 is perfect, 0 chance; 1 where both always say one and the same; nan without data."""
    total = matrix.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = matrix.sum(axis=-1) / total[..., None]
        columns = matrix.sum(axis=-2) / total[..., None]
    return _chance_corrected(agreement(matrix), (rows * columns).sum(axis=-1))


def alpha(matrix: Matrix) -> Matrix:
    """Krippendorff's alpha for two raters, nominal scale, nothing missing (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability): like kappa, but with common base rates and corrected for small samples."""
    total = matrix.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = matrix.sum(axis=-1) + matrix.sum(axis=-2)
        pairs = 2 * total
        expected = (values * (values - 1)).sum(axis=-1) / (pairs * (pairs - 1))
    return _chance_corrected(agreement(matrix), expected)


def ac1(matrix: Matrix) -> Matrix:
    """Gwet's AC1 (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61): stays meaningful where one
    class is rare, as violations are, and kappa collapses although the raters nearly always agree."""
    total = matrix.sum(axis=(-2, -1))
    classes = matrix.shape[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (matrix.sum(axis=-1) + matrix.sum(axis=-2)) / (2 * total[..., None])
    return _chance_corrected(agreement(matrix), (share * (1 - share)).sum(axis=-1) / (classes - 1))


def precision(matrix: Matrix) -> Matrix:
    """Of the verdicts `violated`, the share that is labelled so; nan where there are none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(matrix[..., _VIOLATED, _VIOLATED] / matrix[..., :, _VIOLATED].sum(axis=-1))


def recall(matrix: Matrix) -> Matrix:
    """Of the labels `violated`, the share found; nan where there are none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(matrix[..., _VIOLATED, _VIOLATED] / matrix[..., _VIOLATED, :].sum(axis=-1))


def f1(matrix: Matrix) -> Matrix:
    """Harmonic mean of precision and recall of `violated`; 0 where none is found, nan where there is none to find."""
    hits = matrix[..., _VIOLATED, _VIOLATED]
    with np.errstate(invalid="ignore", divide="ignore"):
        said, labelled = matrix[..., :, _VIOLATED].sum(axis=-1), matrix[..., _VIOLATED, :].sum(axis=-1)
        return np.asarray(2 * hits / (said + labelled))


def generosity(matrix: Matrix) -> Matrix:
    """The judge's pass rate, met / (met + violated), minus that of the labels: above 0 the judge is more lenient."""
    with np.errstate(invalid="ignore", divide="ignore"):
        judged = matrix.sum(axis=-2)
        labelled = matrix.sum(axis=-1)
        of_judge = judged[..., _MET] / (judged[..., _MET] + judged[..., _VIOLATED])
        of_labels = labelled[..., _MET] / (labelled[..., _MET] + labelled[..., _VIOLATED])
    return np.asarray(of_judge - of_labels)


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval; None where there is no data."""

    value: float | None
    low: float | None
    high: float | None


def bootstrap(
    matrices: Matrix, statistic: Callable[[Matrix], Matrix], *, resamples: int = 2000, seed: int = 20240501
) -> Interval:
    """`statistic` of the sum of `matrices` (conversations x rows x columns), with a percentile interval (Efron & Tibshirani
    1993, chapter 13) from resampling whole conversations: labels of one conversation are not independent."""
    value = float(statistic(matrices.sum(axis=0)))
    if np.isnan(value):
        return Interval(None, None, None)
    count = len(matrices)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)
    samples: Any = statistic(np.einsum("rc,cij->rij", weights, matrices))
    samples = samples[~np.isnan(samples)]
    low, high = np.percentile(samples, [2.5, 97.5]) if len(samples) else (value, value)
    return Interval(round(value, 4), round(float(low), 4), round(float(high), 4))
