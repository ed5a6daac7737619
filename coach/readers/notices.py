"""What a reader has to say that is no error: a guessed encoding, text that was decoded wrongly, a language not found.

Promise: each kind is told once with its first case, and once more at the end with how many others there were, so that a
folder of 100,000 files does not drown the terminal.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

__all__ = ["Notices"]

_log = logging.getLogger("coach.readers")


class Notices:
    """Passes notices on to `tell` (by default a warning in the log)."""

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self._tell = tell or _log.warning
        self._seen: Counter[str] = Counter()

    def say(self, kind: str, message: str) -> None:
        """Tell this, unless something of its kind has been told."""
        self._seen[kind] += 1
        if self._seen[kind] == 1:
            self._tell(message)

    def close(self) -> None:
        """Tell how often each kind came up again."""
        for kind, count in self._seen.items():
            if count > 1:
                self._tell(f"{kind}: {count - 1:,} more like it")
        self._seen.clear()
