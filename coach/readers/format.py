"""What a format is: how its content is recognised, and how conversations are taken out of it.

Promise: a format sees only content that fits its container (a parsed JSON document, decoded text, the bytes of a table);
opening, decoding, limits, roles and order are not its business. The next format is one more file with one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coach.readers.conversation import BadRecord, Conversation, Place, Ready
from coach.readers.options import ReadOptions
from coach.readers.streams import Opened

__all__ = ["Format", "JsonFormat", "Read", "Row", "TableFormat", "TextFormat"]

Read = Iterable[Conversation | Ready | BadRecord]


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A JSON document: a whole file, one line of JSON Lines, or one element of a list."""

    name: str
    title: str
    recognises: Callable[[Any], bool]
    read: Callable[[Any, Place, ReadOptions], Read]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A text file. `recognises` sees its beginning, `read` all of it."""

    name: str
    title: str
    recognises: Callable[[str], bool]
    read: Callable[[str, Place, ReadOptions], Read]


@dataclass(frozen=True, slots=True)
class Row:
    """One message of a table; `line` is its row, counted as a spreadsheet does (the header is row 1)."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One message a row. `recognises` sees the first bytes (text already in UTF-8) and must not look at names of files.

    `binary`: the content is no text, and is recognised before any decoding.
    """

    name: str
    title: str
    recognises: Callable[[bytes, ReadOptions], bool]
    rows: Callable[[Opened, ReadOptions], Iterable[Row]]
    binary: bool = False


Format = JsonFormat | TextFormat | TableFormat
