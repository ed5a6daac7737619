"""`--format csv`: one row per finding, UTF-8 with a header line; no cell is taken for a formula by a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import IO

from coach.findings import Audit
from coach.reports.formats.finding_columns import COLUMNS, Cell, failure_cells, finding_cells
from coach.reports.formats.registry import Ungraded
from coach.reports.plain_text import spreadsheet_cell
from coach.rubric import Rubric

__all__ = ["CsvWriter"]


class CsvWriter:
    """A conversation without findings, and one that could not be graded (with its `error`), have a row each."""

    def __init__(self, stream: IO[str], rubrics: Mapping[str, Rubric], language: str | None) -> None:
        self._rubrics, self._language = rubrics, language
        # With another line terminator Python leaves a lone carriage return in a cell unquoted, and readers break there.
        self._rows = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\r\n")
        self._rows.writeheader()

    def add(self, audit: Audit) -> None:
        """Write the rows of its findings."""
        for cells in finding_cells(audit, self._rubrics, self._language):
            self._rows.writerow({name: _text(cell) for name, cell in cells.items()})

    def fail(self, failure: Ungraded) -> None:
        """Write one row with the reason under `error`."""
        cells = failure_cells(failure.transcript, failure.reason)
        self._rows.writerow({name: _text(cell) for name, cell in cells.items()})

    def finish(self) -> None:
        """Nothing comes last."""


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return spreadsheet_cell(cell) if isinstance(cell, str) else str(cell)
