"""`coach convert`: any input as native JSON Lines."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from coach.cli.convert import convert
from coach.errors import ConfigError, TranscriptError
from coach.readers import BadRecord, ReadOptions, parse_roles, read

FIXTURES = Path(__file__).parent.parent / "readers" / "fixtures"
ROLES = "1=agent,2=customer,0=agent,A=agent,B=customer,SPEAKER_00=agent,SPEAKER_01=customer,Maria=agent,John=customer"
EVERYONE = f"{ROLES},さくらショップ=agent,太郎=customer"


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(convert)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_what_is_written_is_what_was_read(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = run(FIXTURES, "-o", output, "--roles", EVERYONE)
    options = ReadOptions(roles=parse_roles(EVERYONE))
    expected = [item for item in read([str(FIXTURES)], options) if not isinstance(item, BadRecord)]
    assert list(read([str(output)], ReadOptions(detect_language=False))) == expected
    assert result.exit_code == 3


def test_a_line_holds_no_empty_fields(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    run(FIXTURES / "call.txt", "-o", output)
    assert set(json.loads(output.read_text())) == {"id", "language", "turns", "metadata"}


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("precious")
    result = run(FIXTURES / "call.txt", "-o", output)
    assert isinstance(result.exception, ConfigError)
    assert output.read_text() == "precious"


def test_force_overwrites(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("old")
    assert run(FIXTURES / "call.txt", "-o", output, "--force").exit_code == 0
    assert json.loads(output.read_text())["id"] == "call"


def test_a_file_can_be_converted_onto_itself(tmp_path: Path) -> None:
    path = tmp_path / "call.jsonl"
    path.write_bytes((FIXTURES / "chat.jsonl").read_bytes())
    assert run(path, "-o", path, "--force").exit_code == 0
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["chat-1", "call#2"]


def test_nothing_readable_writes_nothing(tmp_path: Path) -> None:
    result = run(FIXTURES / "names.txt", "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_one_bad_conversation_is_listed_and_the_rest_is_written(tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = run(FIXTURES / "names.txt", FIXTURES / "call.txt", "-o", output)
    assert "unknown speaker 'Maria'" in result.output
    assert result.exit_code == 3
    assert len(output.read_text().splitlines()) == 1


def test_strict_stops_at_the_first_and_writes_nothing(tmp_path: Path) -> None:
    result = run(FIXTURES / "call.txt", FIXTURES / "names.txt", "-o", tmp_path / "out.jsonl", "--strict")
    assert isinstance(result.exception, TranscriptError)
    assert list(tmp_path.iterdir()) == []


def test_the_file_can_be_read_by_whom_a_new_file_could(tmp_path: Path) -> None:
    output, plain = tmp_path / "out.jsonl", tmp_path / "plain"
    plain.touch()
    run(FIXTURES / "call.txt", "-o", output)
    assert stat.S_IMODE(output.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    result = run(FIXTURES / "call.txt", "-o", tmp_path / "none" / "out.jsonl")
    assert isinstance(result.exception, ConfigError)
