"""`--format xlsx`: a workbook with the sheets Summary, Conversations and Findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any

from coach.findings import Audit
from coach.reports.formats.finding_columns import COLUMNS, Cell, failure_cells, finding_cells
from coach.reports.formats.registry import Ungraded
from coach.reports.formats.spool import Spool
from coach.reports.plain_text import xml_text
from coach.reports.summary import Summary
from coach.rubric import Rubric

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

__all__ = ["WorkbookWriter", "append_cells", "new_workbook"]

_CONVERSATION = (
    "transcript",
    "agent",
    "rubric",
    "score",
    "passed",
    "assessed",
    "critical_failures",
    "qualification",
    "error",
)
_SHEETS = ("Summary", "Conversations", "Findings")
_LONGEST_CELL = 32_767
"""What a spreadsheet cell can hold, in characters."""


class WorkbookWriter:
    """Audits wait in a spool; the workbook is put together at the end, sheet by sheet."""

    def __init__(self, stream: IO[bytes], rubrics: Mapping[str, Rubric], language: str | None) -> None:
        _openpyxl()
        self._stream, self._rubrics, self._language = stream, rubrics, language
        self._summary = Summary(rubrics)
        self._audits = Spool()
        self._failures: list[Ungraded] = []

    def add(self, audit: Audit) -> None:
        """Put it into the spool."""
        self._summary.add(audit)
        self._audits.write(audit.model_dump_json() + "\n")

    def fail(self, failure: Ungraded) -> None:
        """Remember it for the end."""
        self._summary.fail()
        self._failures.append(failure)

    def finish(self) -> None:
        """Write the sheets and save."""
        book = new_workbook()
        totals, conversations, findings = (book.create_sheet(name) for name in _SHEETS)
        for name, value in self._summary.as_json().items():
            append_cells(totals, (name, value if isinstance(value, int | float | None) else _listed(value)))
        append_cells(conversations, _CONVERSATION)
        append_cells(findings, COLUMNS)
        for line in self._audits.lines():
            audit = Audit.model_validate_json(line)
            critical = ", ".join(audit.critical_failures)
            outcome = (audit.score, audit.passed, audit.assessed, critical)
            standing = audit.qualification.status if audit.qualification else "untested"
            append_cells(conversations, (audit.transcript, audit.agent, audit.rubric, *outcome, standing, None))
            for cells in finding_cells(audit, self._rubrics, self._language):
                append_cells(findings, [cells.get(name) for name in COLUMNS])
        for failure in self._failures:
            cells = failure_cells(failure.transcript, failure.reason)
            append_cells(conversations, [cells.get(name) for name in _CONVERSATION])
        book.save(self._stream)


def new_workbook() -> Any:
    """An empty workbook that is written row by row."""
    return _openpyxl().Workbook(write_only=True)


def _openpyxl() -> ModuleType:
    return import_module("openpyxl")


def append_cells(sheet: WriteOnlyWorksheet, cells: Iterable[Cell]) -> None:
    """Append a row; text stays text, even where it begins like a formula."""
    from openpyxl.cell import WriteOnlyCell

    row: list[Any] = []
    for value in cells:
        if not isinstance(value, str):
            row.append(value)
            continue
        cell = WriteOnlyCell(sheet)
        # Carriage returns and the like are legal XML but not legal here.
        clean = "".join(character for character in xml_text(value) if character >= " " or character in "\t\n")
        cell.value = clean[:_LONGEST_CELL]
        cell.data_type = "s"
        row.append(cell)
    sheet.append(row)


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_listed(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(_listed(item) for item in value)
    return str(value)
