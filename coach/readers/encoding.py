"""Finds out how text is encoded, and hands it on as UTF-8.

Promise: everything behind this module sees UTF-8. A guess is made only where the bytes say nothing themselves (no byte
order mark, not valid UTF-8) and is told as a notice; JSON is never guessed at, because the standard says UTF-8.
"""

from __future__ import annotations

import codecs
import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, cast

from coach.errors import ConfigError, TranscriptError
from coach.readers.notices import Notices
from coach.readers.options import ReadOptions
from coach.readers.streams import HEAD_BYTES, Opened, Rewound

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["as_utf8", "guess_encoding", "looks_like_json"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = ["gb18030", "big5", "cp1252"]
"""What contact centres write besides Unicode. Short texts fit too many encodings: any other has to be named."""


class _Transcoded(io.RawIOBase):
    """A stream in `encoding`, read as UTF-8."""

    def __init__(self, raw: BinaryIO, encoding: str, name: str) -> None:
        self._raw, self._encoding, self._name = raw, encoding, name
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._pending, self._read, self._ended = memoryview(b""), 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        while not self._pending and not self._ended:
            chunk = self._raw.read(HEAD_BYTES)
            self._ended = not chunk
            try:
                self._pending = memoryview(self._decoder.decode(chunk, final=self._ended).encode("utf-8", "replace"))
            except UnicodeDecodeError as error:
                message = f"not valid {self._encoding} near byte {self._read + error.start:,}"
                raise TranscriptError(message, source=self._name, hint="name the right one with --encoding") from None
            self._read += len(chunk)
        data = self._pending[: len(view)]
        self._pending = self._pending[len(data) :]
        view[: len(data)] = data
        return len(data)


def as_utf8(opened: Opened, options: ReadOptions, notices: Notices) -> Opened:
    """The same source with its text in UTF-8. Raises `TranscriptError` for what is no text, `ConfigError` for an encoding
    that Python does not know. JSON that is no valid UTF-8 passes: its reader names the line."""
    name = opened.source.name
    encoding = _encoding_of(opened, options, notices)
    if encoding is None:
        return opened
    stream = cast(BinaryIO, io.BufferedReader(_Transcoded(opened.stream, encoding, name), HEAD_BYTES))
    head = stream.read(HEAD_BYTES)
    if not head.strip():
        raise TranscriptError("the file is empty", source=name)
    whole = cast(BinaryIO, io.BufferedReader(Rewound(head, stream), HEAD_BYTES))
    return replace(opened, head=head, stream=whole, complete=len(head) < HEAD_BYTES)


def _encoding_of(opened: Opened, options: ReadOptions, notices: Notices) -> str | None:
    """The codec to read with; None where the bytes are UTF-8 already (or JSON, which has to be)."""
    name, head = opened.source.name, opened.head
    if options.encoding:
        try:
            io.TextIOWrapper(io.BytesIO(), encoding=options.encoding)
        except LookupError:
            raise ConfigError(f"--encoding {options.encoding!r} is no text encoding that Python knows") from None
        return options.encoding
    known = _marked(head) or _sixteen_bits(head)
    if known:
        return known
    if b"\0" in head:
        raise TranscriptError("not text: the file holds binary data", source=name, hint="give a transcript")
    if _is_utf8(head, opened.complete) or looks_like_json(head):
        return None
    guessed = guess_encoding(head if opened.complete else head.rpartition(b"\n")[0], name)
    notices.say("guessed encoding", f"{name}: the text is not UTF-8; read as {guessed} (if that is wrong, --encoding)")
    return guessed


def guess_encoding(data: bytes, name: str) -> str:
    """The likeliest encoding of text that is not UTF-8. Raises `TranscriptError` where nothing fits."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        message = f"{name}: the text is not UTF-8, and the library that finds its encoding is not installed"
        raise ConfigError(f"{message}: name it with --encoding, or pip install 'coach[formats]'") from None
    best = from_bytes(data, cp_isolation=_GUESSED, enable_fallback=False).best()
    if best is None:
        message = "not text in UTF-8, UTF-16, GB18030, Big5 or Latin-1"
        raise TranscriptError(message, source=name, hint="if it is text, name its encoding with --encoding")
    return best.encoding


def looks_like_json(head: bytes) -> bool:
    """True where the first characters can only be the start of a JSON object or a list of objects or lists."""
    start = head.lstrip()[:200]
    if start[:1] == b"[":
        return start[1:].lstrip()[:1] in (b"{", b"[", b"]") or start[1:].isspace()
    return start[:1] == b"{"


def _marked(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def _sixteen_bits(head: bytes) -> str | None:
    """UTF-16 without its mark: every line break and digit leaves a zero in the same half of the pairs."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) == 0 or min(even, odd) > 0:
        return None
    encoding = "utf-16-le" if odd else "utf-16-be"
    try:
        head[: len(head) // 2 * 2].decode(encoding, "strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return None
    return encoding


def _is_utf8(head: bytes, complete: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=complete)
    except UnicodeDecodeError:
        return False
    return True
