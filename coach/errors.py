"""The one tree of errors that coach raises on purpose.

A message says what is wrong, where (file, line, criterion, conversation) and what to do about it. The command line turns
any `CoachError` into one line on standard error and the exit code that its class carries; anything else is a bug.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "CoachError",
    "ConfigError",
    "EndpointError",
    "InputError",
    "JudgeError",
    "RubricError",
    "StoreError",
    "TranscriptError",
]


class CoachError(Exception):
    """Root of the tree; `exit_code` is what the process ends with when nothing handles it."""

    exit_code = 2


class ConfigError(CoachError):
    """A flag, variable or combination of them that cannot work."""


class StoreError(CoachError):
    """The SQLite file cannot be opened, migrated or written."""


class InputError(CoachError):
    """Something a person gave us to read is wrong. `source` is a path or `<stdin>`, `line` counts from 1."""

    def __init__(
        self, message: str, *, source: str | Path | None = None, line: int | None = None, hint: str = ""
    ) -> None:
        self.message, self.source, self.line, self.hint = message, source, line, hint
        where = "" if source is None else f"{source}:{line}: " if line is not None else f"{source}: "
        super().__init__(f"{where}{message}" + (f" ({hint})" if hint else ""))


class TranscriptError(InputError):
    """A conversation that cannot be read."""


class RubricError(InputError):
    """A rubric file that cannot be used."""


class JudgeError(CoachError):
    """A judge could not grade one conversation. It is reported and tried again on the next run; never a verdict."""

    exit_code = 3


class EndpointError(JudgeError):
    """The endpoint did not give a usable answer."""
