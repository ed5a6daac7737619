"""`coach inspect`: what a person learns about a file before auditing it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from coach.cli.inspect import inspect
from coach.errors import TranscriptError

FIXTURES = Path(__file__).parent.parent / "readers" / "fixtures"


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(inspect)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("path", sorted(FIXTURES.iterdir()), ids=lambda path: path.name)
def test_every_fixture_is_told_with_a_command_to_run_or_what_is_missing(path: Path) -> None:
    result = run(path)
    assert f"coach audit {path}" in result.output or "--columns" in result.output
    assert result.exit_code in (0, 2)


def test_format_language_times_and_sample_lines_are_shown() -> None:
    lines = run(FIXTURES / "contact_lens_voice.json").output.splitlines()
    assert lines[:5] == [
        "conversations: 1",
        "format: contact-lens",
        "language: en-US",
        "channel: phone",
        "times: start and end",
    ]
    assert "    how can I help you?" in lines


def test_speakers_without_a_role_are_shown_with_a_command_to_fill_in() -> None:
    output = run(FIXTURES / "whisperx.json").output
    assert "SPEAKER_00 (role not known, 2 turns)" in output
    assert "language: es" in output
    assert "--roles SPEAKER_00=ROLE,SPEAKER_01=ROLE" in output


def test_a_bot_and_an_agent_under_one_label_are_told_apart() -> None:
    output = run(FIXTURES / "genesys.json").output
    assert "internal (bot, 1 turn)" in output
    assert "internal (agent, 3 turns)" in output


def test_the_command_repeats_the_flags_that_were_given() -> None:
    output = run(FIXTURES / "twilio.json", "--roles", "1=customer,2=agent").output
    assert output.splitlines()[-1] == f"to audit: coach audit {FIXTURES / 'twilio.json'} --roles 1=customer,2=agent"


def test_roles_that_are_given_stay_in_the_command_beside_those_to_fill_in() -> None:
    output = run(FIXTURES / "twilio.json", "--roles", "1=customer").output
    assert "--roles 1=customer,2=ROLE" in output


def test_problems_are_listed_and_the_exit_code_tells(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "turns": [{"speaker": "agent", "text": "Hello"}]}\n{"id": \n')
    result = run(path)
    assert "problems: 1" in result.output
    assert f"{path}:2: not valid JSON" in result.output
    assert result.exit_code == 3


def test_an_input_with_nothing_readable_ends_with_two(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n")
    result = run(path)
    assert "the file is empty" in result.output
    assert result.exit_code == 2


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "missing.json").exception, TranscriptError)
