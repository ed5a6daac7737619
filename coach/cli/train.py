"""`coach train`: make what the embedded judge has learned from exemplars and labelled conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Train what the embedded judge has learned (needs the extra `train`).", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Train what the embedded judge has learned (needs the extra `train`)."""


@app.command()
def acts(
    exemplars: Annotated[Path, typer.Option(help="Folder with acts.yaml and a folder per language.")] = Path(
        "evals/exemplars"
    ),
    language: Annotated[list[str] | None, typer.Option(help="Only these languages; default: all there are.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder to write to; default: the package itself.")] = None,
    mark: Annotated[
        bool, typer.Option("--mark", help="Ask the patterns of today anew what they find in the sentences.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 where the files differ.")] = False,
) -> None:
    """Train on the exemplars and write the weights; print precision and recall per act on groups not trained on."""
    from coach.training.command import train_acts

    if train_acts(exemplars, language or [], output, mark, check, typer.echo):
        raise typer.Exit(1)


@app.command()
def rules(
    exemplars: Annotated[
        Path, typer.Option(help="Folder with a folder per rubric: turns.jsonl, dialogues.jsonl, moments.jsonl.")
    ] = Path("evals/exemplars/rules"),
    rubric: Annotated[list[str] | None, typer.Option(help="Only these rubrics; default: all there are.")] = None,
    golden: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled conversations, of which those in moments.jsonl are used; default: evals/golden/dev."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder to write to; default: the package itself.")] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Hold out every turn once and print how well it is told.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 where the files differ.")] = False,
) -> None:
    """Learn what a rubric's own situations, breaches and good answers sound like, and write the weights."""
    from coach.training.command import all_golden, train_rubrics

    if train_rubrics(exemplars, rubric or [], golden or all_golden(), output, check, measure, typer.echo):
        raise typer.Exit(1)


@app.command()
def calibration(
    golden: Annotated[list[Path], typer.Argument(help="Labelled conversations that the checks were not tuned on.")],
    exemplars: Annotated[Path, typer.Option(help="Folder that the rules were learned from, as for `rules`.")] = Path(
        "evals/exemplars/rules"
    ),
    output: Annotated[Path | None, typer.Option(help="File to write to; default: in the package itself.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 where the file differs.")] = False,
) -> None:
    """Learn what the confidence of a finding means; print how often findings were right, by predicted confidence."""
    from coach.training.command import train_calibration

    if train_calibration(golden, exemplars, output, check, typer.echo):
        raise typer.Exit(1)
