"""Intervals and places claim no more than the number of conversations bears."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import bootstrap

from coach.reports.html.estimates import Mean, mean_of, places

SCORES = [100.0] * 12 + [80.0] * 9 + [62.5] * 5 + [20.0] * 4


def test_the_interval_of_a_mean_is_that_of_the_bootstrap() -> None:
    found = mean_of(Counter(SCORES))
    expected = bootstrap((SCORES,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(1))
    assert found is not None
    assert found.value == pytest.approx(np.mean(SCORES))
    assert found.low == pytest.approx(expected.confidence_interval.low, abs=0.4)
    assert found.high == pytest.approx(expected.confidence_interval.high, abs=0.4)


def test_the_same_scores_give_the_same_interval() -> None:
    assert mean_of(Counter(SCORES)) == mean_of(Counter(reversed(SCORES)))


def test_nine_scores_are_too_few_for_an_interval() -> None:
    assert mean_of({100.0: 5, 50.0: 4}) == Mean(pytest.approx(77.8, abs=0.1), 9, None, None)  # type: ignore[arg-type]


def test_equal_scores_are_not_taken_for_certainty() -> None:
    assert mean_of({100.0: 40}) == Mean(100.0, 40, None, None)


def test_of_no_scores_there_is_no_mean() -> None:
    assert mean_of({}) is None


def test_who_overlaps_shares_places_and_who_is_surely_worse_comes_last() -> None:
    means = [Mean(90, 50, 85, 95), Mean(88, 50, 84, 92), Mean(60, 50, 55, 65)]
    assert places(means) == [(1, 2), (1, 2), (3, 3)]
