"""`coach eval ...`: hold a judge against labelled conversations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Hold a judge against labelled conversations.", no_args_is_help=True)

Golden = Annotated[
    list[Path] | None, typer.Option("--golden", help="Labelled cases: a file or folder; again for more.")
]


@app.callback()
def _root() -> None:
    """Hold a judge against labelled conversations."""


@app.command()
def run(
    golden: Golden = None,
    judge: Annotated[str, typer.Option(help="auto, llm or embedded.")] = "auto",
    model: Annotated[str | None, typer.Option(help="Model of the endpoint [COACH_MODEL].")] = None,
    base_url: Annotated[str | None, typer.Option(help="Base URL of the endpoint [OPENAI_BASE_URL].")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Requests in flight at once.")] = None,
    format: Annotated[str, typer.Option(help="md (also to read) or json.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List every verdict that differs from its label.")] = False,
) -> None:
    """Grade labelled conversations and print the agreement with 95% intervals, beside judges that know nothing.

    Exit code: 0 fine; 2 broken input; 3 some conversations could not be graded.
    """
    from coach.cli.evaluating import evaluate
    from coach.errors import ConfigError
    from coach.evals.report import as_json, as_markdown

    if format not in ("md", "json"):
        raise ConfigError(f"--format {format!r}: choose md or json")
    report, differing = evaluate(golden or [Path("evals/golden")], judge, model, base_url, concurrency)
    text = json.dumps(as_json(report), ensure_ascii=False, indent=2) + "\n" if format == "json" else as_markdown(report)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
    if errors:
        for line in differing:
            typer.echo(line)
    raise typer.Exit(3 if report.failed else 0)
