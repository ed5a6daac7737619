"""Eval results as people read them: Markdown for a CI summary, a table for a terminal, JUnit XML for a CI server.

Promise: what an eval found is first made into sections (data), and every format is written from the same sections; words
from conversations can break none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from xml.etree import ElementTree as ET

from coach.evals.agreement import Interval
from coach.reports.plain_text import one_line, xml_text

__all__ = ["Check", "Section", "as_junit", "as_markdown", "as_table", "interval", "percent"]

_WIDTH = 160
_INTERVAL = re.compile(r"^-?\d\.\d\d \[-?\d\.\d\d, -?\d\.\d\d\]$")


@dataclass(frozen=True)
class Section:
    """A heading (may be empty), sentences, a table with its column names, and a list; each may be missing."""

    title: str = ""
    notes: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    items: Sequence[str] = ()


@dataclass(frozen=True)
class Check:
    """One test case of the JUnit file. `failure` and `error` are None where there is none; `output` is shown with it."""

    suite: str
    name: str
    failure: str | None = None
    error: str | None = None
    output: Sequence[str] = field(default_factory=tuple)


def interval(figure: Interval) -> str:
    """`0.97 [0.95, 0.98]`."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "no data"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def percent(share: float | None) -> str:
    """`64%`, or nothing."""
    return "" if share is None else f"{share:.0%}"


def as_markdown(sections: Sequence[Section]) -> str:
    """As Markdown with tables."""
    return "\n".join(_markdown_lines(sections)).strip() + "\n"


def _markdown_lines(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        if section.title:
            yield f"### {section.title}\n"
        for note in section.notes:
            yield f"{one_line(note)}\n"
        if section.rows:
            yield _row(section.columns)
            yield "|" + "---|" * len(section.columns)
            yield from (_row(row) for row in section.rows)
            yield ""
        if section.items:
            yield from (f"- {one_line(item)}" for item in section.items)
            yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in cells) + " |"


def as_table(sections: Sequence[Section], *, width: int | None = None, color: bool = False) -> str:
    """As text with aligned columns, at most `width` characters wide (default: 160)."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    stream = StringIO()
    console = Console(file=stream, width=width or _WIDTH, force_terminal=color, no_color=not color, highlight=False)
    for section in sections:
        if section.title:
            console.print(f"[bold]{escape(section.title)}[/bold]")
        for note in section.notes:
            console.print(escape(one_line(note)))
        if section.rows:
            table = Table(box=None, pad_edge=False, header_style="bold")
            for number, column in enumerate(section.columns):
                table.add_column(escape(column), justify="left" if number == 0 else "right", overflow="fold")
            for row in section.rows:
                table.add_row(*(escape(_compact(one_line(cell))) for cell in row))
            console.print(table)
        for item in section.items:
            console.print(f"- {escape(one_line(item))}", soft_wrap=True)
        console.print()
    return stream.getvalue().rstrip() + "\n"


def _compact(cell: str) -> str:
    """An interval in fewer characters, so that a table of them fits a terminal: `.97 [.95 .98]`."""
    return _INTERVAL.sub(lambda hit: hit[0].replace("0.", ".").replace(",", ""), cell)


def as_junit(name: str, checks: Sequence[Check], properties: dict[str, str]) -> str:
    """As JUnit XML: one suite, one case per check."""
    suite = ET.Element("testsuite", name=name, tests=str(len(checks)))
    suite.set("failures", str(sum(check.failure is not None for check in checks)))
    suite.set("errors", str(sum(check.error is not None for check in checks)))
    listed = ET.SubElement(suite, "properties")
    for key, value in properties.items():
        ET.SubElement(listed, "property", name=key, value=xml_text(value))
    for check in checks:
        case = ET.SubElement(suite, "testcase", classname=f"coach.{xml_text(check.suite)}", name=xml_text(check.name))
        for tag, text in (("failure", check.failure), ("error", check.error)):
            if text is not None:
                ET.SubElement(case, tag, message=xml_text(one_line(text)[:300])).text = xml_text(text)
        if check.output:
            ET.SubElement(case, "system-out").text = xml_text("\n".join(check.output))
    document = ET.Element("testsuites")
    document.append(suite)
    ET.indent(document)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(document, encoding="unicode") + "\n"
