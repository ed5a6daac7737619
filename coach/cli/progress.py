"""Progress on standard error: a bar with rate and time left on a terminal, a line now and then elsewhere.

Promise: standard output is never touched, and a short run says nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["expected_conversations", "with_progress"]

Item = TypeVar("Item")

_QUIET_SECONDS = 2.0
_LINE_EVERY = 30.0
_BLOCK = 1 << 20


def expected_conversations(inputs: Iterable[str]) -> int | None:
    """How many conversations the inputs probably hold: lines of .jsonl files, else one a file; None where it cannot be told."""
    total = 0
    for name in inputs:
        path = Path(name)
        if path.is_dir():
            total += sum(1 for each in path.rglob("*") if each.is_file())
        elif path.suffix == ".jsonl" and path.is_file():
            total += _lines(path)
        elif path.is_file() and path.suffix in (".json", ".txt", ".vtt", ".srt"):
            total += 1
        else:
            return None
    return total


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(_BLOCK), b""))


def with_progress(items: Iterable[Item], total: int | None, *, quiet: bool = False) -> Iterator[Item]:
    """Pass `items` through and show how it goes."""
    if quiet:
        yield from items
    elif sys.stderr.isatty():
        yield from _with_bar(items, total)
    else:
        yield from _with_lines(items, total)


def _with_bar(items: Iterable[Item], total: int | None) -> Iterator[Item]:
    began = time.monotonic()
    bar: Progress | None = None
    with nullcontext():
        try:
            for number, item in enumerate(items, 1):
                if bar is None and time.monotonic() - began > _QUIET_SECONDS:
                    bar = _bar()
                    task = bar.add_task("grading", total=total, completed=number)
                    bar.start()
                elif bar is not None:
                    bar.update(task, completed=number)
                yield item
        finally:
            if bar is not None:
                bar.stop()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:.1f}/s" if speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _with_lines(items: Iterable[Item], total: int | None) -> Iterator[Item]:
    began = last = time.monotonic()
    for number, item in enumerate(items, 1):
        now = time.monotonic()
        if now - last >= _LINE_EVERY:
            last, rate = now, number / (now - began)
            left = f", about {_span((total - number) / rate)} left" if total and total > number else ""
            of = f" of {total}" if total else ""
            print(f"coach: {number}{of} conversations, {rate:.1f}/s{left}", file=sys.stderr, flush=True)
        yield item


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{rest} s"
