"""`coach rubric derive`: a first draft of a rubric from anyone's manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["derive"]


def derive(
    manual: Annotated[Path, typer.Argument(help="The manual: .md, .txt, .docx or .pdf.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The rubric file to write; never overwritten.")],
    id: Annotated[str | None, typer.Option(help="Id of the rubric; from the file name if not given.")] = None,
    title: Annotated[str | None, typer.Option(help="Title; the manual's first heading if not given.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the manual, such as en; detected if not given.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model of the endpoint [COACH_MODEL].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Base URL of the endpoint [OPENAI_BASE_URL].")] = None,
    judge: Annotated[
        str, typer.Option(help="auto: ask the LLM where an endpoint is configured; embedded: never.")
    ] = "auto",
) -> None:
    """Draft a rubric from a manual, with every quote checked in it and `# DECIDE:` wherever a person has to.

    With an endpoint the LLM proposes scenarios and criteria section by section; without one, the manual's numbered
    clauses and quoted phrases become a skeleton.
    """
    from coach.config import Settings
    from coach.deriving.draft import derive_rubric
    from coach.errors import ConfigError

    if judge not in ("auto", "llm", "embedded"):
        raise ConfigError(f"--judge {judge!r}: choose one of auto, llm, embedded")
    if output.exists():
        raise ConfigError(f"{output} exists already; a rubric that someone may have edited is never overwritten")
    if not output.parent.is_dir():
        raise ConfigError(f"--output {output}: there is no folder {output.parent}")
    settings = Settings.read(model=model, base_url=base_url)
    if judge == "llm" and not settings.endpoint_configured:
        raise ConfigError("--judge llm: no endpoint: set OPENAI_BASE_URL (or --base-url) or OPENAI_API_KEY")
    asked = settings if judge != "embedded" and settings.endpoint_configured else None
    draft = derive_rubric(manual, id=id, title=title, language=language, endpoint=asked)
    with output.open("x", encoding="utf-8") as stream:
        stream.write(draft.text)
    typer.echo(f"{output}: {draft.summary}", err=True)
