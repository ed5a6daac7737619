"""Practice asks real customer lines and grades each answer at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.coaching.exercises import Exercise, exercises_of
from coach.coaching.habits import picture_of
from coach.coaching.practice import practise
from coach.interval import Share
from tests.coaching.agents import HURRIES, keep
from tests.rewriting.manual import manual


@pytest.fixture
def exercises(tmp_path: Path) -> list[Exercise]:
    with keep(tmp_path / "a.db", manual(), "A-107", *[HURRIES] * 2) as store:
        return exercises_of(picture_of(store.audits(agent="A-107"), manual()).habits, store.transcript)


def session(exercises: list[Exercise], *answers: str | None) -> tuple[tuple[int, int], list[str]]:
    given, said = iter(answers), list[str]()
    return practise(exercises, manual(), lambda _: next(given), said.append, "en"), said


def test_no_line_is_asked_twice(exercises: list[Exercise]) -> None:
    assert [exercise.line for exercise in exercises] == ["My parcel is lost"]


def test_an_answer_that_keeps_the_clause_is_well_said(exercises: list[Exercise]) -> None:
    result, said = session(exercises, "I am sorry, I will look for it.")
    assert (result, said[0]) == ((1, 1), "Well said.")


def test_an_answer_that_breaks_it_is_told_the_clause_and_a_better_sentence(exercises: list[Exercise]) -> None:
    result, said = session(exercises, "Hurry up then.")
    assert result == (0, 1)
    assert any("Never hurry a customer." in line for line in said)
    assert any("Please take your time." in line for line in said)


def test_an_answer_that_breaks_something_else_is_told_so(exercises: list[Exercise]) -> None:
    assert "But now it breaks: Criterion 4" in session(exercises, "Okey-dokey.")[1]


def test_the_end_of_the_input_ends_the_session(exercises: list[Exercise]) -> None:
    assert session(exercises, None)[0] == (0, 0)


def test_the_interval_is_wilsons() -> None:
    share = Share(6, 20)
    assert (round(share.low, 4), round(share.high, 4)) == (0.1455, 0.519)


def test_nothing_seen_says_nothing() -> None:
    assert (Share(0, 0).low, Share(0, 0).high) == (0.0, 1.0)
