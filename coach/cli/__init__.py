"""The command line: one file per command family, each thin (parse, call, print).

Promise: whatever goes wrong on purpose is one line on standard error and the exit code of DESIGN's table; a traceback is
a bug. Command modules import nothing heavy at module level, so that `coach --help` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys

import typer

from coach.errors import CoachError

__all__ = ["app", "main"]

app = typer.Typer(
    name="coach",
    help="Audit customer-service conversations against a written service manual, and coach the agents who held them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from coach import __version__

        typer.echo(f"coach {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and leave."
    ),
) -> None:
    """Audit customer-service conversations against a written service manual, and coach the agents who held them."""


def _register() -> None:
    from coach.cli.audit import audit
    from coach.cli.coaching import coaching
    from coach.cli.convert import convert
    from coach.cli.derive import derive
    from coach.cli.doctor import doctor
    from coach.cli.eval import app as eval_app
    from coach.cli.inspect import inspect
    from coach.cli.kpi import kpi
    from coach.cli.monthly import monthly
    from coach.cli.practice import practice
    from coach.cli.redact import redact
    from coach.cli.report import report
    from coach.cli.rewrite import rewrite
    from coach.cli.rubric import app as rubric
    from coach.cli.store import scorecards, search
    from coach.cli.train import app as train_app

    app.command()(audit)
    app.command()(rewrite)
    app.command()(coaching)
    app.command()(practice)
    for command in (inspect, convert, redact, doctor, search, scorecards, kpi, report, monthly):
        app.command()(command)
    rubric.command()(derive)
    app.add_typer(rubric, name="rubric")
    app.add_typer(eval_app, name="eval")
    app.add_typer(train_app, name="train")


_register()


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(
        50_000, 20, 20
    )  # rubrics are many small objects that stay: fewer collections, a twentieth of the start
    try:
        app()
    except CoachError as error:
        print(f"coach: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("coach: interrupted; what was graded is kept in the database, if one was named", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe has left (`coach audit ... | head`): nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
