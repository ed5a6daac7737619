"""`coach convert`: write any input as native JSON Lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from coach.readers.options import ReadOptions
    from coach.transcript import Channel

__all__ = ["convert"]


def convert(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs, or - for stdin.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="JSON Lines file to write.")],
    roles: Annotated[str | None, typer.Option(help="Who is who: A=agent,B=customer, or a file of such lines.")] = None,
    columns: Annotated[str | None, typer.Option(help="CSV, XLSX: text=Message,speaker=Who,...")] = None,
    input_format: Annotated[str | None, typer.Option(help="Format of the input, instead of detection.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the conversations.")] = None,
    channel: Annotated[str | None, typer.Option(help="phone, phone-outbound, chat or in-person.")] = None,
    agent: Annotated[str | None, typer.Option(help="Agent of all the conversations.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the text, instead of detection.")] = None,
    merge: Annotated[
        bool | None,
        typer.Option("--merge-fragments/--keep-fragments", help="Join what one speaker says without a break."),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Undo text that was decoded wrongly.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the output.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="One unreadable conversation stops everything.")] = False,
) -> None:
    """Write conversations of any format as native JSON Lines, one a line.

    The output appears when all is written, or not at all. Exit code: 0 fine; 2 wrong use or nothing readable, nothing
    written; 3 some conversations could not be read (they are listed, the rest is written).
    """
    from coach.errors import ConfigError
    from coach.readers import ReadOptions, parse_columns, parse_roles

    if output.exists() and not force:
        raise ConfigError(f"{output} exists already: overwrite it with --force, or name another file")
    options = ReadOptions(
        roles=parse_roles(roles),
        columns=parse_columns(columns),
        format=input_format,
        language=language,
        channel=cast("Channel | None", channel),
        agent=agent,
        merge_fragments=merge,
        encoding=encoding,
        repair=repair,
    )
    written, bad = _write(inputs, options, output, strict)
    if not written:
        raise typer.Exit(2)
    typer.echo(
        f"{written:,} conversations written to {output}" + (f", {bad:,} could not be read" if bad else ""), err=True
    )
    if bad:
        raise typer.Exit(3)


def _write(inputs: list[str], options: ReadOptions, output: Path, strict: bool) -> tuple[int, int]:
    """Write to a temporary file beside the output, which takes its place at the end. Gives counts: written, unreadable."""
    import os
    import tempfile

    from coach.errors import ConfigError
    from coach.readers import BadRecord, read

    items = read(inputs, options, on_notice=lambda notice: typer.echo(f"note: {notice}", err=True))
    written = bad = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    except OSError as error:
        raise ConfigError(f"cannot write to {output.parent}: {error.strerror}") from None
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for item in items:
                if isinstance(item, BadRecord):
                    if strict:
                        raise item.error
                    bad += 1
                    typer.echo(f"coach: {item.error}", err=True)
                else:
                    file.write(item.model_dump_json(exclude_defaults=True) + "\n")
                    written += 1
        if written:
            _publish(temporary, output)
    finally:
        temporary.unlink(missing_ok=True)
    return written, bad


def _publish(temporary: Path, output: Path) -> None:
    """Put the finished file in place, readable for whom a new file would be (a temporary one is private)."""
    import os

    umask = os.umask(0)
    os.umask(umask)
    temporary.chmod(output.stat().st_mode & 0o777 if output.exists() else 0o666 & ~umask)
    temporary.replace(output)
