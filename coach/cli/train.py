"""`coach train acts`: make the weights of the embedded judge's recogniser from its exemplars."""

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
def calibration(
    golden: Annotated[list[Path], typer.Argument(help="Labelled conversations that the checks were not tuned on.")],
    output: Annotated[Path | None, typer.Option(help="File to write to; default: in the package itself.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 where the file differs.")] = False,
) -> None:
    """Learn what the confidence of a finding means; print how often findings were right, by predicted confidence."""
    from coach.training.command import train_calibration

    if train_calibration(golden, output, check, typer.echo):
        raise typer.Exit(1)
