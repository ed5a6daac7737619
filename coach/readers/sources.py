"""Finds what there is to read: files, folders, globs and standard input, in an order that does not change.

Promise: an input that names nothing is refused at once, before anything is read; a folder is walked, never listed whole.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

from coach.errors import TranscriptError

__all__ = ["Source", "find_sources"]

STDIN = "<stdin>"

_COMPRESSED = (".gz", ".zst", ".zstd")
_AUDIO = (".wav", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".flac", ".wma", ".amr", ".gsm")
_VIDEO = (".mp4", ".mkv", ".webm", ".mov", ".avi")
_RECORDINGS = frozenset((*_AUDIO, *_VIDEO))
"""Recordings often lie beside their transcripts: in a folder they are passed over."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to open. `path` is None for standard input; `default_id` names a conversation without an id."""

    name: str
    path: Path | None
    default_id: str


def find_sources(inputs: Sequence[str]) -> Iterator[Source]:
    """What `inputs` name, each folder and glob sorted. Raises `TranscriptError` at once for one that names nothing."""
    if not inputs:
        raise TranscriptError("no input given", hint="name files, folders or globs, or - for standard input")
    found = []
    for given in inputs:
        sources = _of(given)
        first = next(sources, None)
        if first is None:
            what = "is an empty folder" if Path(given).is_dir() else "matches no file"
            raise TranscriptError(f"{what}: there is nothing to read", source=given)
        found.append(chain((first,), sources))
    return chain.from_iterable(found)


def _of(given: str) -> Iterator[Source]:
    if given == "-":
        yield Source(STDIN, None, "stdin")
        return
    path = Path(given)
    if path.is_dir():
        for file in _walk(path):
            yield Source(str(file), file, _id_of(file.relative_to(path).as_posix()))
    elif path.exists():
        yield Source(given, path, _id_of(path.name))
    elif glob.has_magic(given):
        yield from _matching(given)
    else:
        raise TranscriptError("there is no such file or folder", source=given)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() not in _RECORDINGS:
                yield Path(parent, name)


def _matching(pattern: str) -> Iterator[Source]:
    parts = Path(pattern).parts
    fixed = next(position for position, part in enumerate(parts) if glob.has_magic(part))
    base = Path(*parts[:fixed])
    for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207 (Path.glob refuses absolute patterns)
        path = Path(name)
        if path.is_file():
            yield Source(name, path, _id_of(path.relative_to(base).as_posix()))


def _id_of(relative: str) -> str:
    path = PurePosixPath(relative)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return str(path.with_suffix("")) if path.suffix else str(path)
