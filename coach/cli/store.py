"""`coach search`: find what was said in the conversations of a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["search"]


def search(
    words: Annotated[list[str], typer.Argument(help='Words that a turn must hold; "quoted words" in a row; start*.')],
    db: Annotated[Path | None, typer.Option(help="SQLite file of coach audit [COACH_DB].")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many turns.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Find turns by their words, in any language: conversation, turn, speaker and text, the best match first."""
    from coach.config import Settings
    from coach.errors import ConfigError
    from coach.reports.plain_text import one_line
    from coach.store.database import Store

    file = Settings.read(db=db).db
    if file is None:
        raise ConfigError("name the database: --db FILE, or set COACH_DB")
    with Store.open(file, create=False) as store:
        hits = store.search(" ".join(words), limit)
    for hit in hits:
        if as_json:
            row = {"transcript": hit.transcript, "agent": hit.agent, "turn": hit.turn, "speaker": hit.speaker}
            typer.echo(json.dumps({**row, "text": hit.text}, ensure_ascii=False))
        else:
            typer.echo(f"{one_line(hit.transcript)}\t{hit.turn}\t{hit.speaker}\t{one_line(hit.text)}")
    if not hits:
        typer.echo("no turn holds these words", err=True)
