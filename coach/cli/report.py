"""`coach report`: one HTML file for the Monday meeting, or an agent's coaching sheet."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.database import Database, Since, Until, named_database

__all__ = ["report"]


def report(
    db: Database = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The .html file to write; without it, --agent prints the coaching sheet."),
    ] = None,
    rubric: Annotated[
        list[str] | None, typer.Option(help="Only this rubric, by name or file; may be repeated. Default: all.")
    ] = None,
    team: Annotated[str | None, typer.Option(help="Only this team (`team` of the conversations' metadata).")] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent; the coaching sheet then comes first.")] = None,
    since: Since = None,
    until: Until = None,
    lang: Annotated[str | None, typer.Option(help="Language of the report: en, zh, es.")] = None,
) -> None:
    """Write what a database holds as one HTML file: rates with intervals, clauses broken most, trend, agents, conversations.

    Exit code: 0 fine; 2 wrong use, or no graded conversation fits.
    """
    from coach.coaching.sheet import sheet_blocks, write_sheet
    from coach.errors import ConfigError
    from coach.reports.html.report import Selection, write_report
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    file = named_database(db)
    if output is None and agent is None:
        raise ConfigError("name the file to write: -o report.html")
    rubrics = {loaded.id: loaded for loaded in map(load_rubric, rubric or [])}
    first = next(iter(rubrics.values()), None)
    with Store.open(file, create=False) as store:
        if output is None and agent is not None:
            write_sheet(store, agent, since, until, lang, first)
            return
        selection = Selection(rubrics, team, agent, since, until)
        sheet = (
            partial(sheet_blocks, store, agent, since=since, until=until, language=lang, rubric=first)
            if agent is not None
            else None
        )
        write_report(store, output, selection, language=lang, sheet=sheet)
