"""`coach kpi` prints the figures, and says with its exit code whether they were kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coach.cli.kpi import kpi
from coach.errors import ConfigError
from tests.kpi.test_figures import WORKED

app = typer.Typer()
app.command()(kpi)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    file = tmp_path / "records.csv"
    file.write_text(WORKED, encoding="utf-8")
    return file


def test_a_figure_is_printed_with_counts_and_limit(records: Path) -> None:
    result = CliRunner().invoke(app, [str(records), "--month", "2026-03"], env={"COLUMNS": "120"})
    line = next(line for line in result.stdout.splitlines() if "tea-city:7.5" in line)
    assert line.split() == ["tea-city:7.5", "Manual", "response", "rate", "80.00%", "4/5", "≥", "85%", "FAIL"]
    assert "2026-04" not in result.stdout
    assert result.exit_code == 0


def test_every_month_is_printed_unless_one_is_asked_for(records: Path) -> None:
    result = CliRunner().invoke(app, [str(records), "--json"])
    assert {figure["month"] for figure in json.loads(result.stdout)["figures"]} == {"2026-03", "2026-04"}


def test_a_missed_limit_is_exit_code_1_where_asked(records: Path) -> None:
    assert CliRunner().invoke(app, [str(records), "--check"]).exit_code == 1


def test_rows_left_out_are_listed_with_file_and_line(records: Path) -> None:
    records.write_text(records.read_text() + "fax,2026-03-01,,,,,,,,\n", encoding="utf-8")
    result = CliRunner().invoke(app, [str(records)])
    assert result.exit_code == 3
    assert f"{records}:20: left out: kind is 'fax'" in result.stderr


def test_a_month_that_is_none_is_refused(records: Path) -> None:
    result = CliRunner().invoke(app, [str(records), "--month", "March"])
    assert isinstance(result.exception, ConfigError)
