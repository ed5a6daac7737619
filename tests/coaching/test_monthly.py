"""The monthly summary is a draft: it counts what was graded, quotes what was said, and leaves the rest to be filled in."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coach.auditor import audit
from coach.coaching.monthly import monthly_blocks, write_monthly
from coach.errors import ConfigError
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.rewriter import Rewriter
from coach.store.database import Store
from tests.builders import conversation
from tests.coaching.agents import HURRIES, WELL
from tests.rewriting.manual import manual


def kept(path: Path, *held: tuple[str, tuple[str, ...]]) -> Store:
    """A database with conversations of A-107, each held on its day."""
    rubric = manual()
    judge = EmbeddedJudge(rubric)
    rewriter, store = Rewriter(judge), Store.open(path)
    run = store.start_run("test", rubric, judge.info)
    for number, (day, lines) in enumerate(held):
        made = conversation(*lines, id=f"c-{number}").model_copy(update={"agent": "A-107", "metadata": {"date": day}})
        done = asyncio.run(_graded(rewriter, judge, made))
        store.save_attempts(store.save(run, made, rubric, done.audit), done.attempts)
    return store


async def _graded(rewriter, judge, made):  # type: ignore[no-untyped-def]
    return await rewriter.rewrite(made, await audit(made, judge))


def summary(store: Store, month: str, language: str = "en") -> str:
    with store:
        return "\n".join(
            each.text for each in monthly_blocks(store, "A-107", month, language=language, rubric=manual())
        )


def test_it_has_the_five_parts_in_their_order_and_says_that_it_is_a_draft(tmp_path: Path) -> None:
    text = summary(kept(tmp_path / "a.db", ("2026-10-03", WELL), ("2026-10-04", HURRIES)), "2026-10")
    parts = [text.index(f"\n{number}. ") for number in range(1, 6)]
    assert text.splitlines()[1].startswith("DRAFT")
    assert parts == sorted(parts)


def test_only_conversations_held_in_the_month_count(tmp_path: Path) -> None:
    held = [("2026-09-30", WELL), ("2026-10-01", WELL), ("2026-10-31T23:00", HURRIES), ("2026-11-01", WELL)]
    assert "2 conversations were graded" in summary(kept(tmp_path / "a.db", *held), "2026-10")


def test_what_was_broken_is_where_training_is_needed_with_the_words_and_the_rewrite(tmp_path: Path) -> None:
    held = [(f"2026-10-{day:02d}", HURRIES if day < 4 else WELL) for day in range(1, 10)]
    text = summary(kept(tmp_path / "a.db", *held), "2026-10")
    training = text[text.index("3. Where") : text.index("4. What")]
    assert "broken 3 of the 9 times" in training
    assert "Hurry up, the line is long." in training
    assert "Please take your time." in training


def test_what_only_the_agent_knows_is_left_to_fill_in(tmp_path: Path) -> None:
    text = summary(kept(tmp_path / "a.db", ("2026-10-03", WELL)), "2026-10")
    assert sum(line.startswith("[") for line in text.splitlines()) == 5


def test_in_the_first_month_nothing_is_called_learned(tmp_path: Path) -> None:
    text = summary(kept(tmp_path / "a.db", ("2026-10-03", WELL)), "2026-10")
    assert "There is no earlier month to compare with." in text


def test_a_month_without_conversations_says_so(tmp_path: Path) -> None:
    assert "there is nothing to say yet" in summary(kept(tmp_path / "a.db", ("2026-10-03", WELL)), "2026-08")


@pytest.mark.parametrize("month", ["2026-13", "October", "2026-10-01"])
def test_a_month_that_is_none_is_refused(tmp_path: Path, month: str) -> None:
    with pytest.raises(ConfigError, match="write it like 2026-03"):
        summary(kept(tmp_path / "a.db", ("2026-10-03", WELL)), month)


@pytest.mark.parametrize(("language", "words"), [("es", "BORRADOR"), ("zh", "草稿")])
def test_it_speaks_the_language_asked_for(tmp_path: Path, language: str, words: str) -> None:
    assert words in summary(kept(tmp_path / "a.db", ("2026-10-03", WELL)), "2026-10", language)


def test_it_is_written_as_a_page_to_a_name_that_ends_in_html(tmp_path: Path) -> None:
    with kept(tmp_path / "a.db", ("2026-10-03", WELL)) as store:
        write_monthly(store, "A-107", "2026-10", "en", manual(), tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!doctype html>")
