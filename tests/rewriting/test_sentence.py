"""A sentence without a conversation: what the manual forbids, and what it says instead."""

from __future__ import annotations

import pytest

from coach.errors import ConfigError
from coach.rewriting.sentence import SentenceCoach, SentenceVerdict
from coach.rubric_file import load_rubric


def answer(text: str, rubric: str, scenario: str | None = None) -> SentenceVerdict:
    return SentenceCoach(load_rubric(rubric), scenario).answer(text)


@pytest.mark.parametrize(
    ("text", "rubric", "clause"),
    [
        ("喂，大声一点儿！", "shenzhou-tianhai", "shenzhou-tianhai:1"),
        ("That's the rule, what can I do?", "tea-city", "tea-city:5.7"),
        ("¡Oye, eso no es posible!", "sto-express", "sto-express:29"),
    ],
)
def test_the_manuals_own_taboos_are_told_with_their_clause_and_a_better_sentence(
    text: str, rubric: str, clause: str
) -> None:
    found = answer(text, rubric)
    assert found.broken[0].criterion.id == clause
    assert found.rewrite is not None
    assert not answer(found.rewrite, rubric, found.broken[0].criterion.scenario).broken


def test_a_polite_sentence_breaks_nothing() -> None:
    assert answer("Thank you for waiting, Ms. Luo.", "tea-city").broken == ()


def test_only_the_named_situation_is_asked_about() -> None:
    scenarios = {
        clause.criterion.scenario for clause in answer("喂，大声一点儿！", "shenzhou-tianhai", "low-voice").broken
    }
    assert scenarios <= {"low-voice", "always"}


def test_an_unknown_situation_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="low-voice"):
        SentenceCoach(load_rubric("shenzhou-tianhai"), "nowhere")


def test_an_amount_in_the_sentence_is_never_lost() -> None:
    found = answer("You owe us 80 yuan and that's the rule, what can I do?", "tea-city")
    assert found.rewrite is None or "80 yuan" in found.rewrite


def test_an_event_says_nothing() -> None:
    assert answer("[hangs up]", "tea-city").broken == ()
