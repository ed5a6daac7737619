"""Facts of a turn survive a rewrite, and none comes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coach.rewriting.facts import FactCheck
from coach.rewriting.quantities import find_quantities, find_times
from tests.builders import conversation, criterion, rubric

TRAPS = [
    json.loads(line)
    for path in sorted((Path(__file__).parents[2] / "evals" / "rewrites").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["id"])
def test_a_trap_is_seen_and_a_clean_rewrite_passes(trap: dict[str, Any]) -> None:
    found = {(d.change, d.kind) for d in FactCheck(trap["language"]).compare(trap["original"], trap["rewrite"])}
    wanted = {(change, kind) for change, kind in trap["expect"]}
    assert bool(found) == bool(wanted)
    assert wanted <= found


def test_there_are_at_least_sixty_traps_and_rewrites_in_three_languages() -> None:
    assert len(TRAPS) >= 60
    assert {trap["language"] for trap in TRAPS} == {"en", "es", "zh"}


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("1,250.50 yuan", "1250.5 yuan", "en"),
        ("two hundred and ten days", "210 days", "en"),
        ("veinticuatro horas", "24 horas", "es"),
        ("mil doscientos euros", "1.200 euros", "es"),
        ("三百八十块", "380元", "zh"),
        ("两万一千", "21000", "zh"),
        ("三百六", "360", "zh"),
        ("一千二", "1200", "zh"),
        ("三百零六", "306", "zh"),
        ("one three eight zero", "1380", "en"),
    ],
)
def test_a_number_is_the_same_in_figures_and_in_words(one: str, other: str, language: str) -> None:
    def values(text: str) -> list[tuple[str, str]]:
        return [(q.value, q.unit) for q in find_quantities(text, language)]

    assert values(one) == values(other) != []


@pytest.mark.parametrize(
    ("text", "language"), [("one moment", "en"), ("un momento", "es"), ("十分抱歉，等一下，一块儿算", "zh")]
)
def test_an_article_or_an_idiom_is_no_number(text: str, language: str) -> None:
    assert find_quantities(text, language) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [("I told you that three times", "en"), ("se lo he dicho tres veces", "es"), ("一句话还用问三遍", "zh")],
)
def test_how_often_something_was_said_is_no_fact(text: str, language: str) -> None:
    assert find_quantities(text, language) == []


def test_days_are_known_in_all_three_languages() -> None:
    assert set(find_times("on Friday, el viernes, 星期五")) == {"fri"}
    assert find_times("mañana por la mañana") == {"tomorrow": "manana"}


def test_a_customer_may_be_called_by_the_name_that_was_said_before() -> None:
    spoken = conversation("A: Hello", "C: I am Clara Qiu", "A: Wait, Ms. Qiu.", "C: Yes", "A: It is late.")
    check = FactCheck.of(spoken, 4, rubric().criteria, "en")
    assert check.compare("It is late.", "I'm sorry, Ms. Qiu, it is late.") == []
    assert [d.kind for d in check.compare("It is late.", "I'm sorry, Mr. Qiu, it is late.")] == ["name"]


def test_a_time_limit_of_the_manuals_own_words_may_come_in() -> None:
    data = criterion(quote="We will call you back within 24 hours.", requirement="Promises it.")
    check = FactCheck.of(conversation("A: Hello"), 0, rubric(data).criteria, "en")
    assert check.compare("", "We will call you back within 24 hours.") == []
    assert check.compare("", "We will call you back within 2 hours.") != []


def test_a_refund_never_comes_in_whatever_the_manual_says() -> None:
    data = criterion(quote="We will refund the customer.", requirement="Says that we will refund it.")
    check = FactCheck.of(conversation("A: Hello"), 0, rubric(data).criteria, "en")
    assert [d.kind for d in check.compare("", "We will refund the price.")] == ["promise"]


def test_a_title_that_is_written_out_is_not_joined_to_the_next_sentence() -> None:
    assert FactCheck("es").compare("Sí, señor. La orden.", "Sí, señor. Gracias.") == []
