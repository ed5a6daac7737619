"""`coach scorecards` reads the database and writes what an HR system takes in."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coach.cli.store import scorecards
from coach.errors import RubricError
from coach.rubric import Rubric
from coach.rubric_file import load_rubric
from coach.store.database import Store
from tests.reports.graded import JUDGE, make_audit, violated
from tests.store.parcels import make_transcript

app = typer.Typer()
app.command()(scorecards)

RUBRIC = """\
id: parcels
title: Parcels
language: es
channels: [phone]
version: 1.2.0
manual: {title: Manual}
scenarios: []
criteria:
  - {id: "parcels:1", clause: "1", quote: q, title: Saludar, requirement: r, scenario: always,
     severity: major, error_class: customer, assess: text}
"""


@pytest.fixture
def rubric_file(tmp_path: Path) -> Path:
    file = tmp_path / "parcels.yaml"
    file.write_text(RUBRIC, encoding="utf-8")
    return file


@pytest.fixture
def database(tmp_path: Path, rubric_file: Path) -> Path:
    file = tmp_path / "coach.db"
    rubric: Rubric = load_rubric(rubric_file)
    with Store.open(file) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        for agent in ("A-1", "A-2"):
            transcript = make_transcript(f"c-{agent}", agent=agent)
            audit = make_audit(transcript.id, (violated("parcels:1", "major", "Oye"),), 0.0, True)
            audit = audit.model_copy(update={"agent": agent})
            store.save(run, transcript, rubric, audit, created=datetime(2026, 3, 1, tzinfo=UTC))
    return file


def test_each_agent_has_a_row_on_standard_output(database: Path, rubric_file: Path) -> None:
    result = CliRunner().invoke(app, ["--db", str(database), "--rubric", str(rubric_file)])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["agent"], row["month"], row["score"]) for row in rows] == [
        ("A-1", "2026-03", "0.0"),
        ("A-2", "2026-03", "0.0"),
    ]


def test_one_agent_can_be_asked_for(database: Path, rubric_file: Path, tmp_path: Path) -> None:
    output = tmp_path / "cards.csv"
    CliRunner().invoke(app, ["--db", str(database), "--rubric", str(rubric_file), "--agent", "A-2", "-o", str(output)])
    with output.open(newline="", encoding="utf-8") as file:
        assert [row["agent"] for row in csv.DictReader(file)] == ["A-2"]


def test_a_rubric_that_coach_does_not_have_must_be_named(database: Path, rubric_file: Path) -> None:
    shutil.move(rubric_file, rubric_file.with_suffix(".old"))
    result = CliRunner().invoke(app, ["--db", str(database)])
    assert isinstance(result.exception, RubricError)
    assert "parcels" in str(result.exception)
