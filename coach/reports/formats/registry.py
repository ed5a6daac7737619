"""Which output formats there are, and the one way to write them.

A new format is a new file with a class that keeps the `Writer` protocol, and a line in `FORMATS`. The classes are loaded
when they are used, so that a command which writes JSON does not wait for the library that draws tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from coach.errors import ConfigError
from coach.findings import Audit
from coach.reports.formats.destination import destination_stream
from coach.rubric import Rubric

__all__ = ["FORMATS", "Format", "Ungraded", "Writer", "open_writer", "write"]


class Ungraded(Protocol):
    """A conversation without an audit: its id (or file and line), and why."""

    @property
    def transcript(self) -> str: ...

    @property
    def reason(self) -> str: ...


class Writer(Protocol):
    """What the class of a format offers. It is made with `(stream, rubrics, language)`."""

    def add(self, audit: Audit) -> None:
        """Write, or remember, one audit. Its rubric is in `rubrics` by then."""
        ...

    def fail(self, failure: Ungraded) -> None:
        """Write, or remember, a conversation that could not be graded."""
        ...

    def finish(self) -> None:
        """Write what comes last. Not called where the run was broken off."""
        ...


@dataclass(frozen=True)
class Format:
    """An output format: its name on the command line, what it is for, and the class (`module:class`) that writes it."""

    name: str
    purpose: str
    writer: str
    binary: bool = False

    def load(self) -> Any:
        """The class. Raises `ConfigError` where a library that it needs is not installed."""
        module, _, name = self.writer.partition(":")
        return getattr(import_module(f"coach.reports.formats.{module}"), name)


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("table", "for people, on a terminal", "table:TableWriter"),
        Format("jsonl", "one audit a line, as it comes", "json_lines:JsonLinesWriter"),
        Format("json", "one document: audits, failures, summary", "json_document:JsonWriter"),
        Format("csv", "one row per finding, for a spreadsheet", "csv_rows:CsvWriter"),
        Format("md", "a document for a pull request or a wiki", "markdown:MarkdownWriter"),
        Format("junit", "test results, for a CI server", "junit:JUnitWriter"),
        Format("xlsx", "a workbook", "workbook:WorkbookWriter", binary=True),
    )
}


@contextmanager
def open_writer(
    format: str, rubric: Rubric | Mapping[str, Rubric], destination: Path | None = None, *, language: str | None = None
) -> Iterator[Writer]:
    """A writer of `format` to a file, or to standard output; finished on leaving, and given up where an error passes.

    `rubric` is the one that graded, or those that did by id (a mapping may grow while audits come). `language` is that of
    titles and labels (`en`, `es`, `zh`), by default the rubric's. Raises `ConfigError`.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        raise ConfigError(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    make = chosen.load()
    rubrics = {rubric.id: rubric} if isinstance(rubric, Rubric) else rubric
    with destination_stream(destination, binary=chosen.binary) as stream:
        writer: Writer = make(stream, rubrics, language)
        yield writer
        writer.finish()


def write(
    format: str,
    audits: Iterable[Audit],
    rubric: Rubric | Mapping[str, Rubric],
    failures: Iterable[Ungraded] = (),
    destination: Path | None = None,
    *,
    language: str | None = None,
) -> None:
    """Write all of `audits`, then `failures` (read only when the audits are through)."""
    with open_writer(format, rubric, destination, language=language) as writer:
        for audit in audits:
            writer.add(audit)
        for failure in failures:
            writer.fail(failure)
