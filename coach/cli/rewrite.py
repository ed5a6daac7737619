"""`coach rewrite`: what breaks which clause, and how to say it well; for one sentence, a turn, or lines as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["rewrite"]


def rewrite(
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT|-]", help="A sentence of the agent's; - reads stdin.")
    ] = None,
    rubric: Annotated[str, typer.Option(help="Name or file of a rubric.")] = "auto",
    scenario: Annotated[
        str | None, typer.Option(help="Only the rules of this situation, and those that hold always.")
    ] = None,
    transcript: Annotated[Path | None, typer.Option(help="A conversation that the sentence belongs to.")] = None,
    turn: Annotated[
        int | None, typer.Option(min=0, help="The turn to rewrite; TEXT, if given, stands in its place.")
    ] = None,
    judge: Annotated[str, typer.Option(help="With --transcript: auto, llm or embedded.")] = "auto",
    model: Annotated[str | None, typer.Option(help="Model of the endpoint [COACH_MODEL].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Base URL of the endpoint [OPENAI_BASE_URL].")] = None,
    format: Annotated[str, typer.Option(help="text or json (one object a sentence).")] = "text",
    watch: Annotated[bool, typer.Option("--watch", help="Answer every line of stdin at once, for live use.")] = False,
) -> None:
    """Say which clause a sentence breaks, in the manual's words, and give a sentence that complies.

    A sentence alone is held against what the manual forbids, as if the situation had arisen, by the embedded judge. With
    --transcript and --turn the whole conversation is graded, before and after. Exit code: 0, whatever was found.
    """
    from coach.cli.rewriting import RewriteCommand

    command = RewriteCommand(text, rubric, scenario, transcript, turn, judge, model, base_url, format, watch)
    raise typer.Exit(command.run())
