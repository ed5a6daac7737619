"""`coach redact`: exactly what would be sent to an endpoint, with personal data masked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    from coach.privacy import Redaction
    from coach.readers.options import ReadOptions

__all__ = ["redact"]

_LISTED_VALUES = 20


def redact(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, globs, or - for stdin.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    report: Annotated[bool, typer.Option("--report", help="List what is masked, by kind, instead.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many conversations.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="One unreadable conversation stops everything.")] = False,
    roles: Annotated[str | None, typer.Option(help="Who is who: A=agent,B=customer, or a file of such lines.")] = None,
    columns: Annotated[str | None, typer.Option(help="CSV, XLSX: text=Message,speaker=Who,...")] = None,
    input_format: Annotated[str | None, typer.Option(help="Format of the input, instead of detection.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the conversations.")] = None,
    channel: Annotated[str | None, typer.Option(help="phone, phone-outbound, chat or in-person.")] = None,
    agent: Annotated[str | None, typer.Option(help="Agent of all the conversations.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of the input, instead of detection.")] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Undo text that was decoded wrongly; the original is kept.")
    ] = False,
    merge_fragments: Annotated[
        bool | None,
        typer.Option(
            "--merge-fragments/--keep-fragments", help="Join what one speaker says without a break into a turn."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes on standard error.")] = False,
) -> None:
    """Show what would be sent to an endpoint: native JSON Lines with personal data masked. Nothing is sent.

    Exit code: 0 fine; 2 wrong use or nothing readable, nothing written; 3 some conversations could not be read (they are
    listed, the rest is written).
    """
    from coach.cli.auditing import InputFlags
    from coach.errors import TranscriptError
    from coach.reports.formats.destination import destination_stream

    flags = InputFlags(roles, columns, input_format, language, channel, agent, encoding, repair, merge_fragments)
    bad: list[str] = []
    redactions = _redactions(inputs, flags.read_options(), limit, bad, strict=strict, quiet=quiet)
    first = next(redactions, None)
    if first is None:
        raise TranscriptError(bad[0] if bad else f"there is no conversation in {', '.join(inputs)}")
    with destination_stream(output) as stream:
        (_write_report if report else _write)(stream, first, redactions)
    for problem in bad:
        typer.echo(f"coach: not read: {problem}", err=True)
    if bad:
        raise typer.Exit(3)


def _redactions(
    inputs: list[str], options: ReadOptions, limit: int | None, bad: list[str], *, strict: bool, quiet: bool
) -> Iterator[Redaction]:
    """The conversations, masked; what cannot be read is noted in `bad`."""
    from itertools import islice

    from coach.privacy import PersonalDataRedactor
    from coach.readers import BadRecord, read

    redactor = PersonalDataRedactor()
    for item in islice(read(inputs, options, on_notice=lambda notice: _note(notice, quiet=quiet)), limit):
        if not isinstance(item, BadRecord):
            yield redactor.redact(item)
        elif strict:
            raise item.error
        else:
            bad.append(str(item.error))


def _write(stream: IO[Any], first: Redaction, rest: Iterator[Redaction]) -> None:
    stream.write(first.transcript.model_dump_json(exclude_defaults=True) + "\n")
    for redaction in rest:
        stream.write(redaction.transcript.model_dump_json(exclude_defaults=True) + "\n")


def _write_report(stream: IO[Any], first: Redaction, rest: Iterator[Redaction]) -> None:
    """Each kind with its number of places, then the words masked, the most frequent first."""
    from collections import Counter
    from itertools import chain

    words: dict[str, Counter[str]] = {}
    conversations = 0
    for redaction in chain((first,), rest):
        conversations += 1
        for kind, original in redaction.masked():
            words.setdefault(kind, Counter())[original] += 1
    places = sum(counter.total() for counter in words.values())
    stream.write(f"conversations: {conversations:,}\nmasked: {places:,} {'place' if places == 1 else 'places'}\n")
    for name, counter in sorted(words.items()):
        stream.write(f"{name}: {counter.total():,}\n")
        for original, count in counter.most_common(_LISTED_VALUES):
            stream.write(f"  {original}{f' ({count:,})' if count > 1 else ''}\n")
        if len(counter) > _LISTED_VALUES:
            stream.write(f"  and {len(counter) - _LISTED_VALUES:,} more\n")


def _note(message: str, *, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"note: {message}", err=True)
