"""`coach inspect`: what is in a file, and how to audit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections import Counter

    from coach.readers.options import ReadOptions
    from coach.readers.survey import Survey

__all__ = ["inspect"]

_LINE_WIDTH = 100


def inspect(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs, or - for stdin.")],
    roles: Annotated[str | None, typer.Option(help="Who is who: A=agent,B=customer, or a file of such lines.")] = None,
    columns: Annotated[str | None, typer.Option(help="CSV, XLSX: text=Message,speaker=Who,...")] = None,
    input_format: Annotated[str | None, typer.Option(help="Format of the input, instead of detection.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the text, instead of detection.")] = None,
) -> None:
    """Say what an input holds (format, speakers with sample lines, languages, times, problems) and how to audit it.

    Exit code: 0 fine; 2 nothing could be read; 3 some conversations could not be read.
    """
    from coach.readers import ReadOptions, parse_columns, parse_roles
    from coach.readers.survey import survey

    options = ReadOptions(
        roles=parse_roles(roles), columns=parse_columns(columns), format=input_format, encoding=encoding
    )
    found = survey(inputs, options)
    for line in _report(found):
        typer.echo(line)
    if found.conversations:
        flags = {"--roles": roles, "--columns": columns, "--input-format": input_format, "--encoding": encoding}
        typer.echo(_command(found, inputs, options, flags))
    if found.unreadable:
        raise typer.Exit(3 if found.conversations else 2)


def _report(found: Survey) -> list[str]:
    lines = [f"conversations: {found.conversations:,}"]
    for title, counted in (
        ("format", found.formats),
        ("language", found.languages),
        ("channel", found.channels),
        ("times", found.times),
    ):
        if counted:
            lines.append(f"{title}: {_counts(counted)}")
    if found.speakers:
        lines.append("speakers:")
    for seen in found.speakers.values():
        role = seen.role or "role not known"
        lines.append(f"  {seen.label or '(no name)'} ({role}, {seen.turns:,} {'turn' if seen.turns == 1 else 'turns'})")
        lines += [f"    {_shortened(sample)}" for sample in seen.samples]
    lines += [f"note: {notice}" for notice in found.notices]
    if found.unreadable:
        lines.append(f"problems: {found.unreadable:,}")
        lines += [f"  {problem}" for problem in found.problems]
        if found.unreadable > len(found.problems):
            lines.append(f"  and {found.unreadable - len(found.problems):,} more")
    return lines


def _counts(counted: Counter[str]) -> str:
    if len(counted) == 1:
        return next(iter(counted))
    return ", ".join(f"{name} ({count:,})" for name, count in counted.most_common())


def _shortened(text: str) -> str:
    return text if len(text) <= _LINE_WIDTH else f"{text[: _LINE_WIDTH - 1]}…"


def _command(found: Survey, inputs: list[str], options: ReadOptions, flags: dict[str, str | None]) -> str:
    """The command to run. Where a role is missing it holds ROLE, and a line that says what to put there."""
    import shlex

    unknown = found.unknown
    if unknown:
        pairs = [f"{label}={role}" for label, role in options.roles.items()] + [f"{label}=ROLE" for label in unknown]
        flags = {**flags, "--roles": ",".join(pairs)}
    words = ["coach", "audit", *inputs]
    for flag, value in flags.items():
        if value is not None:
            words += [flag, value]
    command = shlex.join(words)
    if not unknown:
        return f"to audit: {command}"
    return f"to audit, put agent, customer, bot or skip for each ROLE: {command}"
