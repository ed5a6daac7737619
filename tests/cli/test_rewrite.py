"""`coach rewrite`, `coach coaching` and `coach practice`, as processes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Coach

SPOKEN = [
    ("agent", "Hello! The fee for this card is 8 yuan. Hurry up."),
    ("customer", "I cannot find it"),
    ("agent", "Please look on the back of it."),
]
TURNS = [{"index": index, "speaker": who, "text": text} for index, (who, text) in enumerate(SPOKEN)]
RUDE = json.dumps({"id": "c-1", "language": "en", "agent": "A-107", "turns": TURNS}) + "\n"


def test_a_sentence_is_told_its_clause_the_manuals_words_and_a_better_one(coach: Coach) -> None:
    ended = coach("rewrite", "¡Oye, eso no es posible!", "--rubric", "sto-express")
    assert ended.code == 0
    assert "breaks sto-express:29 (major, if this is: Petición que no se puede atender)" in ended.out
    assert "manual: “¡Lo siento, me temo que no puedo ayudarlo!”" in ended.out
    assert "instead: " in ended.out


def test_json_has_one_object_for_every_line_of_stdin(coach: Coach) -> None:
    said = "喂，大声一点儿！\n您好，请讲。\n"
    ended = coach("rewrite", "-", "--rubric", "shenzhou-tianhai", "--format", "json", stdin=said)
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [answer["text"] for answer in answers] == said.split()
    assert answers[0]["broken"][0]["criterion"] == "shenzhou-tianhai:1"
    assert answers[0]["rewrite"]


def test_watch_answers_every_line(coach: Coach) -> None:
    ended = coach(
        "rewrite", "--watch", "--rubric", "shenzhou-tianhai", "--format", "json", stdin="您好\n\n喂，大声一点儿！\n"
    )
    assert [json.loads(line)["text"] for line in ended.out.splitlines()] == ["您好", "喂，大声一点儿！"]


def test_a_turn_of_a_conversation_is_rewritten_in_its_place(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE, "utf-8")
    ended = coach("rewrite", "--transcript", "c.jsonl", "--turn", "0", "--rubric", rubric)
    assert "breaks demo:2" in ended.out


def test_a_sentence_needs_a_rubric(coach: Coach) -> None:
    ended = coach("rewrite", "Hello")
    assert (ended.code, ended.out) == (2, "")
    assert "--rubric" in ended.err


def test_a_turn_that_is_not_there_is_wrong_use(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE, "utf-8")
    ended = coach("rewrite", "--transcript", "c.jsonl", "--turn", "9", "--rubric", rubric)
    assert (ended.code, "turns 0 to 2" in ended.err) == (2, True)


def test_an_audit_counts_what_is_withheld_and_keeps_the_trail(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE, "utf-8")
    ended = coach("audit", "c.jsonl", "--rubric", rubric, "--db", "a.db", "--format", "jsonl")
    broken = [f for f in json.loads(ended.out)["findings"] if f["verdict"] == "violated"]
    assert all((f["rewrite"] is None) != (f["withheld"] is None) for f in broken)
    assert "withheld" in ended.err
    with sqlite3.connect(tmp_path / "a.db") as db:
        assert db.execute("select count(*) from rewrite_attempts").fetchone()[0] > 0


def test_without_rewrites_there_are_none_and_a_later_run_adds_them(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE, "utf-8")
    audit = ("audit", "c.jsonl", "--rubric", rubric, "--db", "a.db", "--format", "jsonl")
    bare = json.loads(coach(*audit, "--no-rewrites").out)["findings"]
    full = json.loads(coach(*audit).out)["findings"]
    assert all(f["rewrite"] is None and f["withheld"] is None for f in bare)
    assert any(f["rewrite"] or f["withheld"] for f in full)


def test_rewrites_of_another_version_are_made_anew_without_grading_again(
    coach: Coach, rubric: Path, tmp_path: Path
) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE, "utf-8")
    audit = ("audit", "c.jsonl", "--rubric", rubric, "--db", "a.db", "--format", "jsonl")
    coach(*audit)
    same = coach(*audit)
    with sqlite3.connect(tmp_path / "a.db") as db:
        db.execute("update audits set rewriter = 'an earlier one'")
    anew = coach(*audit)
    with sqlite3.connect(tmp_path / "a.db") as db:
        kept = db.execute("select count(*), count(distinct rewriter) from audits").fetchone()
    assert "graded before" in same.err
    assert "graded before" not in anew.err
    assert kept == (2, 2)


def test_a_coaching_sheet_and_practice_come_from_the_database(coach: Coach, rubric: Path, tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(RUDE.replace("c-1", "c-2") + RUDE, "utf-8")
    coach("audit", "c.jsonl", "--rubric", rubric, "--db", "a.db", "--format", "jsonl")
    sheet = coach("coaching", "A-107", "--db", "a.db", "--rubric", rubric)
    assert "# Coaching sheet: A-107" in sheet.out
    assert "2 conversations are too few" in sheet.out
    practised = coach("practice", "A-107", "--db", "a.db", "--rubric", rubric, stdin="")
    assert practised.code == 0
