"""`coach monthly`: the draft of an agent's monthly summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["monthly"]


def monthly(
    agent: Annotated[str, typer.Argument(help="The agent, as the transcripts name them.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month in which the conversations were held.")],
    db: Annotated[Path | None, typer.Option(help="SQLite file of coach audit [COACH_DB].")] = None,
    rubric: Annotated[str | None, typer.Option(help="Name or file of the rubric, where there are several.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the summary: en, zh, es.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .md or .html file.")] = None,
) -> None:
    """Draft an agent's monthly summary: problems solved, what was learned, training, what customers asked, plan."""
    from coach.coaching.monthly import write_monthly
    from coach.config import Settings
    from coach.errors import ConfigError
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    file = Settings.read(db=db).db
    if file is None:
        raise ConfigError("name the database: --db FILE, or set COACH_DB")
    with Store.open(file, create=False) as store:
        write_monthly(store, agent, month, lang, load_rubric(rubric) if rubric else None, output)
