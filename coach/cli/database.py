"""What the commands that read a database of `coach audit` have in common: their flags, and the file that these name.

Promise: the same flag has the same name and the same help in all of them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Agent", "Database", "OneRubric", "SheetFile", "Since", "Until", "named_database"]

_DAY = ["%Y-%m-%d"]

Agent = Annotated[str, typer.Argument(help="The agent, as the transcripts name them.")]
Database = Annotated[Path | None, typer.Option(help="SQLite file of coach audit [COACH_DB].")]
OneRubric = Annotated[str | None, typer.Option(help="Name or file of the rubric, where there are several.")]
SheetFile = Annotated[Path | None, typer.Option("--output", "-o", help="A .md or .html file.")]
Since = Annotated[datetime | None, typer.Option(help="Conversations held from this day on.", formats=_DAY)]
Until = Annotated[datetime | None, typer.Option(help="Conversations held before this day.", formats=_DAY)]


def named_database(db: Path | None) -> Path:
    """The file that the flag names, else `COACH_DB`. Raises `ConfigError` where neither does."""
    from coach.config import Settings
    from coach.errors import ConfigError

    file = Settings.read(db=db).db
    if file is None:
        raise ConfigError("name the database: --db FILE, or set COACH_DB")
    return file
