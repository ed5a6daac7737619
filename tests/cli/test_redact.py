"""`coach redact`: what would be sent, before it is."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from coach.cli.redact import redact
from coach.errors import TranscriptError
from coach.privacy import PersonalDataRedactor
from coach.readers import BadRecord, ReadOptions, read
from tests.builders import conversation


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    app = typer.Typer()
    app.command()(redact)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def written(path: Path, *lines: str) -> Path:
    path.write_text(conversation(*lines).model_dump_json() + "\n", "utf-8")
    return path


def test_it_prints_the_transcript_that_is_sent(tmp_path: Path) -> None:
    path = written(tmp_path / "call.jsonl", "A: Hello, Mr. Finch.", "C: Call me on 13800138000.")
    (transcript,) = (item for item in read([str(path)], ReadOptions()) if not isinstance(item, BadRecord))
    result = run(path)
    assert json.loads(result.stdout) == json.loads(
        PersonalDataRedactor().redact(transcript).transcript.model_dump_json(exclude_defaults=True)
    )
    assert "13800138000" not in result.stdout


def test_what_it_writes_can_be_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "call.jsonl", "A: Hello, Mr. Finch.")
    run(path, "-o", tmp_path / "masked.jsonl")
    (again,) = read([str(tmp_path / "masked.jsonl")], ReadOptions(detect_language=False))
    assert not isinstance(again, BadRecord)
    assert again.turns[0].text == "Hello, Mr. {NAME_1}."


def test_the_report_lists_what_is_masked_by_kind(tmp_path: Path) -> None:
    path = written(tmp_path / "call.jsonl", "A: Hello, Mr. Finch.", "C: It is 13800138000.", "A: Thanks, Mr. Finch.")
    assert run(path, "--report").stdout.splitlines() == [
        "conversations: 1",
        "masked: 3 places",
        "NAME: 2",
        "  Finch (2)",
        "PHONE: 1",
        "  13800138000",
    ]


def test_it_reads_with_the_flags_of_audit() -> None:
    result = run("-", "--roles", "X=agent,Y=customer", stdin="X: Hello.\nY: I'm Mr. Finch.\n")
    assert json.loads(result.stdout)["turns"][1]["text"] == "I'm Mr. {NAME_1}."


def test_what_cannot_be_read_is_listed_and_the_rest_written(tmp_path: Path) -> None:
    path = written(tmp_path / "calls.jsonl", "A: Hello.")
    path.write_text(path.read_text() + "{broken\n")
    result = run(path)
    assert (result.exit_code, len(result.stdout.splitlines())) == (3, 1)
    assert "calls.jsonl:2" in result.stderr


def test_nothing_readable_is_an_error_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text("{broken\n")
    result = run(path, "-o", tmp_path / "masked.jsonl")
    assert isinstance(result.exception, TranscriptError)
    assert not (tmp_path / "masked.jsonl").exists()
