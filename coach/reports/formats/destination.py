"""Where results are written: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from coach.errors import ConfigError

__all__ = ["destination_stream"]


@contextmanager
def destination_stream(destination: Path | None, *, binary: bool = False) -> Iterator[IO[Any]]:
    """A stream (UTF-8, or bytes) to `destination`, which takes its name when the block ends well; None: standard output.

    Raises `ConfigError` where nothing can be written there.
    """
    if destination is None:
        if binary and sys.stdout.isatty():
            raise ConfigError("this format is no text for a terminal; give --output FILE")
        yield sys.stdout.buffer if binary else sys.stdout
        return
    if destination.is_dir() or not destination.parent.is_dir():
        what = "is a folder" if destination.is_dir() else f"there is no folder {destination.parent}"
        raise ConfigError(f"--output {destination}: {what}; name a file in a folder that exists")
    if destination.exists() and not destination.is_file():
        # A device or a pipe cannot be replaced by renaming.
        with _opened(destination, "w", binary) as stream:
            yield stream
        return
    part = destination.with_name(f".{destination.name}.{os.getpid()}.part")
    try:
        with _opened(part, "x", binary) as stream:
            yield stream
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)


def _opened(path: Path, mode: str, binary: bool) -> IO[Any]:
    try:
        if binary:
            return path.open(mode + "b")
        return path.open(mode, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"--output {path.parent}: cannot be written: {error.strerror}") from error
