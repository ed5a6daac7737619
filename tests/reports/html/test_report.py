"""A report of golden conversations: every figure from the store, leading to its conversations, and nothing made up."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from base64 import b64decode
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from coach.errors import ConfigError, RubricError
from coach.reports.html.estimates import ENOUGH_TO_PLACE
from coach.reports.html.report import Selection, write_report
from coach.rubric_file import load_rubric
from coach.store.database import Store
from tests.reports.html.hostile import NAME, hostile_db, hostile_rubric

MADE = datetime(2026, 11, 23, tzinfo=UTC)


def page(db: Path, *, language: str | None = None, **selection: Any) -> str:
    destination = db.with_name("report.html")
    with Store.open(db, create=False) as store:
        write_report(store, destination, Selection(**{"rubrics": {}, **selection}), language=language, made=MADE)
    return destination.read_text("utf-8")


def text_of(html: str, section: str) -> str:
    found = re.search(rf'<section id="{section}".*?</section>', html, re.DOTALL)
    assert found is not None
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).replace("\u2060", "").split())


def block(html: str, name: str) -> Any:
    found = re.search(rf'<script type="application/octet-stream" id="{name}">(.*?)</script>', html)
    assert found is not None
    return json.loads(gzip.decompress(b64decode(found[1])))


def one(db: Path, sql: str, *values: object) -> Any:
    connection = sqlite3.connect(db)
    try:
        return connection.execute(sql, values).fetchone()[0]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def english(golden_db: Path) -> str:
    return page(golden_db, language="en")


def test_the_pass_rate_is_that_of_the_store_with_its_interval(english: str, golden_db: Path) -> None:
    passed = one(golden_db, "select sum(passed) from current_audits")
    assert re.search(rf"Pass rate \d+% \[\d+% – \d+%\] {passed} of 400 passed", text_of(english, "glance"))


def test_the_mean_score_is_that_of_the_store(english: str, golden_db: Path) -> None:
    mean = one(golden_db, "select avg(score) from current_audits")
    assert f"Mean score {mean:.1f} [" in text_of(english, "glance")


def test_critical_errors_stand_by_class_with_the_conversations_in_which_they_were_settled(english: str) -> None:
    assert re.search(r"affects the customer \d+% \[\d+% – \d+%\] \d+ \d+", text_of(english, "critical"))


def test_the_clause_broken_most_has_the_manuals_words_a_quote_and_a_rewrite(english: str, golden_db: Path) -> None:
    most = one(
        golden_db,
        "select count(*) from findings where verdict = 'violated' group by criterion order by count(*) desc",
    )
    shown = text_of(english, "clauses")
    first = re.search(r"broken in (\d+) of \d+ · .*? · (\S+:\S+)", shown)
    assert first is not None
    criterion = load_rubric(first[2].split(":")[0]).by_id[first[2]]
    said = one(golden_db, "select quote from findings where criterion = ? and verdict = 'violated' limit 1", first[2])
    assert int(first[1]) == most
    assert " ".join(criterion.quote.split()) in shown
    assert said[:20] in shown
    assert "Better" in shown


def test_quotes_say_which_language_they_are_in(english: str) -> None:
    assert re.search(r'<blockquote class="said" lang="(es|zh|zh-CN)"', english)


def test_agents_with_too_few_conversations_are_told_how_many_more_are_needed(english: str, golden_db: Path) -> None:
    count = "select count(*) from current_audits where rubric = 'yingsheng' and score is not null and agent = 'A-112'"
    missing = ENOUGH_TO_PLACE - one(golden_db, count)
    assert f"A-112 {missing} more needed" in text_of(english, "agents").split("Yingsheng")[-1]


def test_the_conversations_of_a_figure_are_as_many_as_it_says(english: str) -> None:
    index = block(english, "index")
    links = re.findall(r'href="#/list\?clause=([^"&]+)&amp;verdict=violated">broken in (\d+) of', english)
    assert links
    for clause, count in links:
        codes = {4 * n + 1 for n, each in enumerate(index["clauses"]) if each[1] == clause.replace("%3A", ":")}
        assert sum(bool(codes & set(row[9])) for row in index["rows"]) == int(count)


def test_every_conversation_is_in_a_block_whole(english: str, golden_db: Path) -> None:
    index = block(english, "index")
    number = next(n for n, row in enumerate(index["rows"]) if row[0].startswith("sto-express"))
    whole = block(english, f"block-{number // index['chunk']}")[number % index["chunk"]]
    said = one(
        golden_db,
        "select text from turns join transcripts on transcripts.id = transcript_id where transcript = ? and turn = 1",
        index["rows"][number][0],
    )
    assert len(index["rows"]) == 400
    assert whole["turns"][1][1] == said


def test_conversations_without_a_date_are_counted_and_said(english: str) -> None:
    assert "8 of 400 conversations carry no date of their own" in english


def test_what_could_not_be_graded_is_listed(english: str) -> None:
    assert "lost-1 A-101 the endpoint did not answer" in text_of(english, "open")


def test_the_judge_is_named_with_prompt_rubric_version_and_how_far_to_trust_it(english: str) -> None:
    shown = text_of(english, "grading")
    assert re.search(r"embedded judge \S+ [0-9a-f]{12} .*?\d+\.\d+\.\d+", shown)
    assert re.search(r"qualified on|did not qualify|has not qualified", shown)


@pytest.mark.parametrize(("language", "title"), [("es", "Informe de calidad"), ("zh", "服务质量报告")])
def test_the_report_speaks_the_language_asked_for(golden_db: Path, language: str, title: str) -> None:
    html = page(golden_db, language=language)
    assert f'<html lang="{language}">' in html
    assert title in html


def test_with_one_rubric_the_report_speaks_its_language(golden_db: Path) -> None:
    assert '<html lang="es">' in page(golden_db, rubrics={"sto-express": load_rubric("sto-express")})


def test_the_same_store_gives_the_same_file(golden_db: Path, english: str) -> None:
    assert page(golden_db, language="en") == english


def test_a_filter_leaves_nothing_of_the_rest_in_the_file(golden_db: Path) -> None:
    rows = block(page(golden_db, team="north", since=datetime(2026, 10, 5), until=datetime(2026, 10, 12)), "index")
    assert rows["rows"]
    assert all("2026-10-05" <= row[2] < "2026-10-12" for row in rows["rows"])
    assert set(rows["agents"]) <= {f"A-{number}" for number in range(101, 107)}


def test_a_filter_that_nothing_fits_is_an_error_and_writes_nothing(golden_db: Path, tmp_path: Path) -> None:
    with Store.open(golden_db, create=False) as store, pytest.raises(ConfigError, match="--team West"):
        write_report(store, tmp_path / "r.html", Selection({}, team="West"))
    assert list(tmp_path.iterdir()) == []


def test_a_store_without_audits_is_an_error(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path / "a.db") as store,
        pytest.raises(ConfigError, match="no conversation has been graded yet"),
    ):
        write_report(store, tmp_path / "r.html", Selection({}))


def test_a_rubric_that_does_not_come_with_coach_is_asked_for(tmp_path: Path) -> None:
    with Store.open(hostile_db(tmp_path / "a.db")) as store, pytest.raises(RubricError, match="--rubric FILE"):
        write_report(store, tmp_path / "r.html", Selection({}))


def test_hostile_text_is_shown_and_never_markup(tmp_path: Path) -> None:
    html = page(hostile_db(tmp_path / "a.db"), rubrics={"demo": hostile_rubric()})
    assert "<img" not in html
    assert "\u202e" not in html
    assert "49" not in text_of(html, "clauses")
    assert html.count("<script") == html.count("</script>") == 4
    assert block(html, "index")["agents"] == [NAME]


def test_the_page_may_load_nothing(english: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', english)
    assert policy is not None
    assert unescape(policy[1]).startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r'(?:src|href)="(?!#)', english)


def test_every_chart_is_a_picture_with_a_name_and_a_description(english: str) -> None:
    pictures = re.findall(r"<svg[^>]*>.{0,300}", english)
    assert len(pictures) >= 3
    assert all('role="img"' in picture and "<title>" in picture and "<desc>" in picture for picture in pictures)
