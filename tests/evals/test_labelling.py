"""Two labelling passes of the same conversations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coach.errors import InputError
from coach.evals.golden import SECOND_PASS, Case, Label, read_cases
from coach.evals.labelling import differences, pass_agreement, read_pass
from tests.evals.labelled import cases_of, write_golden


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    return cases_of(tmp_path)


def relabelled(cases: list[Case], name: str, **labels: Label | None) -> list[Case]:
    """The cases with other labels for some criteria of one call (`n3`: shop:3); None takes the label away."""

    def changed(case: Case) -> Case:
        kept = {**case.labels, **{f"shop:{key[1:]}": label for key, label in labels.items()}}
        return replace(case, labels={key: label for key, label in kept.items() if label is not None})

    return [changed(case) if case.transcript.id == name else case for case in cases]


def label(number: int, verdict: Any, turn: int, **more: Any) -> Label:
    return Label(clause=f"shop:{number}", verdict=verdict, turn=turn, **more)


def second_pass(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "second.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_equal_passes_agree_in_everything(cases: list[Case]) -> None:
    found = pass_agreement(cases, cases)["all"]
    assert (found.conversations, found.kappa.value, found.violated.value, found.turn.value) == (6, 1.0, 1.0, 1.0)
    assert list(differences(cases, cases)) == []


def test_the_agreement_on_violations_is_the_same_whichever_pass_comes_first(cases: list[Case]) -> None:
    again = relabelled(cases, "c-2", n1=label(1, "met", 0), n3=label(3, "met", 2))
    there, back = pass_agreement(cases, again)["all"], pass_agreement(again, cases)["all"]
    assert there.violated == back.violated
    assert there.violated.value == round(2 * 4 / (6 + 4), 4)
    assert (there.first, there.second) == ((17, 6), (17, 4))


def test_labels_at_another_turn_are_equal_and_cited_elsewhere(cases: list[Case]) -> None:
    found = pass_agreement(cases, relabelled(cases, "c-2", n3=label(3, "violated", 0)))["all"]
    assert found.equal.value == 1.0
    assert found.violated_turn.value == round(5 / 6, 4)


def test_what_either_pass_calls_ambiguous_is_left_out_of_the_clear_figures(cases: list[Case]) -> None:
    again = relabelled(cases, "c-2", n3=label(3, "met", 2, ambiguous=True))
    found = pass_agreement(cases, again)
    assert found["all"].equal.value != 1.0
    assert found["(clear)"].equal.value == 1.0


def test_every_difference_is_listed_once_with_both_readings(cases: list[Case]) -> None:
    again = relabelled(cases, "c-2", n2=None, n3=label(3, "violated", 0))
    again = [replace(c, scenarios=frozenset({"praise"})) if c.transcript.id == "c-6" else c for c in again]
    found = {(each.id, each.kind, each.about): each for each in differences(cases, again)}
    assert set(found) == {("c-2", "verdict", "shop:2"), ("c-2", "turn", "shop:3"), ("c-6", "scenario", "praise")}
    verdict = found["c-2", "verdict", "shop:2"]
    assert verdict.first is not None
    assert (verdict.first["verdict"], verdict.second) == ("violated", None)
    assert verdict.words == {2: "That is your own fault."}
    assert json.loads(verdict.as_json())["decision"] is None


def test_a_pass_over_some_of_the_conversations_is_compared_on_those(tmp_path: Path, cases: list[Case]) -> None:
    labels = [{"clause": "shop:1", "verdict": "met", "turn": 0}, {"clause": "shop:2", "verdict": "met", "turn": 2}]
    again = read_pass([second_pass(tmp_path, {"id": "c-6", "scenarios": [], "labels": labels})], cases)
    assert pass_agreement(cases, again)["all"].conversations == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": "c-9", "scenarios": [], "labels": []}, "not among the conversations"),
        ({"id": "c-6", "scenarios": ["theft"], "labels": []}, "no scenario 'theft'"),
        ({"id": "c-6", "scenarios": [], "labels": [{"clause": "shop:9", "verdict": "met", "turn": 0}]}, "shop:9"),
        ({"id": "c-6", "scenarios": [], "labels": [{"clause": "shop:1", "verdict": "good", "turn": 0}]}, "verdict"),
        ({"scenarios": [], "labels": []}, "no id"),
    ],
)
def test_labels_that_do_not_fit_are_told_with_file_and_line(
    tmp_path: Path, cases: list[Case], line: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message) as told:
        read_pass([second_pass(tmp_path, line)], cases)
    assert told.value.line == 1


def test_a_second_pass_in_its_folder_is_not_taken_for_cases(tmp_path: Path) -> None:
    golden = tmp_path / "golden"
    (golden / SECOND_PASS).mkdir(parents=True)
    write_golden(golden)
    second_pass(golden / SECOND_PASS, {"id": "c-6", "scenarios": [], "labels": []})
    assert len(read_cases([golden])) == 6


def test_not_applicable_is_a_label_only_where_it_is_ambiguous(tmp_path: Path, cases: list[Case]) -> None:
    unsure = {"clause": "shop:4", "verdict": "not_applicable", "turn": 2, "ambiguous": True, "other": "met"}
    line = {"id": "c-6", "scenarios": [], "labels": [unsure]}
    (again,) = read_pass([second_pass(tmp_path, line)], cases)
    assert again.verdict("shop:4") == "not_applicable"
    line["labels"] = [{**unsure, "ambiguous": False}]  # type: ignore[dict-item]
    with pytest.raises(InputError, match="leave it out"):
        read_pass([second_pass(tmp_path, line)], cases)
