"""`coach search` and `coach scorecards`: what the database knows of conversations and agents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.database import Database, named_database

__all__ = ["scorecards", "search"]


def search(
    words: Annotated[list[str], typer.Argument(help='Words that a turn must hold; "quoted words" in a row; start*.')],
    db: Database = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many turns.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Find turns by their words, in any language: conversation, turn, speaker and text, the best match first."""
    from coach.reports.plain_text import one_line
    from coach.store.database import Store

    file = named_database(db)
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


def scorecards(
    db: Database = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A .csv or .xlsx file; standard output as CSV if none is given."),
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Only this agent.")] = None,
    rubric: Annotated[
        list[str] | None, typer.Option(help="File of a rubric that does not come with coach; may be repeated.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="Language of titles: en, zh, es.")] = None,
) -> None:
    """Score each agent's month out of 100, with every deduction and the words that caused it."""
    from coach.reports.scorecards import make_scorecards, write_scorecards
    from coach.rubric_file import load_rubric
    from coach.store.database import Store

    file = named_database(db)
    rubrics = {loaded.id: loaded for loaded in map(load_rubric, rubric or [])}
    with Store.open(file, create=False) as store:
        for name in store.rubrics():
            if name not in rubrics:
                rubrics[name] = load_rubric(name)
        cards = make_scorecards(store.audits(agent=agent), rubrics, language=lang)
    write_scorecards(cards, output)
