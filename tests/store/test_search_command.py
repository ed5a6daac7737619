"""`coach search` prints who said the words, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coach.cli.store import search
from coach.errors import ConfigError, StoreError
from coach.rubric import Rubric
from coach.store.database import Store
from tests.store.parcels import JUDGE, make_audit, make_transcript

app = typer.Typer()
app.command()(search)


@pytest.fixture
def filled(database: Path, rubric: Rubric) -> Path:
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        transcript = make_transcript(reply="您好，快递\x1b[31m投诉\n电话")
        store.save(run, transcript, rubric, make_audit(transcript))
    return database


def test_a_turn_is_printed_with_conversation_number_and_speaker(filled: Path) -> None:
    result = CliRunner().invoke(app, ["camion", "--db", str(filled)])
    assert result.stdout == "c-1\t1\tcustomer\t¿Dónde está mi camión?\n"


def test_what_was_said_is_one_line_without_control_codes(filled: Path) -> None:
    result = CliRunner().invoke(app, ["快递", "投诉", "--db", str(filled)])
    assert result.stdout == "c-1\t2\tagent\t您好，快递[31m投诉 电话\n"


def test_json_keeps_the_text_as_it_was_said(filled: Path) -> None:
    result = CliRunner().invoke(app, ["快递", "--json", "--db", str(filled)])
    assert json.loads(result.stdout)["text"] == "您好，快递\x1b[31m投诉\n电话"


def test_nothing_found_is_said_on_standard_error(filled: Path) -> None:
    result = CliRunner().invoke(app, ["lluvia", "--db", str(filled)])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no turn holds these words\n")


def test_a_missing_database_is_a_clear_error(database: Path) -> None:
    result = CliRunner().invoke(app, ["x", "--db", str(database)])
    assert isinstance(result.exception, StoreError)


def test_without_a_database_the_command_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_DB", raising=False)
    result = CliRunner().invoke(app, ["x"])
    assert isinstance(result.exception, ConfigError)
    assert "--db FILE" in str(result.exception)
