"""Excel workbooks: one message a row, columns by name, on the first sheet that has any.

Promise: rows are read one after the other; a workbook that is damaged, encrypted or no workbook at all is an error that says so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from coach.errors import ConfigError, TranscriptError
from coach.readers.format import Row, TableFormat
from coach.readers.options import ReadOptions
from coach.readers.streams import Opened, read_document

__all__ = ["XLSX"]

_ZIP = b"PK\x03\x04"


def _recognises(head: bytes, _options: ReadOptions) -> bool:
    return head.startswith(_ZIP)


def _rows(opened: Opened, _options: ReadOptions) -> Iterable[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    name = opened.source.name
    try:
        workbook = load_workbook(io.BytesIO(read_document(opened)), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            rows = _of_sheet(sheet)
            first = next(rows, None)
            if first is not None:
                yield first
                yield from rows
                return
    except (TranscriptError, ConfigError, GeneratorExit):
        raise
    except (InvalidFileException, zipfile.BadZipFile) as error:
        raise TranscriptError(f"not an Excel workbook: {error}", source=name) from None
    except Exception as error:
        # A damaged workbook makes the library raise nearly anything (KeyError, TypeError, XML errors).
        raise TranscriptError(f"the Excel workbook is damaged: {type(error).__name__}: {error}", source=name) from None
    raise TranscriptError("the workbook has no sheet with a header and a row", source=name)


def _of_sheet(sheet: Any) -> Iterator[Row]:
    header: list[str] | None = None
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if not any(value is not None for value in values):
            continue
        if header is None:
            header = ["" if value is None else str(value).strip() for value in values]
            continue
        yield Row(number, {key: value for key, value in zip(header, values, strict=False) if key})


XLSX = TableFormat("xlsx", "Excel workbook, one message a row", _recognises, _rows, binary=True)
