"""CSV, TSV and their relatives: one message a row, columns by name.

Promise: read row by row. The delimiter is the one under which the header has the columns that are needed; a quote that
never closes ends in an error at the row where it opened, not in a swallowed file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from coach.errors import TranscriptError
from coach.readers.format import Row, TableFormat
from coach.readers.messages import columns_of
from coach.readers.options import ReadOptions
from coach.readers.streams import MAX_LINE_BYTES, Opened

__all__ = ["CSV", "unknown_columns"]

_DELIMITERS = ",;\t|"
_MAX_FIELD = 16 * 1024 * 1024
"""Far beyond any turn, so that an overlong one is reported as such; the library's own limit cuts in at 128 KB."""


def _recognises(head: bytes, options: ReadOptions) -> bool:
    return _delimiter(head.decode("utf-8", "replace"), options) is not None


def _delimiter(head: str, options: ReadOptions) -> str | None:
    lines = [line for line in head.splitlines() if line.strip()]
    if not lines:
        return None
    for delimiter in _DELIMITERS:
        columns = columns_of(next(csv.reader(lines[:1], delimiter=delimiter), []), options)
        if "speaker" in columns and "text" in columns and columns["speaker"] != columns["text"]:
            return delimiter
    return None


def unknown_columns(head: str) -> list[str]:
    """The header of what looks like a table whose columns say nothing, or nothing where it looks like no table."""
    lines = [line for line in head.splitlines() if line.strip()][:5]
    for delimiter in _DELIMITERS:
        rows = list(csv.reader(lines, delimiter=delimiter))
        if len(rows) > 1 and len(rows[0]) > 2 and all(len(row) == len(rows[0]) for row in rows[:-1]):
            return [cell.strip() for cell in rows[0]]
    return []


def _rows(opened: Opened, options: ReadOptions) -> Iterable[Row]:
    csv.field_size_limit(_MAX_FIELD)
    name = opened.source.name
    head = opened.head.decode("utf-8", "replace")
    reader = csv.reader(_lines(opened), delimiter=_delimiter(head, options) or _sniffed(head), strict=True)
    header: list[str] = []
    first = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            message = f"not valid CSV: {error} (in the row that begins here)"
            raise TranscriptError(message, source=name, line=first, hint="is a quote left open?") from None
        if cells is None:
            return
        if not header:
            header = [cell.strip() for cell in cells]
        elif any(cells):
            if len(cells) > len(header):
                message = f"the row has {len(cells)} cells, the header {len(header)}"
                raise TranscriptError(message, source=name, line=first, hint="quote cells that hold the delimiter")
            yield Row(first, dict(zip(header, cells, strict=False)))
        first = reader.line_num + 1


def _sniffed(head: str) -> str:
    """The library's guess, for a table whose columns are not known: the error then names the right columns."""
    try:
        return csv.Sniffer().sniff(head[:8192]).delimiter
    except csv.Error:
        return ","


def _lines(opened: Opened) -> Iterator[str]:
    number = 0
    while line := opened.stream.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) >= MAX_LINE_BYTES:
            message = f"the line is longer than {MAX_LINE_BYTES:,} bytes"
            raise TranscriptError(message, source=opened.source.name, line=number)
        try:
            yield line.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            message = "the file begins as UTF-8, but this line is not"
            hint = "name the encoding with --encoding"
            raise TranscriptError(message, source=opened.source.name, line=number, hint=hint) from None


CSV = TableFormat("csv", "CSV or TSV, one message a row", _recognises, _rows)
