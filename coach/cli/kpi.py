"""`coach kpi`: the figures that a manual demands, from records of calls, consultations and complaints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coach.kpi.figures import Figure
    from coach.kpi.records import BadRow

__all__ = ["kpi"]


def kpi(
    file: Annotated[Path, typer.Argument(help="CSV of calls, consultations and complaints, one a row.")],
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Only this month; default every month.")] = None,
    manual: Annotated[str, typer.Option(help="Whose figures: a name, or a .yaml file.")] = "tea-city",
    columns: Annotated[Path | None, typer.Option(help="YAML file that maps column names and values.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 where a limit is missed.")] = False,
) -> None:
    """Work out a manual's KPIs: value, numerator and denominator, limit, pass or fail.

    Exit code: 0 fine; 1 a limit is missed (with --check); 2 wrong use or bad input; 3 rows were left out (they are listed).
    """
    import re

    from coach.errors import ConfigError
    from coach.kpi.definitions import load_kpi_set
    from coach.kpi.figures import figures, months
    from coach.kpi.records import load_column_map, read_records

    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ConfigError(f"--month {month!r}: write it like 2026-03")
    kpis = load_kpi_set(manual)
    records, bad = read_records(file, load_column_map(columns) if columns else None)
    chosen = [month] if month else months(records)
    found = [figure for name in chosen for figure in figures(kpis, records, name)]
    if as_json:
        typer.echo(_as_json(found, bad))
    else:
        _print_table(found, bad, file)
    if check and any(figure.passed is False for figure in found):
        raise typer.Exit(1)
    if bad:
        raise typer.Exit(3)


def _as_json(found: list[Figure], bad: list[BadRow]) -> str:
    rows = [
        {
            "clause": figure.metric.clause,
            "title": figure.metric.title,
            "month": figure.month,
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "unknown": figure.unknown,
            "target": figure.metric.target.model_dump(exclude_none=True) if figure.metric.target else None,
            "passed": figure.passed,
            "no_data": figure.no_data,
            "quote": figure.metric.quote,
            "reading": figure.metric.reading,
        }
        for figure in found
    ]
    left_out = [{"line": row.line, "reason": row.reason} for row in bad]
    return json.dumps({"figures": rows, "left_out": left_out}, ensure_ascii=False, indent=2)


def _print_table(found: list[Figure], bad: list[BadRow], file: Path) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    with console.capture() as drawn:
        for month in dict.fromkeys(figure.month for figure in found):
            table = Table(title=month, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
            for heading in ("clause", "figure", "value", "counts", "limit", ""):
                table.add_column(heading, justify="right" if heading in ("value", "counts", "limit") else "left")
            for figure in found:
                if figure.month == month:
                    table.add_row(*(Text(*cell) for cell in _cells(figure)))
            console.print(table)
        readings = {figure.metric.clause: figure.metric.reading for figure in found if figure.metric.reading}
        if readings:
            console.print(Text("How the manual is read where it does not mean what it prints:", style="dim"))
        for clause, reading in readings.items():
            console.print(Padding(Text(f"{clause}: {reading}", style="dim"), (0, 0, 0, 2)))
    # Rich fills lines with spaces to their full width.
    typer.echo("\n".join(line.rstrip() for line in drawn.get().rstrip().split("\n")))
    for row in bad:
        typer.echo(f"{file}:{row.line}: left out: {row.reason}", err=True)


def _cells(figure: Figure) -> list[tuple[str, str]]:
    target = figure.metric.target
    limit = "none"
    if target is not None:
        limit = f"≥ {target.at_least:g}%" if target.at_least is not None else f"≤ {target.at_most:g}%"
    counts = f"{figure.numerator}/{figure.denominator}" + (f", {figure.unknown} unknown" if figure.unknown else "")
    value = "no data" if figure.value is None else f"{figure.value:.2f}%"
    outcome = {True: ("pass", "green"), False: ("FAIL", "bold red"), None: (figure.no_data or "", "dim")}[figure.passed]
    return [
        (figure.metric.clause, "dim"),
        (figure.metric.title, ""),
        (value, "bold"),
        (counts, ""),
        (limit, ""),
        outcome,
    ]
