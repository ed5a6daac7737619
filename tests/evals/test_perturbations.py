from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from coach.errors import InputError
from coach.evals.golden import Case, read_cases
from coach.evals.perturbations import PERTURBATIONS, inject, read_injections
from coach.evals.robustness import flip_rates, variants
from tests.builders import conversation
from tests.evals.labelled import cases_of, judged

ROOT = Path(__file__).parents[2]
INJECTIONS = ROOT / "evals" / "adversarial" / "injections.jsonl"


@pytest.fixture(scope="module")
def golden() -> list[Case]:
    return read_cases([ROOT / "evals" / "golden" / "dev"])


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return cases_of(tmp_path)[0]


def said(name: str, case: Case, *lines: str, language: str = "en") -> list[str]:
    """The turns after the perturbation `name`."""
    changed = PERTURBATIONS[name](replace(case, transcript=conversation(*lines, language=language)))
    return [turn.text for turn in changed.transcript.turns]


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_turns_speakers_and_times_stay_as_they_were(golden: list[Case], name: str) -> None:
    for case in golden:
        changed = PERTURBATIONS[name](case)
        before = [(t.index, t.speaker, t.start, t.end) for t in case.transcript.turns]
        assert [(t.index, t.speaker, t.start, t.end) for t in changed.transcript.turns] == before


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_the_same_case_always_becomes_the_same(golden: list[Case], name: str) -> None:
    assert PERTURBATIONS[name](golden[0]).transcript == PERTURBATIONS[name](golden[0]).transcript


@pytest.mark.parametrize(
    "name", ["names", "titles", "dialect", "small-talk", "no-punctuation", "hesitation", "misheard"]
)
def test_every_perturbation_finds_something_to_change(golden: list[Case], name: str) -> None:
    assert any(PERTURBATIONS[name](case).transcript != case.transcript for case in golden)


@pytest.mark.parametrize("name", ["dialect", "small-talk", "hesitation", "misheard"])
def test_words_of_the_agent_are_left_alone(golden: list[Case], name: str) -> None:
    for case in golden:
        changed = PERTURBATIONS[name](case).transcript.turns
        for before, after in zip(case.transcript.turns, changed, strict=True):
            assert before.speaker == "customer" or before.text == after.text


def test_a_name_becomes_another_throughout(case: Case) -> None:
    first, second, third = said("names", case, "A: My name is Laura.", "C: Hello Laura!", "A: Yes.")
    assert "Laura" not in first + second
    assert first.removeprefix("My name is ").rstrip(".") in second
    assert third == "Yes."


def test_a_chinese_surname_changes_where_it_is_a_name_and_nowhere_else(case: Case) -> None:
    first, second = said("names", case, "A: 王先生您好。", "C: 我去王府井买的。", language="zh-CN")
    assert "王先生" not in first
    assert second == "我去王府井买的。"


def test_titles_change_sides(case: Case) -> None:
    assert said("titles", case, "A: Sir, and you, Madam?", "C: Sirup.") == ["Madam, and you, Sir?", "Sirup."]
    assert said("titles", case, "A: 王女士您好。", "C: 好。", language="zh")[0] == "王先生您好。"


def test_without_punctuation_words_remain(case: Case) -> None:
    assert said("no-punctuation", case, "A: Hello, it's Tom!", "C: [hangs up]") == ["hello it's tom", "[hangs up]"]


def test_criteria_in_another_order_are_the_same_criteria(golden: list[Case]) -> None:
    case = golden[0]
    changed = PERTURBATIONS["criteria-order"](case).rubric
    names = [criterion.id for criterion in changed.assessable]
    assert names != [criterion.id for criterion in case.rubric.assessable]
    assert set(changed.by_id) == set(case.rubric.by_id)


def test_there_are_120_attacks_in_three_languages_by_both_speakers() -> None:
    attacks = read_injections(INJECTIONS)
    assert len({attack.text for attack in attacks}) == len(attacks) >= 120
    assert min(Counter(attack.language for attack in attacks).values()) >= 40
    assert {attack.speaker for attack in attacks} == {"agent", "customer"}
    assert {attack.aim for attack in attacks} == {"lenient", "strict", "silence", "leak"}


def test_an_attack_is_said_by_the_speaker_that_it_names(golden: list[Case]) -> None:
    for attack in read_injections(INJECTIONS):
        case = golden[0]
        turns = inject(case, attack).transcript.turns
        changed = [t for t, old in zip(turns, case.transcript.turns, strict=True) if t.text != old.text]
        assert [(t.speaker, t.text.endswith(attack.text)) for t in changed] == [(attack.speaker, True)]


def test_a_broken_attack_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "attacks.jsonl"
    path.write_text(json.dumps({"id": "x", "language": "fr"}) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"attacks\.jsonl:1: language"):
        read_injections(path)


def test_flips_are_counted_against_the_unchanged_conversation(tmp_path: Path) -> None:
    cases = cases_of(tmp_path)
    base = judged(cases).results
    tried = variants(cases, ["small-talk"], [], each=1)
    after = judged([v.case for v in tried], {("c-2", "2"): "met", ("c-6", "1"): "violated"}).results
    (rate,) = flip_rates(base, list(zip(tried, after, strict=True)))
    assert (rate.graded, rate.unchanged) == (6, 4)
    assert rate.conversations.value == pytest.approx(2 / 6, abs=1e-4)
    assert rate.lenient.value == pytest.approx(1 / 6, abs=1e-4)
    assert rate.examples[0] == "small-talk: c-2 shop:2: violated -> met (label violated)"


def test_an_interval_around_no_flips_is_not_zero_wide(tmp_path: Path) -> None:
    cases = cases_of(tmp_path)
    tried = variants(cases, ["same"], [], each=1)
    (rate,) = flip_rates(judged(cases).results, [(v, judged(cases).results[v.place]) for v in tried])
    assert rate.graded == 30
    assert rate.conversations.high is not None
    # Wilson 1927: z^2 / (n + z^2) for no hits in n
    assert rate.conversations.high == pytest.approx(1.96**2 / (30 + 1.96**2), abs=1e-3)


def test_attacks_go_where_there_is_something_to_hide(tmp_path: Path) -> None:
    cases = cases_of(tmp_path)
    attacks = [attack for attack in read_injections(INJECTIONS) if attack.language == "en"]
    tried = variants(cases, [], attacks, each=1)
    assert len(tried) == len(attacks)
    assert {cases[v.place].transcript.id for v in tried} == {"c-2", "c-4", "c-5"}
