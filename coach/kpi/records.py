"""Records of calls, consultations and complaints, read from CSV under whatever column names the centre uses.

Promise: a row that cannot be understood is left out and listed with its line and the reason; nothing is guessed. An empty
cell means "not known", except that a consultation or complaint without `answered_at` has not been answered.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.errors import InputError
from coach.kpi.definitions import Kind
from coach.yaml_file import describe_validation_error, read_yaml

__all__ = ["BadRow", "ColumnMap", "Record", "load_column_map", "read_records"]

Column = Literal[
    "kind", "time", "connected", "needs_agent", "answered", "answered_at", "due", "repeat", "satisfied", "category"
]
_NEEDED: tuple[Column, ...] = ("kind", "time")
_YES = {"yes", "y", "true", "1", "是", "sí", "si"}
_NO = {"no", "n", "false", "0", "否"}


class ColumnMap(BaseModel):
    """`columns`: our name -> the file's header. `values`: our name -> the file's word -> ours (`投诉: complaint`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[Column, str] = Field(default_factory=dict)
    values: dict[Column, dict[str, str]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One row. `time` is when it came in; a flag is None where it is not known."""

    line: int
    kind: Kind
    time: datetime
    connected: bool | None = None
    needs_agent: bool | None = None
    answered: bool | None = None
    answered_at: datetime | None = None
    due: datetime | None = None
    repeat: bool | None = None
    satisfied: bool | None = None
    category: str | None = None

    @property
    def month(self) -> str:
        """`2026-03`, of the time as it is written."""
        return f"{self.time:%Y-%m}"


@dataclass(frozen=True)
class BadRow:
    """A row that was left out."""

    line: int
    reason: str


def load_column_map(path: Path) -> ColumnMap:
    """The map in a YAML file. Raises `RubricError` with the line of what is wrong."""
    data, node = read_yaml(path)
    try:
        return ColumnMap.model_validate(data)
    except ValidationError as error:
        raise describe_validation_error(error, path, node) from error


def read_records(path: Path, columns: ColumnMap | None = None) -> tuple[list[Record], list[BadRow]]:
    """Records and rows left out, in the order of the file. Raises `InputError` where the file or its header is no use."""
    columns = columns or ColumnMap()
    records: list[Record] = []
    bad: list[BadRow] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            headers = _headers(path, reader.fieldnames or [], columns)
            line = reader.line_num + 1
            for row in reader:
                try:
                    records.append(_record(line, _cells(row, headers, columns), headers))
                except ValueError as error:
                    bad.append(BadRow(line, str(error)))
                line = reader.line_num + 1
    except FileNotFoundError:
        raise InputError("there is no such file", source=path) from None
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", source=path, hint="save it as UTF-8") from error
    except (OSError, csv.Error) as error:
        raise InputError(f"cannot be read as CSV: {error}", source=path) from error
    return records, bad


def _headers(path: Path, found: object, columns: ColumnMap) -> dict[Column, str]:
    names = [str(name).strip() for name in found] if isinstance(found, list | tuple) else []
    wanted: dict[Column, str] = {column: columns.columns.get(column, column) for column in get_args(Column)}
    missing = [header for column, header in wanted.items() if column in columns.columns and header not in names]
    missing += [column for column in _NEEDED if column not in columns.columns and column not in names]
    if missing:
        there = ", ".join(names) or "none"
        raise InputError(
            f"there is no column {missing[0]!r}; there are: {there}",
            source=path,
            line=1,
            hint="map names with --columns",
        )
    return {column: header for column, header in wanted.items() if header in names}


def _cells(row: Mapping[str | None, object], headers: dict[Column, str], columns: ColumnMap) -> dict[Column, str]:
    if None in row:
        raise ValueError("has more cells than the header")
    stripped = {(name or "").strip(): str(cell or "").strip() for name, cell in row.items()}
    cells: dict[Column, str] = {}
    for column, header in headers.items():
        cell = stripped[header]
        cells[column] = columns.values.get(column, {}).get(cell, cell)
    return cells


def _record(line: int, cells: dict[Column, str], headers: Mapping[Column, str]) -> Record:
    kind = cells["kind"].lower()
    if kind not in get_args(Kind):
        raise ValueError(f"{headers['kind']} is {cells['kind']!r}, not {', '.join(get_args(Kind))}")
    time = _time(cells, "time", headers)
    if time is None:
        raise ValueError(f"{headers['time']} is empty")
    answered_at, due = _time(cells, "answered_at", headers), _time(cells, "due", headers)
    for name, later in (("answered_at", answered_at), ("due", due)):
        if later is not None and later < time:
            raise ValueError(f"{name} is before {headers['time']}")
    answered = _flag(cells, "answered", headers)
    if answered is None and "answered_at" in cells and kind != "call":
        answered = answered_at is not None
    if answered is False and answered_at is not None:
        raise ValueError("says that it was not answered, and when it was")
    return Record(
        line=line,
        kind=cast("Kind", kind),
        time=time,
        connected=_flag(cells, "connected", headers),
        needs_agent=_flag(cells, "needs_agent", headers),
        answered=True if answered_at is not None else answered,
        answered_at=answered_at,
        due=due,
        repeat=_flag(cells, "repeat", headers),
        satisfied=_flag(cells, "satisfied", headers),
        category=cells.get("category"),
    )


def _flag(cells: Mapping[Column, str], column: Column, headers: Mapping[Column, str]) -> bool | None:
    word = cells.get(column, "").lower()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(f"{headers[column]} is {cells[column]!r}, not yes or no")


def _time(cells: Mapping[Column, str], column: Column, headers: Mapping[Column, str]) -> datetime | None:
    cell = cells.get(column, "")
    if not cell:
        return None
    try:
        moment = datetime.fromisoformat(cell.replace("/", "-"))
    except ValueError:
        raise ValueError(f"{headers[column]} is {cell!r}, not a time like 2026-03-01 14:30") from None
    # Within one file times without a zone share one; which does not matter for durations.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
