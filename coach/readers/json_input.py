"""JSON in its three shapes (one document, a list of them, one on each line), handed to the format that knows it.

Promise: JSON Lines are read a line at a time, and one bad line costs one conversation. Every error has file and line, a
syntax error its column too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NoReturn

from coach.errors import TranscriptError
from coach.readers.conversation import BadRecord, Conversation, Place, Ready
from coach.readers.format import JsonFormat, Row
from coach.readers.messages import conversations_of, json_columns
from coach.readers.options import ReadOptions
from coach.readers.streams import Opened, numbered_lines, read_document

__all__ = ["MESSAGES", "parse_json", "read_json"]

MESSAGES = "messages"
"""Name of the format of JSON with one message a line or list element."""

_TRIES = 20
"""So many lines that no format knows, before the first that one does, and the file is given up."""

Item = Conversation | Ready | BadRecord


def read_json(opened: Opened, formats: Iterable[JsonFormat], options: ReadOptions) -> Iterator[Item]:
    """The conversations of an open source. `formats` are those to choose from, in the order in which they are asked."""
    formats = tuple(formats)
    place = Place(opened.source.name, opened.source.default_id)
    if _is_json_lines(opened.head):
        yield from _read_lines(opened, formats, place, options)
        return
    document = parse_json(read_document(opened), place.at(1))
    if document == []:
        raise place.error("the list is empty: there is no conversation in it", line=1)
    found = _find(document, formats)
    forced = formats[0] if len(formats) == 1 else None
    if found is None and isinstance(document, list) and document:
        yield from _read_list(document, formats, place, options)
    elif found or (forced and isinstance(document, dict)):
        yield from _guarded(found or forced, document, place.at(1), options)
    else:
        raise _unknown(document, formats, place.at(1))


def parse_json(data: bytes, place: Place) -> Any:
    """The value of a line or document that must be UTF-8. Raises `TranscriptError` with line and column."""
    line = place.line or 1
    try:
        text = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        number = line + data.count(b"\n", 0, error.start)
        hint = "JSON is UTF-8; for another encoding name it with --encoding"
        raise place.error(f"not valid UTF-8 (byte {data[error.start]:#04x})", line=number, hint=hint) from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        reason = error.msg.removesuffix(" starting at").removesuffix(" at")
        message = f"not valid JSON at column {error.colno}: {reason[0].lower()}{reason[1:]}"
        hint = "the text is cut off" if cut else ""
        raise place.error(message, line=line + error.lineno - 1, hint=hint) from None
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else _reason(error)
        raise place.error(f"not valid JSON: {reason}") from None
    return value


def _reason(error: ValueError) -> str:
    return "half of a surrogate pair" if isinstance(error, UnicodeEncodeError) else str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _is_json_lines(head: bytes) -> bool:
    """True where each line stands for itself. A line that is cut off still counts if the next begins an object: inside a
    single document no object can begin directly after the beginning of another."""
    first, _, rest = head.lstrip().partition(b"\n")
    if not first.startswith(b"{"):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return rest.lstrip(b"\r\n").startswith(b'{"') if rest else len(first) == len(head.lstrip())
    return True


def _read_lines(opened: Opened, formats: tuple[JsonFormat, ...], place: Place, options: ReadOptions) -> Iterator[Item]:
    current: JsonFormat | None = formats[0] if len(formats) == 1 else None
    unknown: list[TranscriptError] = []
    lines = numbered_lines(opened.stream, place.source)
    for number, line in lines:
        here = Place(place.source, place.default_id if number == 1 else f"{place.default_id}#{number}", number)
        try:
            if isinstance(line, TranscriptError):
                raise line
            document = parse_json(line, here)
            if not isinstance(document, dict):
                raise here.error(f"the line is {_kind(document)}, not an object")
            found = _find(document, formats)
        except TranscriptError as error:
            yield BadRecord(error)
            continue
        if found is None and current is None and json_columns(document, options):
            rows = chain([Row(number, document)], _rows(lines, place))
            yield from conversations_of(rows, place, options, MESSAGES)
            break
        current = found or current
        if current is None:
            unknown.append(_unknown(document, formats, here))
            if len(unknown) == _TRIES:
                yield BadRecord(_none_known(unknown, "; the rest is not read"))
                return
            continue
        yield from map(BadRecord, unknown)
        unknown.clear()
        yield from _guarded(current, document, here, options)
    if unknown:
        yield BadRecord(_none_known(unknown))


def _none_known(unknown: list[TranscriptError], then: str = "") -> TranscriptError:
    """One error for lines that no format knows, so that a file which holds something else is reported once."""
    first = unknown[0]
    if len(unknown) == 1:
        return first
    message = f"{first.message}; the {len(unknown) - 1} lines after it are of no known format either{then}"
    return TranscriptError(message, source=first.source, line=first.line, hint=first.hint)


def _rows(lines: Iterable[tuple[int, bytes | TranscriptError]], place: Place) -> Iterator[Row | BadRecord]:
    for number, line in lines:
        try:
            if isinstance(line, TranscriptError):
                raise line
            yield _row(number, parse_json(line, place.at(number)), place.at(number))
        except TranscriptError as error:
            yield BadRecord(error)


def _row(number: int, document: Any, place: Place) -> Row:
    if not isinstance(document, dict):
        raise place.error(f"message {number} is {_kind(document)}, not an object")
    return Row(number, document)


def _read_list(
    documents: list[Any], formats: tuple[JsonFormat, ...], place: Place, options: ReadOptions
) -> Iterator[Item]:
    """Elements are counted from 1, as lines are. A list has one format: that of the first element that has any."""
    forced = formats[0] if len(formats) == 1 else None
    current = next((found for document in documents if (found := _find(document, formats))), forced)
    if current is None and json_columns(documents[0], options):
        rows = (_row(number, document, place.at(1)) for number, document in enumerate(documents, start=1))
        yield from conversations_of(rows, place.at(1), options, MESSAGES)
        return
    if current is None:
        raise _unknown(documents[0], formats, place.at(1))
    for number, document in enumerate(documents, start=1):
        here = Place(place.source, f"{place.default_id}#{number}", 1)
        for item in _guarded(_find(document, formats) or current, document, here, options):
            yield _in_list(item, number)


def _in_list(item: Item, number: int) -> Item:
    if not isinstance(item, BadRecord):
        return item
    error = item.error
    message = f"element {number} of the list: {error.message}"
    return BadRecord(TranscriptError(message, source=error.source, line=error.line, hint=error.hint))


def _guarded(found: JsonFormat | None, document: Any, place: Place, options: ReadOptions) -> Iterator[Item]:
    try:
        if found is None or not isinstance(document, (dict, list)):
            raise place.error(f"it is {_kind(document)}, not a conversation")
        yield from found.read(document, place, options)
    except TranscriptError as error:
        yield BadRecord(error)


def _find(document: Any, formats: Iterable[JsonFormat]) -> JsonFormat | None:
    return next((candidate for candidate in formats if candidate.recognises(document)), None)


def _unknown(document: Any, formats: tuple[JsonFormat, ...], place: Place) -> TranscriptError:
    if isinstance(document, dict):
        keys = ", ".join(repr(key) for key in list(document)[:8]) or "no keys"
        what = f"the object has {keys}, which is the layout of no known format"
    else:
        what = f"it is {_kind(document)}, not a conversation"
    known = ", ".join(candidate.name for candidate in formats)
    hint = f"a transcript has id and turns; for one message a line name the columns with --columns; formats: {known}"
    return place.error(what, hint=hint)


def _kind(value: Any) -> str:
    kinds = {list: "a list", dict: "an object", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
