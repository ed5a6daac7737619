from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coach.evals.golden import Case
from coach.evals.head_to_head import head_to_head, sections
from coach.evals.rendering import as_markdown
from tests.evals.labelled import JUDGE, cases_of, judged

OTHER = JUDGE.model_copy(update={"model": "other-model"})


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    return cases_of(tmp_path)


def test_the_difference_is_second_minus_first(cases: list[Case]) -> None:
    found = head_to_head(judged(cases, {("c-5", "3"): "met"}), judged(cases, judge=OTHER))
    assert found.first["recall"].value == pytest.approx(5 / 6, abs=1e-4)
    assert found.second["recall"].value == 1.0
    assert found.differences["recall"].value == pytest.approx(1 / 6, abs=1e-4)


def test_a_judge_does_not_differ_from_itself(cases: list[Case]) -> None:
    found = head_to_head(judged(cases), judged(cases))
    assert (found.differences["f1"].low, found.differences["f1"].high) == (0.0, 0.0)
    assert found.between.value == 1.0


def test_only_conversations_that_both_have_graded_count(cases: list[Case]) -> None:
    second = judged(cases, {("c-2", "2"): "met"}, judge=OTHER)
    failed = second.results[1].model_copy(update={"failed": "no answer", "rows": []})
    found = head_to_head(judged(cases), replace(second, results=(second.results[0], failed, *second.results[2:])))
    assert found.comparison.cases == 5
    assert found.differences["f1"].value == 0.0
    assert found.failed == {"c-2": "no answer"}


def test_who_said_what_is_listed(cases: list[Case]) -> None:
    found = head_to_head(judged(cases), judged(cases, {("c-5", "3"): "met"}, judge=OTHER))
    text = as_markdown(sections(found))
    assert "| c-5 | shop:3 | violated | violated | met |" in text
    assert "First: llm small-model (01234567). Second: llm other-model (01234567)." in text
