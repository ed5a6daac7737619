"""`coach eval ...`: hold a judge against labelled conversations, and notice when it grades differently from before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="Hold a judge against labelled conversations.", no_args_is_help=True)

Golden = Annotated[
    list[Path] | None, typer.Option("--golden", help="Labelled cases: a file or folder; again for more.")
]
JudgeName = Annotated[str, typer.Option("--judge", help="auto, llm or embedded.")]
Model = Annotated[str | None, typer.Option("--model", help="Model of the endpoint [COACH_MODEL].")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Base URL of the endpoint [OPENAI_BASE_URL].")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", help="Requests in flight at once.")]
Record = Annotated[Path | None, typer.Option("--record", help="Keep the endpoint's answers in this folder.")]
Replay = Annotated[Path | None, typer.Option("--replay", help="Take the answers from this folder, without a network.")]
Format = Annotated[str, typer.Option("--format", help="table, md, json or junit.")]
OutputFile = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")]

_GOLDEN = Path("evals/golden")
_INJECTIONS = Path("evals/adversarial/injections.jsonl")


@app.callback()
def _root() -> None:
    """Hold a judge against labelled conversations."""


@app.command()
def run(
    golden: Golden = None,
    judge: JudgeName = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    record: Record = None,
    replay: Replay = None,
    format: Format = "table",
    output: OutputFile = None,
    by: Annotated[str | None, typer.Option(help="criterion: add a table of criteria.")] = None,
    rows: Annotated[Path | None, typer.Option(help="Write every label and verdict to this file (JSON Lines).")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List every verdict that differs from its label.")] = False,
) -> None:
    """Grade labelled conversations and print the agreement with 95% intervals, beside judges that know nothing.

    Exit code: 0 fine; 2 broken input; 3 the judge could not be reached or failed on some conversations.
    """
    from coach.cli.evaluating import JudgeFlags, Output, need_libraries

    need_libraries()
    from coach.cli import guarding

    flags = JudgeFlags(judge, model, base_url, concurrency, record, replay)
    code = guarding.run(golden or [_GOLDEN], flags, Output(format, output), by=by, rows=rows, errors=errors)
    raise typer.Exit(code)


@app.command()
def baseline(
    output: Annotated[Path, typer.Option("--output", "-o", help="The baseline's file, to be committed.")],
    golden: Golden = None,
    judge: JudgeName = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    record: Record = None,
    replay: Replay = None,
    runs: Annotated[
        int, typer.Option(min=1, max=25, help="Grade so often: with a judge that varies, smaller shifts are found.")
    ] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Freeze what a judge says of the labelled conversations, for `coach eval compare`.

    Exit code: 0 written; 2 broken input, or the file is there already; 3 the judge could not be reached or failed.
    """
    from coach.cli.evaluating import JudgeFlags, need_libraries

    need_libraries()
    from coach.cli import guarding

    flags = JudgeFlags(judge, model, base_url, concurrency, record, replay)
    raise typer.Exit(guarding.freeze(golden or [_GOLDEN], flags, output, runs=runs, force=force))


@app.command()
def compare(
    baseline: Annotated[Path | None, typer.Argument(help="A baseline's file.")] = None,
    judges: Annotated[
        str | None, typer.Option(help="Instead: two judges, each embedded, llm, llm:MODEL or replay:FOLDER.")
    ] = None,
    golden: Golden = None,
    judge: JudgeName = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    record: Record = None,
    replay: Replay = None,
    format: Format = "table",
    output: OutputFile = None,
) -> None:
    """Grade again and test the verdicts against a baseline, or two judges against each other.

    Exit code: 0 fine; 1 drift or regression; 2 broken input; 3 the judge could not be reached or failed.
    """
    from coach.cli.evaluating import JudgeFlags, Output, need_libraries
    from coach.errors import ConfigError

    need_libraries()
    from coach.cli import guarding

    flags = JudgeFlags(judge, model, base_url, concurrency, record, replay)
    if (baseline is None) == (judges is None):
        raise ConfigError("name a baseline's file, or two judges with --judges")
    if baseline is not None:
        raise typer.Exit(guarding.compare(baseline, golden or [_GOLDEN], flags, Output(format, output)))
    assert judges is not None
    raise typer.Exit(guarding.compare_judges(judges, golden or [_GOLDEN], flags, Output(format, output)))


@app.command()
def qualify(
    golden: Golden = None,
    judge: JudgeName = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    record: Record = None,
    replay: Replay = None,
    group_size: Annotated[
        int | None, typer.Option(min=1, help="Criteria per request, as coach audit will ask.")
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, max=25, help="Ask so often, as coach audit will.")] = None,
    redact: Annotated[
        bool | None,
        typer.Option("--redact/--no-redact", help="Mask personal data in what is sent, as coach audit will."),
    ] = None,
    format: Format = "table",
    output: OutputFile = None,
    conversations: Annotated[int, typer.Option(min=3, help="How many labelled conversations to grade.")] = 20,
    rubric: Annotated[list[str] | None, typer.Option(help="Only those of this manual; again for more.")] = None,
    min_f1: Annotated[float, typer.Option(min=0, max=1, help="F1 of violations that a judge must reach.")] = 0.6,
    db: Annotated[Path | None, typer.Option(help="Keep the outcome in this SQLite file [COACH_DB].")] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write the outcome of the embedded judge to the file that travels with coach.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing: say what it would take.")] = False,
) -> None:
    """Put a judge to the test before relying on it, and keep how it did: audits, reports and doctor then say so.

    Exit code: 0 qualified; 1 not qualified; 2 broken input; 3 the judge could not be reached or failed.
    """
    from coach.cli.evaluating import JudgeFlags, Output, need_libraries

    need_libraries()
    from coach.cli import trials

    flags = JudgeFlags(judge, model, base_url, concurrency, record, replay, group_size, samples, redact)
    code = trials.qualify(
        golden or [],
        flags,
        Output(format, output),
        number=conversations,
        rubrics=rubric or [],
        floor_f1=min_f1,
        db=db,
        export=export,
        dry_run=dry_run,
    )
    raise typer.Exit(code)


@app.command()
def robustness(
    golden: Golden = None,
    judge: JudgeName = "auto",
    model: Model = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    record: Record = None,
    replay: Replay = None,
    format: Format = "table",
    output: OutputFile = None,
    only: Annotated[str | None, typer.Option(help="Some of the perturbations, with commas, or injections.")] = None,
    injections: Annotated[Path | None, typer.Option(help="Attacks, one a line.")] = None,
    each: Annotated[int, typer.Option(min=1, help="Conversations that each attack is planted into.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, help="Take only so many of the conversations.")] = None,
    examples: Annotated[int, typer.Option(min=0, help="Flips to list.")] = 20,
) -> None:
    """Grade conversations changed in ways that must not matter, and print how often verdicts flip, with intervals.

    Exit code: 0 measured; 2 broken input; 3 the judge could not be reached or failed on some conversations.
    """
    from coach.cli.evaluating import JudgeFlags, Output, need_libraries

    need_libraries()
    from coach.cli import trials

    if injections is None and _INJECTIONS.is_file():
        injections = _INJECTIONS
    code = trials.try_robustness(
        golden or [_GOLDEN / "dev"],
        JudgeFlags(judge, model, base_url, concurrency, record, replay),
        Output(format, output),
        only=only,
        injections=injections,
        each=each,
        limit=limit,
        examples=examples,
    )
    raise typer.Exit(code)


@app.command()
def add(
    output: Annotated[Path, typer.Option("--output", "-o", help="File of labelled cases to append to.")],
    audits: Annotated[Path | None, typer.Argument(help="Audits by coach audit --format jsonl.")] = None,
    transcript: Annotated[
        list[str] | None, typer.Option(help="Where the conversations are: file, folder or glob; again for more.")
    ] = None,
    db: Annotated[Path | None, typer.Option(help="Instead: a database of coach audit --db.")] = None,
    conversation: Annotated[list[str] | None, typer.Option(help="Only this one (its id); again for more.")] = None,
    rubric: Annotated[str | None, typer.Option(help="The rubric's file, where it is not one of coach's.")] = None,
) -> None:
    """Make labelled cases of real audits: the judge's verdicts as proposals that a person has to confirm one by one.

    Exit code: 0 written; 2 broken input.
    """
    from coach.cli.evaluating import need_libraries

    need_libraries()
    from coach.cli import trials

    source = trials.StubSource(audits, tuple(transcript or ()), db, tuple(conversation or ()))
    raise typer.Exit(trials.add(source, output, rubric=rubric))


@app.command()
def agreement(
    first: Annotated[Path, typer.Argument(help="Labelled cases: a file or folder.")],
    second: Annotated[Path, typer.Argument(help="Labels of the same by another person: id, scenarios, labels a line.")],
    format: Format = "table",
    output: OutputFile = None,
    disagreements: Annotated[
        Path | None, typer.Option(help="Write each difference to this file, to be decided (JSON Lines).")
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option(help="The conversations, where the first pass holds labels only; may be repeated."),
    ] = None,
) -> None:
    """How far do two people agree who labelled the same conversations? Figures with 95% intervals, by manual.

    Exit code: 0 compared; 2 broken input.
    """
    from coach.cli.evaluating import Output, need_libraries

    need_libraries()
    from coach.cli import labelling

    found = labelling.compare_passes(
        first, second, Output(format, output), disagreements=disagreements, conversations=cases
    )
    raise typer.Exit(found)
