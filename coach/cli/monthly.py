"""`coach monthly`: the draft of an agent's monthly summary."""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli.database import Agent, Database, OneRubric, SheetFile, named_database

__all__ = ["monthly"]


def monthly(
    agent: Agent,
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month in which the conversations were held.")],
    db: Database = None,
    rubric: OneRubric = None,
    lang: Annotated[str | None, typer.Option(help="Language of the summary: en, zh, es.")] = None,
    output: SheetFile = None,
) -> None:
    """Draft an agent's monthly summary: problems solved, what was learned, training, what customers asked, plan."""
    from coach.coaching.monthly import write_monthly
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    with Store.open(named_database(db), create=False) as store:
        write_monthly(store, agent, month, lang, load_rubric(rubric) if rubric else None, output)
