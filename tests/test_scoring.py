from __future__ import annotations

import pytest

from coach.findings import Evidence, Finding, Verdict
from coach.rubric import Rubric, Severity
from coach.scoring import score
from tests.builders import criterion, rubric


def finding(name: str, verdict: Verdict, severity: Severity = "major") -> Finding:
    return Finding(
        criterion=f"demo:{name}",
        verdict=verdict,
        scenario="always",
        severity=severity,
        source="embedded",
        evidence=(Evidence(turn=0, quote="x"),),
    )


@pytest.fixture
def three() -> Rubric:
    return rubric(criterion("1"), criterion("2", severity="minor"), criterion("3", severity="critical", weight=4))


def test_the_score_is_the_weighted_share_of_what_was_met(three: Rubric) -> None:
    result = score(three, [finding("1", "met"), finding("2", "violated")])
    assert result.score == pytest.approx(75.0)  # weights 3 met, 1 violated


def test_a_violated_critical_criterion_fails_whatever_the_score(three: Rubric) -> None:
    result = score(three, [finding("1", "met"), finding("3", "violated", "critical")])
    assert (result.passed, result.critical_failures) == (False, ("demo:3",))
    assert result.score == pytest.approx(42.86)  # 3 of 3 + 4


def test_what_is_not_applicable_or_not_assessed_leaves_both_sides(three: Rubric) -> None:
    verdicts = [finding("1", "met"), finding("2", "not_assessed"), finding("3", "not_applicable", "critical")]
    result = score(three, verdicts)
    assert (result.score, result.passed) == (100.0, True)


def test_the_assessed_share_counts_applicable_criteria_only(three: Rubric) -> None:
    verdicts = [finding("1", "met"), finding("2", "not_assessed"), finding("3", "not_applicable")]
    assert score(three, verdicts).assessed == 0.5


def test_nothing_assessed_is_neither_a_score_nor_a_pass(three: Rubric) -> None:
    result = score(three, [finding("1", "not_assessed")])
    assert (result.score, result.passed, result.assessed) == (None, None, 0.0)


def test_a_finding_on_a_criterion_of_another_rubric_is_an_error(three: Rubric) -> None:
    with pytest.raises(KeyError):
        score(three, [finding("9", "met")])
