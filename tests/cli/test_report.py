"""`coach report` as its users call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Coach


def call(name: str, agent: str, day: str, said: str) -> str:
    turn = {"index": 0, "speaker": "agent", "text": said}
    facts = {"language": "en", "channel": "chat", "metadata": {"date": day}}
    return json.dumps({"id": name, "agent": agent, **facts, "turns": [turn]}) + "\n"


CALLS = call("c-1", "A-1", "2026-03-02", "Hello") + call("c-2", "A-2", "2026-03-09", "Hello, hurry up")


@pytest.fixture
def graded(coach: Coach, rubric: Path, tmp_path: Path) -> Path:
    """The folder of a database `a.db` with two graded conversations."""
    (tmp_path / "calls.jsonl").write_text(CALLS, "utf-8")
    assert coach("audit", "calls.jsonl", "--rubric", rubric, "--db", "a.db", "--quiet").code == 0
    return tmp_path


def test_it_writes_one_file(coach: Coach, graded: Path, rubric: Path) -> None:
    ended = coach("report", "--db", "a.db", "-o", "report.html", "--rubric", rubric)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert "1 of 2 passed" in (graded / "report.html").read_text("utf-8")


def test_an_agents_report_begins_with_the_coaching_sheet(coach: Coach, graded: Path, rubric: Path) -> None:
    assert coach("report", "--db", "a.db", "-o", "r.html", "--rubric", rubric, "--agent", "A-2").code == 0
    html = (graded / "r.html").read_text("utf-8")
    assert html.index('id="sheet"') < html.index("are too few to tell a habit") < html.index('id="glance"')
    assert "c-1" not in html


def test_without_a_file_an_agents_coaching_sheet_is_printed(coach: Coach, graded: Path, rubric: Path) -> None:
    del graded
    flags = ("--db", "a.db", "--rubric", rubric)
    printed = coach("report", "--agent", "A-2", *flags)
    assert printed.code == 0
    assert printed.out == coach("coaching", "A-2", *flags).out


def test_without_a_file_and_an_agent_it_asks_for_a_file(coach: Coach, graded: Path) -> None:
    del graded
    ended = coach("report", "--db", "a.db")
    assert ended.code == 2
    assert "-o report.html" in ended.err


def test_a_period_without_conversations_is_an_error_and_writes_nothing(
    coach: Coach, graded: Path, rubric: Path
) -> None:
    ended = coach("report", "--db", "a.db", "-o", "r.html", "--rubric", rubric, "--since", "2027-01-01")
    assert ended.code == 2
    assert "no graded conversation fits" in ended.err
    assert not (graded / "r.html").exists()


def test_a_missing_extra_names_the_pip_command(coach: Coach, graded: Path, rubric: Path) -> None:
    blind = graded / "blind"
    blind.mkdir()
    (blind / "sitecustomize.py").write_text(
        "import importlib.util as u\nreal = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'altair' else real(name, *rest)\n",
        "utf-8",
    )
    ended = coach("report", "--db", "a.db", "-o", "r.html", "--rubric", rubric, env={"PYTHONPATH": str(blind)})
    assert ended.code == 2
    assert "pip install 'coach[report]'" in ended.err
