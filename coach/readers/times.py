"""Reads the ways in which exports write times, and gives seconds.

Promise: a time that is not understood is an error, never a zero.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

__all__ = ["CLOCK", "clock_seconds", "moment_seconds", "seconds_of"]

CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,6})?"
"""`00:12`, `1:02:03`, `00:00:12.500`."""

_CLOCK = re.compile(rf"{CLOCK}$")
_EPOCH = 100_000_000
"""From here on (1973, or three years of talk) a plain number is a Unix time; a thousand times that, one in milliseconds."""


def clock_seconds(text: str) -> float:
    """Seconds of `MM:SS`, `HH:MM:SS` or either with a fraction. Raises `ValueError`."""
    if not _CLOCK.match(text.strip()):
        raise ValueError(f"{text!r} is no time like 00:12 or 00:00:12.5")
    seconds = 0.0
    for part in text.strip().replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 6)


def moment_seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 date and time; without a zone it counts as UTC. Raises `ValueError`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date and time like 2026-01-31T09:30:00Z") from None
    return _epoch(moment)


def seconds_of(value: object) -> float:
    """Seconds of a cell: a number, a clock, a date and time, or what a spreadsheet makes of them. Raises `ValueError`."""
    if isinstance(value, datetime):
        return _epoch(value)
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, timedelta):
        return value.total_seconds()
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return clock_seconds(text) if _CLOCK.match(text) else moment_seconds(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{text!r} is no time")
    return number / 1000 if number >= _EPOCH * 1000 else number


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
