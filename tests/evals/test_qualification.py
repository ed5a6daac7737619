from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coach.evals.golden import Case
from coach.evals.qualification import choose, degenerate, qualify
from coach.evals.results import EvalRun
from coach.findings import Verdict
from coach.store.database import Store
from coach.store.qualifications import Qualification, qualification_of, stamp
from tests.evals.labelled import JUDGE, cases_of, judged


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    return cases_of(tmp_path)


def outcome(run: EvalRun, floor_f1: float = 0.6) -> Qualification:
    (found,) = qualify(run, floor_f1=floor_f1, endpoint="http://127.0.0.1:1/v1")
    return found


def all_met(cases: list[Case]) -> dict[tuple[str, str], Verdict]:
    """Met wherever a label says that the criterion applied: the right situations, no violation found."""
    return {(c.transcript.id, name.split(":")[1]): "met" for c in cases for name in c.labels}


def test_a_judge_that_agrees_with_the_labels_qualifies(cases: list[Case]) -> None:
    found = outcome(judged(cases))
    assert found.reasons == ()
    assert found.f1 == 1.0


def test_a_judge_that_only_says_met_in_the_right_situations_does_not_qualify_whatever_its_kappa(
    cases: list[Case],
) -> None:
    found = outcome(judged(cases, all_met(cases)))
    assert found.kappa is not None
    assert found.kappa > 0.4
    assert "violation F1 0.00 is below 0.60" in found.reasons
    assert "it only ever says met" in found.reasons


def test_a_judge_no_better_than_one_that_knows_nothing_is_told_so(cases: list[Case]) -> None:
    reasons = outcome(judged(cases, all_met(cases))).reasons
    assert any(reason.endswith("which all-met reaches without reading the conversation") for reason in reasons)


def test_the_floor_can_be_set(cases: list[Case]) -> None:
    run = judged(cases, {("c-2", "1"): "met", ("c-4", "1"): "met"})
    assert not any("below" in reason for reason in outcome(run, 0.6).reasons)
    assert "violation F1 0.80 is below 0.90" in outcome(run, 0.9).reasons


def test_too_many_conversations_without_an_answer_do_not_qualify(cases: list[Case]) -> None:
    run = judged(cases)
    failed = run.results[0].model_copy(update={"failed": "no answer", "rows": []})
    found = outcome(replace(run, results=(failed, *run.results[1:])))
    assert found.reasons == ("1 of 6 conversations could not be graded",)
    assert found.ungraded == 1


def test_the_same_scenarios_for_every_conversation_are_noticed(cases: list[Case]) -> None:
    run = judged(cases)
    same = tuple(result.model_copy(update={"arose": ("complaint",)}) for result in run.results)
    assert list(degenerate(replace(run, results=same))) == ["shop: the same scenarios for every conversation"]


def test_the_same_verdicts_for_every_conversation_are_noticed(cases: list[Case]) -> None:
    changes: dict[tuple[str, str], Verdict] = {}
    for case in cases:
        changes.update(
            {(case.transcript.id, n): v for n, v in zip("1234", ("violated", "met", "met", "met"), strict=True)}
        )  # type: ignore[misc]
    assert "shop: the same verdicts for every conversation" in list(degenerate(judged(cases, changes)))


def test_answers_down_the_list_are_noticed(cases: list[Case]) -> None:
    """Criteria 1 to 3 or 1 to 4 answered in every conversation; by the labels that is so in half of them only."""
    praised = [case for case in cases if "praise" in case.scenarios]
    many = [
        replace(case, transcript=case.transcript.model_copy(update={"id": f"{case.transcript.id}{n}"}))
        for n in range(3)
        for case in praised
    ]
    changes: dict[tuple[str, str], Verdict] = {}
    for place, case in enumerate(many):
        changes.update(
            {(case.transcript.id, "3"): "met", (case.transcript.id, "2"): "violated" if place % 2 else "met"}
        )
    found = list(degenerate(judged(many, changes)))
    assert found == [
        "shop: it answers the criteria in the order of the list, from the first, whether or not they apply"
    ]


def test_an_honest_judge_is_not_called_degenerate(cases: list[Case]) -> None:
    assert list(degenerate(judged(cases))) == []


def test_a_judge_that_says_nothing_is_noticed(cases: list[Case]) -> None:
    silent = {(c.transcript.id, n): "not_assessed" for c in cases for n in "1234"}
    assert "it gave no verdict at all" in list(degenerate(judged(cases, silent)))  # type: ignore[arg-type]


def test_the_short_set_is_spread_over_kinds_of_conversations(cases: list[Case]) -> None:
    designs = ["single", "single", "clean", "clean", "multiple", "multiple"]
    designed = [replace(case, design=design) for case, design in zip(cases, designs, strict=True)]
    assert [case.design for case in choose(designed, 3)] == ["multiple", "clean", "single"]
    assert choose(designed, 3) == choose(designed, 3)
    assert len(choose(designed, 20)) == 6


def test_an_unqualified_judge_is_stamped_with_the_reason(cases: list[Case]) -> None:
    said = stamp(JUDGE, outcome(judged(cases, all_met(cases))))
    assert said.startswith("the judge small-model is unqualified: violation F1 0.00 is below 0.60")


def test_the_newest_qualification_comes_back_from_the_database_as_it_was(cases: list[Case], tmp_path: Path) -> None:
    earlier, newest = outcome(judged(cases, all_met(cases))), outcome(judged(cases))
    with Store.open(tmp_path / "coach.db") as store:
        store.save_qualification(earlier)
        store.save_qualification(newest)
        found = qualification_of(JUDGE, store)
    assert found is not None
    assert found.qualified
    assert found.created.replace(microsecond=0) == newest.created.replace(microsecond=0)
    assert replace(found, created=newest.created) == newest


def test_without_a_database_nothing_is_known_of_a_judge() -> None:
    assert qualification_of(JUDGE, None) is None
