"""Commands that read a database say how to name one."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Coach

COMMANDS = [
    ("coaching", "A-1"),
    ("monthly", "A-1", "--month", "2026-03"),
    ("practice", "A-1"),
    ("report", "-o", "report.html"),
    ("scorecards",),
    ("search", "hello"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_without_a_database_names_the_flag_and_the_variable(coach: Coach, command: tuple[str, ...]) -> None:
    ended = coach(*command, env={"COACH_DB": ""})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "coach: name the database: --db FILE, or set COACH_DB\n"
