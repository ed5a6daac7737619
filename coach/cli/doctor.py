"""`coach doctor`: is everything there that a run needs?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(
    model: Annotated[str | None, typer.Option(help="Model of the endpoint [COACH_MODEL].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Base URL of the endpoint [OPENAI_BASE_URL].")] = None,
    db: Annotated[Path | None, typer.Option(help="SQLite file that knows how judges qualified [COACH_DB].")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for one answer.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which judges can grade: the embedded one, and the endpoint if one is configured (is it there, which model,
    does it honour strict schemas), and how each of them did on labelled conversations.

    Exit code: 0 fine; 2 the endpoint is configured wrongly or not there; 3 it is there, but gives no usable answer.
    """
    from coach.config import Settings
    from coach.diagnosis import diagnose

    found = diagnose(Settings.read(model=model, base_url=base_url, db=db, timeout=timeout, retries=1))
    typer.echo(found.model_dump_json(indent=2) if as_json else "\n".join(found.lines()))
    raise typer.Exit(found.exit_code)
