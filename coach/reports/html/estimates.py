"""A mean with its interval, and places that sample sizes bear.

Promise: nothing is claimed that the number of conversations does not carry. Where an interval cannot be had (too
few values) there is none, which is not an interval of no width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["ENOUGH_TO_PLACE", "Mean", "mean_of", "places"]

ENOUGH_TO_PLACE = 30
"""Scored conversations from which on an agent is placed among others; with fewer even a 95% interval spans a third of the scale."""

_ENOUGH_TO_RESAMPLE = 10
"""With fewer values, or equal ones only, resampling them would claim a certainty that nobody has."""

_RESAMPLES = 10_000
_SEED = 20240501


@dataclass(frozen=True)
class Mean:
    """The mean of `of` values; `low` and `high` are its 95% interval, None where the values are too few or all the same."""

    value: float
    of: int
    low: float | None
    high: float | None


def mean_of(values: Mapping[float, int]) -> Mean | None:
    """The mean of values (value -> how often), None of none. Percentile bootstrap over the single values (Efron & Tibshirani
    1993, chapter 13), with a fixed seed: the same store gives the same figures.
    """
    count = sum(values.values())
    if not count:
        return None
    mean = sum(value * times for value, times in values.items()) / count
    if count < _ENOUGH_TO_RESAMPLE or len(values) < 2:
        return Mean(mean, count, None, None)
    import numpy as np

    # To draw `count` values with replacement is to draw how often each distinct value comes: the same distribution, and
    # memory by distinct values instead of conversations.
    distinct = sorted(values)
    times = np.array([values[value] for value in distinct], dtype=np.float64)
    draws = np.random.default_rng(_SEED).multinomial(count, times / times.sum(), size=_RESAMPLES)
    means = draws @ np.array(distinct) / count
    low, high = np.percentile(means, [2.5, 97.5])
    return Mean(mean, count, float(low), float(high))


def places(means: Sequence[Mean]) -> list[tuple[int, int]]:
    """For each mean, the best and the worst place (1 is the highest mean) that its interval allows: only those whose whole
    interval lies above count as surely better (Goldstein & Spiegelhalter 1996, JRSS A 159: 385-443).
    """
    bounds = [
        (mean.value if mean.low is None else mean.low, mean.value if mean.high is None else mean.high) for mean in means
    ]
    found = []
    for low, high in bounds:
        surely_better = sum(other_low > high for other_low, _ in bounds)
        surely_worse = sum(other_high < low for _, other_high in bounds)
        found.append((1 + surely_better, len(bounds) - surely_worse))
    return found
