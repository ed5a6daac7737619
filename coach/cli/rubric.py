"""`coach rubric ...`: what rubrics there are, what they ask, whether they are sound and cover their manual."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coach.rubric_coverage import Coverage

__all__ = ["app"]

app = typer.Typer(help="Look at rubrics: list, show, check, coverage, schema.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Names or files; all that come with coach if none is given.")]


class ShowFormat(StrEnum):
    """How `coach rubric show` prints."""

    md = "md"
    json = "json"


@app.command("list")
def list_rubrics(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the rubrics that come with coach."""
    from coach.rubric import in_language
    from coach.rubric_file import load_rubric, rubric_names

    rubrics = [load_rubric(name) for name in rubric_names()]
    if as_json:
        rows = [
            {
                "id": rubric.id,
                "title": in_language(rubric.title, "en"),
                "version": rubric.version,
                "language": rubric.language,
                "channels": rubric.channels,
                "scenarios": len(rubric.scenarios),
                "criteria": len(rubric.criteria),
                "assessable": len(rubric.assessable),
            }
            for rubric in rubrics
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for rubric in rubrics:
        about = (
            f"{len(rubric.criteria)} criteria ({len(rubric.assessable)} assessable), {len(rubric.scenarios)} scenarios"
        )
        typer.echo(f"{rubric.id:<18} {rubric.version}  {rubric.language}  {', '.join(rubric.channels)}")
        typer.echo(f"{'':<18} {in_language(rubric.title, 'en')}: {about}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name or file of a rubric.")],
    criterion: Annotated[str | None, typer.Argument(help="Only this criterion, such as 33a.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the texts: en, zh, es.")] = None,
    format: Annotated[ShowFormat, typer.Option(help="md to read, json for programs.")] = ShowFormat.md,
) -> None:
    """Print a rubric, or one criterion of it, as a person would read it."""
    from coach.errors import RubricError
    from coach.reports.rubric_page import criterion_markdown, rubric_markdown
    from coach.rubric_file import load_rubric

    rubric = load_rubric(name)
    if criterion is None:
        text = rubric_markdown(rubric, lang) if format is ShowFormat.md else rubric.model_dump_json(indent=2)
        typer.echo(text, nl=format is ShowFormat.json)
        return
    found = rubric.by_id.get(criterion) or rubric.by_id.get(f"{rubric.id}:{criterion}")
    if found is None:
        raise RubricError(f"rubric {rubric.id} has no criterion {criterion!r}", hint=f"see coach rubric show {name}")
    text = criterion_markdown(found, lang) if format is ShowFormat.md else found.model_dump_json(indent=2)
    typer.echo(text, nl=format is ShowFormat.json)


@app.command()
def check(
    names: Names = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find what makes a rubric's grading unstable; exit code 1 if there is anything."""
    from coach.rubric_check import check as find_remarks
    from coach.rubric_file import load_rubric, rubric_names

    rubrics = [load_rubric(name) for name in names or rubric_names()]
    remarks = [(rubric, remark) for rubric in rubrics for remark in find_remarks(rubric)]
    if as_json:
        rows = [{"rubric": r.id, "place": m.place, "kind": m.kind, "message": m.message} for r, m in remarks]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for rubric, remark in remarks:
            typer.echo(f"{rubric.id}: {remark.place}: {remark.message} [{remark.kind}]")
        typer.echo(f"{len(remarks)} findings in {', '.join(rubric.id for rubric in rubrics)}")
    if remarks:
        raise typer.Exit(1)


@app.command()
def coverage(
    names: Names = None,
    catalogue: Annotated[Path | None, typer.Option(help="Clause catalogue (JSON Lines); for one rubric.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[str | None, typer.Option(help="Language of the texts: en, zh, es.")] = None,
) -> None:
    """Say which clauses of the manual are covered, marked as not assessable (and why), or missing; exit code 1 if any is missing."""
    from coach.errors import ConfigError
    from coach.rubric_coverage import coverage as cover
    from coach.rubric_coverage import own_catalogue, read_catalogue
    from coach.rubric_file import load_rubric, rubric_names

    rubrics = [load_rubric(name) for name in names or ([] if catalogue else rubric_names())]
    if catalogue is not None and not rubrics:
        clauses = read_catalogue(catalogue)
        rubrics = [load_rubric(clauses[0].clause.split(":")[0])]
    if catalogue is not None and len(rubrics) > 1:
        raise ConfigError("--catalogue goes with one rubric")
    results: list[Coverage] = []
    for rubric in rubrics:
        path = catalogue or own_catalogue(rubric)
        if path is None:
            raise ConfigError(f"rubric {rubric.id} does not come with a catalogue: name one with --catalogue FILE")
        results.append(cover(rubric, read_catalogue(path), lang))
    if as_json:
        dumped = [result.model_dump() for result in results]
        typer.echo(json.dumps(dumped[0] if len(dumped) == 1 else dumped, ensure_ascii=False, indent=2))
    else:
        for result in results:
            _print_coverage(result, details=len(results) == 1)
    if not all(result.complete for result in results):
        raise typer.Exit(1)


def _print_coverage(result: Coverage, *, details: bool) -> None:
    typer.echo(
        f"{result.rubric}: {result.clauses} clauses: {len(result.covered)} covered, "
        f"{len(result.marked)} marked not assessable from a transcript, {len(result.missing)} missing"
        + (f", {len(result.invented)} invented" if result.invented else "")
    )
    if details:
        typer.echo("covered: " + " ".join(clause.split(":", 1)[-1] for clause in result.covered))
        for marked in result.marked:
            typer.echo(f"not assessable ({marked.assess}): {marked.clause}  {marked.title}; needs: {marked.needs}")
    for missing in result.missing:
        typer.echo(f"missing: {missing.clause}  {missing.title} ({missing.assessable})")
    for name in result.invented:
        typer.echo(f"invented: {name} is in no clause of the catalogue")
    for line in result.differing:
        typer.echo(f"differs: {line}")


@app.command()
def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
) -> None:
    """Print the JSON Schema of a rubric file, for editors that complete and check YAML."""
    from coach.rubric_schema import rubric_schema

    text = json.dumps(rubric_schema(), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
