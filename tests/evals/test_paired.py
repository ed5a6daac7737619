"""The exact tests against libraries, and the correction against figures worked out by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from coach.evals.paired import Outcome, corrected, mean_slide, shift

answers = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40)


def array(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@given(answers)
def test_yes_and_no_against_one_run_is_mcnemars_exact_test(pairs: list[tuple[int, int]]) -> None:
    now, before = array([a for a, _ in pairs]), array([b for _, b in pairs])
    table = [[int(((now == i) & (before == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    expected = mcnemar(table, exact=True).pvalue if table[0][1] + table[1][0] else 1.0
    assert shift(now, before[:, None]).p == pytest.approx(expected)


def total(*samples: np.ndarray, axis: int = -1) -> np.ndarray:
    return samples[0].sum(axis=axis)


@pytest.mark.parametrize("runs", [1, 2])
def test_counts_are_tested_as_by_all_permutations(runs: int) -> None:
    generator = np.random.default_rng(4)
    for _ in range(10):
        now, before = generator.integers(0, 6, 5), generator.integers(0, 6, (5, runs))
        every = permutation_test(
            (now, *before.T), partial(total), permutation_type="samples", n_resamples=np.inf, vectorized=True
        )
        assert shift(now, before).p == pytest.approx(every.pvalue)


def test_equal_runs_show_nothing() -> None:
    outcome = shift(array([3, 0, 2]), array([3, 0, 2])[:, None])
    assert (outcome.p, outcome.change) == (1.0, 0.0)


def test_more_runs_in_the_baseline_find_a_smaller_shift() -> None:
    now = array([0, 0, 0, 0, 1, 1])
    once = shift(now, np.ones((6, 1), dtype=np.int64))
    five_times = shift(now, np.ones((6, 5), dtype=np.int64))
    assert once.p == pytest.approx(2 / 2**4)
    assert five_times.p == pytest.approx(2 / 6**4)


def test_the_attainable_p_is_that_of_all_changes_in_one_direction() -> None:
    mixed = shift(array([1, 1, 0, 0, 0]), array([0, 0, 1, 1, 1])[:, None])
    one_way = shift(array([1, 1, 1, 1, 1]), array([0, 0, 0, 0, 0])[:, None])
    assert mixed.attainable == one_way.p


def outcome(p: float, attainable: float = 0.0) -> Outcome:
    return Outcome(0, 0, p, attainable)


def test_without_hopeless_tests_the_correction_is_holms() -> None:
    ps = [0.001, 0.02, 0.03, 0.5]
    expected = multipletests(ps, method="holm")[1]
    assert [o.adjusted for o in corrected([outcome(p) for p in ps], 0.05)] == pytest.approx(expected)


def test_tests_that_cannot_find_anything_cost_the_others_nothing() -> None:
    hopeless = [outcome(1.0, 0.5)] * 500
    assert corrected([outcome(0.01), *hopeless], 0.05)[0].adjusted == pytest.approx(0.01)
    assert corrected([outcome(0.01), *hopeless], 0.05)[1].adjusted == 1.0


def test_no_tests_are_corrected_to_none() -> None:
    assert corrected([], 0.05) == []


def test_false_alarms_stay_below_the_level_whatever_the_clustering() -> None:
    """Verdicts of one conversation flip together here, so a test over single verdicts would alarm far too often."""
    generator = np.random.default_rng(11)
    mood = generator.integers(0, 2, (400, 2, 30)) * 8
    alarms = [shift(now, before[:, None]).p <= 0.05 for now, before in mood]
    assert sum(alarms) <= 0.05 * len(alarms) + 3 * np.sqrt(0.05 * 0.95 * len(alarms))


def test_a_slide_of_means_leaves_out_conversations_without_a_value() -> None:
    now = np.array([80.0, np.nan, 70.0])
    slide = mean_slide(now, np.array([[80.0], [10.0], [70.0]]))
    assert (slide.before, slide.now, slide.p) == (75.0, 75.0, 1.0)


def test_a_slide_of_means_is_found() -> None:
    before = np.linspace(60, 90, 20)[:, None]
    assert mean_slide(before[:, 0] - 2, before).p < 0.01
