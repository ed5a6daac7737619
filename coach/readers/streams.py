"""Opens a source as a stream of bytes: compressed or not, seekable or not, without reading it whole.

Promise: what goes wrong while bytes are fetched (a broken archive, a file that vanished) is a `TranscriptError` with the
source's name, and neither a line nor a document can be larger than its limit, whatever the file claims to hold.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from coach.errors import ConfigError, TranscriptError
from coach.readers.sources import Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "MAX_LINE_BYTES",
    "Opened",
    "Rewound",
    "numbered_lines",
    "open_source",
    "read_document",
]

HEAD_BYTES = 64 * 1024
"""What detection looks at."""
MAX_LINE_BYTES = 64 * 1024 * 1024
MAX_DOCUMENT_BYTES = 256 * 1024 * 1024

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_CHUNK = 4096
"""Small, because one call decompresses a whole chunk, however much comes out of it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open source: its first bytes, already decompressed, and a stream that still has all of them.

    `complete`: the head is the whole content.
    """

    source: Source
    head: bytes
    stream: BinaryIO
    complete: bool


class Rewound(io.RawIOBase):
    """Bytes that were read ahead, then the rest of the stream they came from."""

    def __init__(self, head: bytes, rest: Any) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._head[: len(view)] if self._head else self._rest.read(len(view))
        self._head = self._head[len(data) :]
        view[: len(data)] = data
        return len(data)


class _Zstandard(io.RawIOBase):
    """Decompresses frame after frame, and notices (unlike the library's own reader) when the last one is cut off."""

    def __init__(self, raw: Any) -> None:
        try:
            import zstandard
        except ImportError:
            message = "this file is compressed with zstd, and the library for it is not installed"
            raise ConfigError(f"{message}: pip install 'coach[formats]'") from None
        self._raw, self._library, self._pending = raw, zstandard, memoryview(b"")
        self._frame: Any = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        while not self._pending:
            chunk = self._raw.read(_ZSTD_CHUNK)
            if not chunk:
                if self._frame is not None and not self._frame.eof:
                    raise EOFError("the compressed data ends too early")
                return 0
            self._pending = memoryview(self._decompress(chunk))
        data = self._pending[: len(view)]
        self._pending = self._pending[len(data) :]
        view[: len(data)] = data
        return len(data)

    def _decompress(self, chunk: bytes) -> bytes:
        out = []
        while chunk:
            if self._frame is None or self._frame.eof:
                self._frame = self._library.ZstdDecompressor(max_window_size=2**27).decompressobj()
            try:
                out.append(self._frame.decompress(chunk))
            except self._library.ZstdError as error:
                raise OSError(str(error)) from None
            chunk = self._frame.unused_data if self._frame.eof else b""
        return b"".join(out)


class _Guarded(io.RawIOBase):
    """Turns whatever a file, a pipe or an archive can raise into a `TranscriptError`."""

    def __init__(self, raw: Any, name: str) -> None:
        self._raw, self._name = raw, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._raw.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise TranscriptError(f"cannot be read: {reason}", source=self._name) from None
        view[: len(data)] = data
        return len(data)


@contextmanager
def open_source(source: Source) -> Iterator[Opened]:
    """The source opened for reading. Raises `TranscriptError` where it cannot be opened or holds nothing."""
    with ExitStack() as stack:
        if source.path is None:
            raw: Any = sys.stdin.buffer
        else:
            try:
                raw = stack.enter_context(source.path.open("rb"))
            except OSError as error:
                raise TranscriptError(f"cannot be read: {error.strerror}", source=source.name) from None
        stream = _buffered(_Guarded(_decompressed(_buffered(_Guarded(raw, source.name))), source.name))
        head = stream.read(HEAD_BYTES)
        if not head.strip():
            raise TranscriptError("the file is empty", source=source.name)
        complete = len(head) < HEAD_BYTES
        yield Opened(source, head, _buffered(Rewound(head, stream)), complete)


def _buffered(raw: io.RawIOBase) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(raw, HEAD_BYTES))


def _decompressed(raw: BinaryIO) -> Any:
    magic = raw.read(4)
    whole = _buffered(Rewound(magic, raw))
    if magic[:2] == _GZIP:
        return gzip.GzipFile(fileobj=whole)
    return _Zstandard(whole) if magic == _ZSTD else whole


def numbered_lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes | TranscriptError]]:
    """Each line with its number, counted from 1; blank ones are passed over. A line beyond the limit comes as the error
    to report, and its bytes are thrown away as they arrive."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) <= MAX_LINE_BYTES:
            if not line.isspace():
                yield number, line
            continue
        size = len(line)
        while not line.endswith(b"\n") and (line := stream.readline(HEAD_BYTES)):
            size += len(line)
        message = f"the line is {size:,} bytes long; the limit is {MAX_LINE_BYTES:,}"
        yield number, TranscriptError(message, source=name, line=number, hint="write one conversation on each line")


def read_document(opened: Opened) -> bytes:
    """The whole content. Raises `TranscriptError` beyond the limit."""
    data = opened.head if opened.complete else opened.stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        message = f"the document is larger than {MAX_DOCUMENT_BYTES:,} bytes"
        raise TranscriptError(message, source=opened.source.name, hint="split it, or write JSON Lines")
    return data
