"""A place for what comes before a heading that is only known at the end, without holding it in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

__all__ = ["Spool"]

_IN_MEMORY = 1_000_000
"""Characters, roughly; beyond that the text waits in a temporary file."""


class Spool:
    """Text written now and copied later. The temporary file goes when the spool does."""

    def __init__(self) -> None:
        self._waiting = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - it lives as long as the spool
            _IN_MEMORY, "w+", encoding="utf-8", newline=""
        )

    def write(self, text: str) -> None:
        """Add `text`."""
        self._waiting.write(text)

    def copy_to(self, stream: IO[str]) -> None:
        """Write everything to `stream`, in order."""
        self._waiting.seek(0)
        while chunk := self._waiting.read(1 << 16):
            stream.write(chunk)
        self._waiting.close()

    def lines(self) -> Iterator[str]:
        """Everything that was written, line by line."""
        self._waiting.seek(0)
        yield from self._waiting
        self._waiting.close()
