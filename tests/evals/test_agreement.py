"""The coefficients against libraries and against figures worked out by hand."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from coach.evals import agreement

tables = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=3, max_size=3)

EXAMPLE = np.array([[40.0, 5.0, 5.0], [4.0, 10.0, 1.0], [6.0, 0.0, 29.0]])
"""100 decisions, 79 of them equal; labels 50, 15, 35; verdicts 50, 15, 35."""


def used_by_both(table: list[list[int]]) -> np.ndarray:
    """Skip tables on which the libraries divide by zero: fewer than two classes in use."""
    matrix = np.array(table, dtype=float)
    assume(((matrix.sum(axis=0) + matrix.sum(axis=1)) > 0).sum() >= 2)
    return matrix


@given(tables)
def test_kappa_is_that_of_statsmodels(table: list[list[int]]) -> None:
    matrix = used_by_both(table)
    assert agreement.kappa(matrix) == pytest.approx(cohens_kappa(matrix).kappa, nan_ok=True)


@given(tables)
def test_alpha_is_that_of_krippendorff(table: list[list[int]]) -> None:
    matrix = used_by_both(table)
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(int(matrix[i, j]))]
    expected = krippendorff.alpha(np.array(pairs).T, level_of_measurement="nominal")
    assert agreement.alpha(matrix) == pytest.approx(expected)


def test_kappa_by_hand() -> None:
    # expected agreement: .5*.5 + .15*.15 + .35*.35 = .395
    assert agreement.kappa(EXAMPLE) == pytest.approx((0.79 - 0.395) / (1 - 0.395))


def test_ac1_by_hand() -> None:
    # expected agreement: (.5*.5 + .15*.85 + .35*.65) / 2 = .3025
    assert agreement.ac1(EXAMPLE) == pytest.approx((0.79 - 0.3025) / (1 - 0.3025))


def test_ac1_stays_high_where_a_class_is_rare_and_kappa_collapses() -> None:
    rare = np.array([[96.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert agreement.kappa(rare) < 0
    assert agreement.ac1(rare) > 0.9


def test_precision_recall_and_f1_are_about_violations() -> None:
    found = [float(figure(EXAMPLE)) for figure in (agreement.precision, agreement.recall, agreement.f1)]
    assert found == pytest.approx([10 / 15, 10 / 15, 10 / 15])


def test_generosity_is_the_difference_of_pass_rates() -> None:
    lenient = np.array([[50.0, 0.0, 0.0], [10.0, 40.0, 0.0], [0.0, 0.0, 5.0]])
    assert agreement.generosity(lenient) == pytest.approx(0.6 - 0.5)


@pytest.mark.parametrize("figure", [agreement.kappa, agreement.alpha, agreement.ac1])
def test_perfect_agreement_on_a_single_class_is_one(figure) -> None:  # type: ignore[no-untyped-def]
    assert figure(np.diag([7.0, 0.0, 0.0])) == 1.0


def test_without_data_there_is_no_figure() -> None:
    assert agreement.bootstrap(np.zeros((3, 3, 3)), agreement.kappa) == agreement.Interval(None, None, None)


def test_the_interval_is_wider_where_errors_come_in_clusters() -> None:
    good, bad = np.diag([8.0, 2.0, 2.0]), np.array([[4.0, 4.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    clustered = np.array([good] * 9 + [bad])
    mixed = np.array([clustered.sum(axis=0) / 10] * 10)
    wide, narrow = (agreement.bootstrap(each, agreement.kappa) for each in (clustered, mixed))
    assert wide.value == narrow.value
    assert wide.high - wide.low > narrow.high - narrow.low + 0.1  # type: ignore[operator]


def test_the_same_data_give_the_same_interval() -> None:
    matrices = np.array([EXAMPLE, EXAMPLE.T, np.diag([3.0, 1.0, 5.0])])
    assert agreement.bootstrap(matrices, agreement.kappa) == agreement.bootstrap(matrices, agreement.kappa)
