"""A coaching sheet says what is there, no more: strengths with counts, habits with intervals, the agent's own words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from coach.coaching.sheet import sheet_blocks, write_sheet
from coach.errors import ConfigError
from tests.coaching.agents import HURRIES, WELL, keep
from tests.rewriting.manual import manual


def sheet(path: Path, *spoken: tuple[str, ...], language: str = "en") -> str:
    with keep(path, manual(), "A-107", *spoken) as store:
        return "\n".join(b.text for b in sheet_blocks(store, "A-107", language=language, rubric=manual()))


def test_with_twenty_conversations_a_habit_has_an_interval_the_clause_two_quotes_and_rewrites(tmp_path: Path) -> None:
    text = sheet(tmp_path / "a.db", *[WELL] * 14, *[HURRIES] * 6)
    assert "Broken 6 of the 20 times" in text
    assert "15% to 52% at this sample size" in text
    assert "Never hurry a customer." in text
    assert text.count("Hurry up, the line is long.") == 2
    assert text.count("Better: “Please take your time.”") == 2


def test_strengths_come_first_and_with_their_counts(tmp_path: Path) -> None:
    text = sheet(tmp_path / "a.db", *[WELL] * 14, *[HURRIES] * 6)
    assert text.index("kept 20 of 20 times") < text.index("Broken 6 of")


def test_the_exercise_asks_what_a_customer_really_said(tmp_path: Path) -> None:
    assert "Customer: My parcel is lost" in sheet(tmp_path / "a.db", *[WELL] * 4, *[HURRIES] * 2)


def test_two_conversations_are_said_to_be_too_few(tmp_path: Path) -> None:
    text = sheet(tmp_path / "a.db", WELL, HURRIES)
    assert "2 conversations are too few to tell a habit from chance" in text
    assert "What would help most" not in text


def test_where_nothing_is_wrong_nothing_is_made_up(tmp_path: Path) -> None:
    text = sheet(tmp_path / "a.db", *[WELL] * 6)
    assert "Nothing was found broken" in text
    assert "Customer:" not in text


def test_one_slip_among_many_is_no_habit(tmp_path: Path) -> None:
    assert "no habit to change" in sheet(tmp_path / "a.db", *[WELL] * 9, HURRIES)


def test_what_was_done_once_is_no_strength(tmp_path: Path) -> None:
    assert "Criterion 3: kept" not in sheet(tmp_path / "a.db", *[HURRIES] * 5, WELL)


@pytest.mark.parametrize(("language", "heading"), [("es", "Lo que salió bien"), ("zh", "做得好的地方")])
def test_the_sheet_speaks_the_language_asked_for(tmp_path: Path, language: str, heading: str) -> None:
    assert heading in sheet(tmp_path / "a.db", *[WELL] * 6, language=language)


def test_only_conversations_of_the_period_count(tmp_path: Path) -> None:
    with keep(tmp_path / "a.db", manual(), "A-107", WELL) as store:
        blocks = sheet_blocks(store, "A-107", since=datetime(2999, 1, 1), rubric=manual())
    assert "No conversation of A-107" in blocks[1].text


def test_an_agent_that_nobody_graded_is_an_error(tmp_path: Path) -> None:
    with keep(tmp_path / "a.db", manual(), "A-107", WELL) as store, pytest.raises(ConfigError, match="A-9"):
        sheet_blocks(store, "A-9", rubric=manual())


def test_html_escapes_what_was_said(tmp_path: Path) -> None:
    lines = ("A: Hello", "C: <script>alert(1)</script>", "A: Hurry up.", "C: Oh")
    with keep(tmp_path / "a.db", manual(), "A-107", *[lines] * 2) as store:
        write_sheet(store, "A-107", rubric=manual(), destination=tmp_path / "sheet.html")
    page = (tmp_path / "sheet.html").read_text("utf-8")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_the_two_quotes_are_different_sentences_where_there_are_two(tmp_path: Path) -> None:
    other = ("A: Hello, what may I do for you?", "C: My parcel is lost", "A: Whatever, it is late.", "C: Oh")
    text = sheet(tmp_path / "a.db", *[WELL] * 4, *[HURRIES] * 3, other)
    assert "Whatever, it is late." in text
    assert text.count("Hurry up, the line is long.") == 1


def test_a_line_that_gives_nothing_to_answer_is_no_exercise_where_there_is_another(tmp_path: Path) -> None:
    named = ("A: Hello, what may I do for you?", "C: Qiu.", "A: Hurry up, the line is long.", "C: Oh")
    text = sheet(tmp_path / "a.db", *[WELL] * 4, named, HURRIES)
    assert "Customer: My parcel is lost" in text
    assert "Customer: Qiu." not in text
