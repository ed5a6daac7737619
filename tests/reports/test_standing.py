"""Every format says how far the judge that graded can be trusted."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from coach.findings import Standing
from coach.reports.formats import write
from coach.reports.labels import Labels
from coach.reports.standing import standing_line
from tests.reports.graded import make_audits, make_rubric

FORMATS = ("table", "md", "json", "jsonl", "csv", "junit")
QUALIFIED = Standing(
    status="qualified",
    date="2026-03-01",
    conversations=20,
    rubrics=("parcels",),
    kappa=(0.8, 0.7, 0.9),
    f1=(0.75, 0.6, 0.85),
)
TOO_LOW = "violation F1 0.40 is below 0.60"
UNQUALIFIED = QUALIFIED.model_copy(update={"status": "unqualified", "reasons": (TOO_LOW,)})


def written(format: str, standing: Standing | None, output: Path, *, language: str | None = "en") -> str:
    """One line of what the format says, without marks of escaping."""
    audits = [audit.model_copy(update={"qualification": standing}) for audit in make_audits()]
    write(format, audits, make_rubric(), (), output, language=language)
    return " ".join(output.read_text("utf-8").replace("\\", "").split())


@pytest.mark.parametrize("format", FORMATS)
def test_how_it_qualified_with_date_figures_interval_and_cases(format: str, tmp_path: Path) -> None:
    said = written(format, QUALIFIED, tmp_path / "out")
    for part in ("qualified", "2026-03-01", "0.75", "0.85", "20"):
        assert part in said


@pytest.mark.parametrize("format", FORMATS)
def test_that_it_is_unqualified_and_why(format: str, tmp_path: Path) -> None:
    said = written(format, UNQUALIFIED, tmp_path / "out")
    assert "unqualified" in said.lower()
    assert TOO_LOW in said


@pytest.mark.parametrize("format", FORMATS)
def test_that_nobody_has_put_it_to_the_test(format: str, tmp_path: Path) -> None:
    said = written(format, Standing(status="untested"), tmp_path / "out")
    assert "has not qualified" in said or "untested" in said


@pytest.mark.parametrize("format", ["table", "md"])
def test_each_conversation_of_an_unqualified_judge_is_stamped(format: str, tmp_path: Path) -> None:
    assert written(format, UNQUALIFIED, tmp_path / "out").count("judge UNQUALIFIED") == 2
    assert "judge UNQUALIFIED" not in written(format, QUALIFIED, tmp_path / "other")


def test_a_workbook_says_it_per_conversation_and_per_finding(tmp_path: Path) -> None:
    audits = [audit.model_copy(update={"qualification": UNQUALIFIED}) for audit in make_audits()]
    write("xlsx", audits, make_rubric(), (), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    for name in ("Conversations", "Findings"):
        head, first, *_ = book[name].iter_rows(values_only=True)
        assert first[head.index("qualification")] == "unqualified"
    assert TOO_LOW in str(dict(book["Summary"].iter_rows(values_only=True, max_col=2))["judges"])


def test_csv_has_it_in_a_column_of_its_own(tmp_path: Path) -> None:
    written("csv", UNQUALIFIED, tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out").read_text("utf-8"))))
    assert {row["qualification"] for row in rows} == {"unqualified"}


def test_junit_has_it_among_the_properties_of_every_case(tmp_path: Path) -> None:
    written("junit", UNQUALIFIED, tmp_path / "out")
    cases = list(ET.fromstring((tmp_path / "out").read_text("utf-8")).iter("testcase"))
    said = [p.get("value") for case in cases for p in case.iter("property") if p.get("name") == "qualification"]
    assert said == ["unqualified"] * len(cases)


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_the_line_has_its_figures_in_every_language(language: str) -> None:
    for standing in (QUALIFIED, UNQUALIFIED):
        line = standing_line(standing, Labels(language))
        assert "0.75 [0.60, 0.85]" in line
        assert "0.80 [0.70, 0.90]" in line


def test_without_data_there_is_no_figure() -> None:
    none = QUALIFIED.model_copy(update={"f1": None})
    assert "violation F1 no data" in standing_line(none, Labels("en"))
