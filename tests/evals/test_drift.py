from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coach.errors import ConfigError, InputError
from coach.evals.baseline import make_baseline, read_baseline, write_baseline
from coach.evals.comparison import Comparison
from coach.evals.drift import compare_with_baseline
from coach.evals.golden import Case
from coach.evals.results import EvalRun
from coach.findings import JudgeInfo
from tests.evals.labelled import JUDGE, cases_of, judged

OTHER_PROMPT = JUDGE.model_copy(update={"prompt_hash": "fedcba9876543210"})


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    return cases_of(tmp_path)


def many(cases: list[Case], copies: int) -> list[Case]:
    """The same calls again and again under other names: enough for tests to find something."""
    return [
        replace(case, transcript=case.transcript.model_copy(update={"id": f"{case.transcript.id}-{n}"}))
        for n in range(copies)
        for case in cases
    ]


def compared(before: EvalRun, now: EvalRun) -> Comparison:
    return compare_with_baseline(make_baseline([before]), now)


def test_the_same_verdicts_are_no_drift(cases: list[Case]) -> None:
    found = compared(judged(cases), judged(cases))
    assert (found.problems, found.flips, found.exit_code) == ((), (), 0)


def test_a_flip_that_nothing_explains_is_named_with_case_criterion_and_both_verdicts(cases: list[Case]) -> None:
    found = compared(judged(cases), judged(cases, {("c-2", "2"): "met"}))
    assert found.exit_code == 1
    assert any("c-2 shop:2: violated -> met" in problem for problem in found.problems)


def test_with_another_prompt_a_verdict_that_became_right_is_shown_and_is_no_problem(cases: list[Case]) -> None:
    wrong = judged(cases, {("c-2", "2"): "met"})
    found = compared(wrong, judged(cases, judge=OTHER_PROMPT))
    assert [str(flip) for flip in found.flips] == ["c-2 shop:2: met -> violated (label violated, improvement)"]
    assert found.problems == ()
    assert found.changes == ("shop: prompt or settings changed: 0123456789abcdef -> fedcba9876543210",)


def test_with_another_prompt_a_verdict_that_became_wrong_is_a_regression(cases: list[Case]) -> None:
    found = compared(judged(cases), judged(cases, {("c-5", "3"): "met"}, judge=OTHER_PROMPT))
    assert "was right and is wrong: c-5 shop:3: violated -> met (label violated, regression)" in found.problems


def test_one_flip_of_a_judge_that_varies_is_shown_and_is_no_problem(cases: list[Case]) -> None:
    calls = many(cases, 10)
    found = compared(judged(calls, repeatable=False), judged(calls, {("c-5-3", "3"): "met"}, repeatable=False))
    assert len(found.flips) == 1
    assert found.problems == ()


def test_a_judge_that_varies_and_has_become_lenient_is_found_by_the_tests(cases: list[Case]) -> None:
    calls = many(cases, 20)
    lenient = judged(calls, {(f"c-5-{n}", "3"): "met" for n in range(15)}, repeatable=False)
    found = compared(judged(calls, repeatable=False), lenient)
    shifted = {(test.scope, test.measure, test.direction) for test in (*found.criteria, *found.groups) if test.shifted}
    assert {("shop:3", "violated", "more lenient"), ("all", "violated", "more lenient")} <= shifted


def test_flips_in_both_directions_are_no_shift_in_leniency(cases: list[Case]) -> None:
    calls = many(cases, 20)
    lenient = {(f"c-5-{n}", "3"): "met" for n in range(8)}
    strict = {(f"c-1-{n}", "3"): "violated" for n in range(8)}
    found = compared(judged(calls, repeatable=False), judged(calls, {**lenient, **strict}, repeatable=False))
    assert not any(test.shifted for test in found.groups if test.measure == "violated")


def test_a_missing_case_fails(cases: list[Case]) -> None:
    found = compared(judged(cases), judged(cases[1:]))
    assert found.problems == ("case c-1 is in the baseline and not among the labelled conversations",)


def test_a_case_with_other_words_fails(cases: list[Case]) -> None:
    turns = (cases[0].transcript.turns[0].model_copy(update={"text": "Hi."}), *cases[0].transcript.turns[1:])
    other = replace(cases[0], transcript=cases[0].transcript.model_copy(update={"turns": turns}))
    found = compared(judged(cases), judged([other, *cases[1:]]))
    assert found.problems == ("case c-1 is another conversation than the one in the baseline",)


def test_a_new_case_is_named_and_not_compared(cases: list[Case]) -> None:
    found = compared(judged(cases[1:]), judged(cases))
    assert (found.unknown, found.problems) == (("c-1",), ())


def with_rubric(cases: list[Case], **changes: object) -> list[Case]:
    rubric = type(cases[0].rubric).model_validate({**cases[0].rubric.model_dump(), **changes})
    return [replace(case, rubric=rubric) for case in cases]


def test_a_criterion_that_is_no_longer_judged_fails(cases: list[Case]) -> None:
    kept = [c.model_dump() for c in cases[0].rubric.criteria if c.id != "shop:1"]
    found = compared(judged(cases), judged(with_rubric(cases, criteria=kept)))
    assert "criterion shop:1 is in the baseline and is no longer judged" in found.problems


def test_a_criterion_that_is_never_answered_any_more_fails_even_where_tests_have_too_few_cases(
    cases: list[Case],
) -> None:
    silent = {(case.transcript.id, "1"): "not_applicable" for case in cases}
    found = compared(judged(cases, repeatable=False), judged(cases, silent, repeatable=False))  # type: ignore[arg-type]
    assert "criterion shop:1 was answered in 6 cases of the baseline and is answered in none now" in found.problems


def test_other_weights_are_found_although_no_verdict_flips(cases: list[Case]) -> None:
    heavier = with_rubric(cases, weights={"critical": 9.0})
    found = compared(judged(cases), judged(heavier))
    assert found.flips == ()
    assert "case c-4 scores 81.82 where it scored 71.43 with the same verdicts" in found.problems


def test_a_figure_below_its_floor_fails(cases: list[Case]) -> None:
    baseline = make_baseline([judged(cases, repeatable=False)])
    wrong = judged(cases, {("c-2", "2"): "met", ("c-5", "3"): "met"}, repeatable=False)
    problems = compare_with_baseline(baseline, wrong).problems
    assert "below its floor: all f1: 0.800, floor 0.95" in problems


def test_a_floor_may_be_set_by_hand(cases: list[Case]) -> None:
    baseline = make_baseline([judged(cases, repeatable=False)], floors={"all": {"f1": 0.7}})
    wrong = judged(cases, {("c-2", "2"): "met", ("c-5", "3"): "met"}, repeatable=False)
    assert compare_with_baseline(baseline, wrong).problems == ()


def test_confidence_that_slides_is_shown_before_any_verdict_flips(cases: list[Case]) -> None:
    calls = many(cases, 4)
    found = compared(judged(calls, confidence=0.9), judged(calls, confidence=0.7))
    assert {slide.figure: slide.slid for slide in found.slides} == {"score": False, "confidence": True}
    assert found.problems == ()


def test_an_ungraded_case_is_exit_code_3_whatever_else_is_found(cases: list[Case]) -> None:
    run = judged(cases, {("c-2", "2"): "met"})
    broken = run.results[0].model_copy(update={"failed": "no answer", "rows": []})
    found = compared(judged(cases), replace(run, results=(broken, *run.results[1:])))
    assert found.exit_code == 3
    assert found.failed == {"c-1": "no answer"}
    assert any("c-2 shop:2" in problem for problem in found.problems)


def test_another_judge_is_named(cases: list[Case]) -> None:
    other = JudgeInfo(kind="llm", model="other-model", prompt_hash=JUDGE.prompt_hash)
    assert compared(judged(cases), judged(cases, judge=other)).changes == (
        "shop: another judge: llm small-model -> llm other-model",
    )


def test_a_baseline_of_several_runs_holds_the_verdict_of_most(cases: list[Case]) -> None:
    runs = [judged(cases), judged(cases, {("c-2", "2"): "met"}), judged(cases)]
    frozen = make_baseline(runs).cases["c-2"].criteria["shop:2"]
    assert (frozen.verdict, frozen.verdicts) == ("violated", ("violated", "met", "violated"))


def test_a_baseline_comes_back_as_it_was_written(cases: list[Case], tmp_path: Path) -> None:
    baseline = make_baseline([judged(cases, confidence=0.5)])
    write_baseline(baseline, tmp_path / "new" / "b.json")
    assert read_baseline(tmp_path / "new" / "b.json") == baseline


def test_a_baseline_is_not_overwritten_by_itself(cases: list[Case], tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text("mine", "utf-8")
    with pytest.raises(ConfigError, match="--force"):
        write_baseline(make_baseline([judged(cases)]), path)
    assert path.read_text("utf-8") == "mine"


def test_no_baseline_is_made_where_a_case_could_not_be_graded(cases: list[Case]) -> None:
    run = judged(cases)
    broken = run.results[0].model_copy(update={"failed": "no answer", "rows": []})
    with pytest.raises(ConfigError, match="c-1: no answer"):
        make_baseline([replace(run, results=(broken, *run.results[1:]))])


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2}'])
def test_a_file_that_is_no_baseline_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"b\.json: is no baseline"):
        read_baseline(path)
