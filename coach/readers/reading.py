"""Reads whatever the inputs are, one conversation at a time.

Promise: what comes out is a well-formed `Transcript` or a `BadRecord` that says what is wrong and where, never a traceback
and never a conversation without words; no two transcripts of a run share an id; memory does not grow with their number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from coach.errors import TranscriptError
from coach.language import can_tell_latin_languages, detect_language
from coach.readers.assembly import assemble
from coach.readers.conversation import BadRecord, Conversation, Place, Ready
from coach.readers.csv_table import unknown_columns
from coach.readers.encoding import as_utf8, guess_encoding, looks_like_json
from coach.readers.format import Format, JsonFormat, TableFormat, TextFormat
from coach.readers.json_input import MESSAGES, read_json
from coach.readers.messages import conversations_of
from coach.readers.mojibake import mend
from coach.readers.notices import Notices
from coach.readers.options import ReadOptions
from coach.readers.registry import FORMATS, find_format
from coach.readers.sources import Source, find_sources
from coach.readers.streams import Opened, open_source, read_document
from coach.transcript import Transcript

__all__ = ["Ids", "read", "read_unsettled", "settle"]

_NO_LANGUAGE = (
    "some conversations do not say their language and it could not be told from the text: name it with --language"
)
_NO_LIBRARY = "; to tell more languages apart, pip install 'coach[language]'"


def read(
    inputs: Sequence[str],
    options: ReadOptions | None = None,
    *,
    on_notice: Callable[[str], None] | None = None,
) -> Iterator[Transcript | BadRecord]:
    """The conversations of files, folders (recursive, sorted), globs and `-`, in that order, as they are read.

    `on_notice` is told what is worth knowing and no error (by default it is logged). Raises `TranscriptError` at once for
    an input that names nothing, and `ConfigError` for options that cannot work or a library that is not installed.
    Whatever is wrong inside an input is a `BadRecord`, and reading goes on.
    """
    options = options or ReadOptions()
    if options.format:
        find_format(options.format)
    return _read_all(find_sources(inputs), options, Notices(on_notice))


def _read_all(sources: Iterable[Source], options: ReadOptions, notices: Notices) -> Iterator[Transcript | BadRecord]:
    with closing(Ids()) as ids:
        for item in read_unsettled(sources, options, notices):
            yield item if isinstance(item, BadRecord) else settle(item, options, ids, notices)
    notices.close()


def read_unsettled(
    sources: Iterable[Source], options: ReadOptions, notices: Notices
) -> Iterator[Conversation | Ready | BadRecord]:
    """What the formats make of the sources, before roles, ids and limits are settled."""
    for source in sources:
        empty = True
        try:
            for item in _read_source(source, options, notices):
                empty = False
                yield item
            if empty:
                raise TranscriptError("there is no conversation in it", source=source.name)
        except TranscriptError as error:
            yield BadRecord(error)


def settle(item: Conversation | Ready, options: ReadOptions, ids: Ids, notices: Notices) -> Transcript | BadRecord:
    """The transcript of one conversation, with an id that the run has not used yet."""
    try:
        transcript = item.transcript if isinstance(item, Ready) else assemble(item, options)
        transcript = _overridden(transcript, options)
        ids.claim(transcript.id, item.place)
        where = item.place.source if item.place.line is None else f"{item.place.source}:{item.place.line}"
        transcript = mend(transcript, where, options.repair, notices)
    except TranscriptError as error:
        return BadRecord(error)
    if transcript.language is None and options.detect_language:
        language = detect_language(turn.text for turn in transcript.turns if not turn.is_event)
        if language is None:
            library = "" if can_tell_latin_languages() else _NO_LIBRARY
            notices.say("conversations without a language", _NO_LANGUAGE + library)
        transcript = transcript.model_copy(update={"language": language})
    return transcript


def _overridden(transcript: Transcript, options: ReadOptions) -> Transcript:
    given = {"language": options.language, "channel": options.channel, "agent": options.agent}
    given = {name: value for name, value in given.items() if value is not None}
    return transcript.model_copy(update=given) if given else transcript


def _read_source(source: Source, options: ReadOptions, notices: Notices) -> Iterator[Conversation | Ready | BadRecord]:
    with open_source(source) as raw:
        binary = next((item for item in FORMATS if _is_binary_table(item, raw, options)), None)
        opened = raw if binary else as_utf8(raw, options, notices)
        chosen = binary or _choose(opened, options)
        if isinstance(chosen, TableFormat):
            place = Place(source.name, source.default_id)
            yield from conversations_of(chosen.rows(opened, options), place, options, chosen.name)
        elif isinstance(chosen, TextFormat):
            text, place = _text(opened, notices), Place(source.name, source.default_id)
            yield from chosen.read(text, place, options)
        else:
            candidates = [item for item in FORMATS if isinstance(item, JsonFormat)]
            if options.format:
                candidates = [chosen] if isinstance(chosen, JsonFormat) else []
            yield from read_json(opened, candidates, options)


def _is_binary_table(item: Format, opened: Opened, options: ReadOptions) -> bool:
    if options.format and options.format != item.name:
        return False
    return isinstance(item, TableFormat) and item.binary and item.recognises(opened.head, options)


def _choose(opened: Opened, options: ReadOptions) -> Format | None:
    """The format of a text; None for JSON, whose documents are recognised one by one."""
    if options.format:
        return find_format(options.format)
    if looks_like_json(opened.head):
        return None
    text = opened.head.decode("utf-8", "replace")
    for item in FORMATS:
        if isinstance(item, TableFormat) and not item.binary and item.recognises(opened.head, options):
            return item
        if isinstance(item, TextFormat) and item.recognises(text):
            return item
    columns = unknown_columns(text)
    if columns:
        message = f"it looks like a table, and which of its columns is what is not known: {', '.join(columns)}"
        absent = [name for name in options.columns.values() if name not in columns]
        if absent:
            message = f"there is no column {absent[0]!r}; there are {', '.join(columns)}"
        hint = (
            "name them: --columns speaker=COLUMN,text=COLUMN, and where there are id=COLUMN, start=COLUMN, end=COLUMN"
        )
        raise TranscriptError(message, source=opened.source.name, line=1, hint=hint)
    names = ", ".join(item.name for item in FORMATS)
    raise TranscriptError(
        "the content is of no known format: no JSON, no table with columns for speaker and text, no line that begins with "
        "a speaker",
        source=opened.source.name,
        hint=f"name the columns with --columns or the format with --input-format ({names}, {MESSAGES})",
    )


def _text(opened: Opened, notices: Notices) -> str:
    data = read_document(opened)
    try:
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        name = opened.source.name
        encoding = guess_encoding(data, name)
        notices.say(
            "guessed encoding", f"{name}: the text is not UTF-8; read as {encoding} (if that is wrong, --encoding)"
        )
        return data.decode(encoding, "replace")


class Ids:
    """Which ids a run has used, and where. Kept in a temporary database, because there may be millions."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("create table used (id text primary key, source text, line integer) without rowid")
        self._database.execute("begin")

    def claim(self, name: str, place: Place) -> None:
        """Take the id. Raises `TranscriptError` naming where it was used before."""
        try:
            self._database.execute("insert into used values (?, ?, ?)", (name, place.source, place.line))
        except sqlite3.IntegrityError:
            source, line = self._database.execute("select source, line from used where id = ?", (name,)).fetchone()
            where = source if line is None else f"{source}:{line}"
            raise place.error(
                f"id {name!r} was already used at {where}", hint="give every conversation its own id"
            ) from None

    def close(self) -> None:
        """Let go of the temporary database."""
        self._database.close()
