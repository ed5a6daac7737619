"""`coach coaching`: the coaching sheet of one agent."""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli.database import Agent, Database, OneRubric, SheetFile, Since, Until, named_database

__all__ = ["coaching"]


def coaching(
    agent: Agent,
    db: Database = None,
    since: Since = None,
    until: Until = None,
    rubric: OneRubric = None,
    lang: Annotated[str | None, typer.Option(help="Language of the sheet: en, zh, es.")] = None,
    output: SheetFile = None,
) -> None:
    """Write an agent's coaching sheet: strengths, the few habits that cost most, quotes, rewrites, a short exercise."""
    from coach.coaching.sheet import write_sheet
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    with Store.open(named_database(db), create=False) as store:
        write_sheet(store, agent, since, until, lang, load_rubric(rubric) if rubric else None, output)
