"""`coach coaching`: the coaching sheet of one agent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["coaching"]


def coaching(
    agent: Annotated[str, typer.Argument(help="The agent, as the transcripts name them.")],
    db: Annotated[Path | None, typer.Option(help="SQLite file of coach audit [COACH_DB].")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Conversations held from this day on.", formats=["%Y-%m-%d"])
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Conversations held before this day.", formats=["%Y-%m-%d"])
    ] = None,
    rubric: Annotated[str | None, typer.Option(help="Name or file of the rubric, where there are several.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the sheet: en, zh, es.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A .md or .html file.")] = None,
) -> None:
    """Write an agent's coaching sheet: strengths, the few habits that cost most, quotes, rewrites, a short exercise."""
    from coach.coaching.sheet import write_sheet
    from coach.config import Settings
    from coach.errors import ConfigError
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    file = Settings.read(db=db).db
    if file is None:
        raise ConfigError("name the database: --db FILE, or set COACH_DB")
    with Store.open(file, create=False) as store:
        write_sheet(store, agent, since, until, lang, load_rubric(rubric) if rubric else None, output)
