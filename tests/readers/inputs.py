"""How the tests of the readers read: everything at once, transcripts and errors apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coach.errors import TranscriptError
from coach.readers import BadRecord, ReadOptions, Role, read
from coach.transcript import Transcript

FIXTURES = Path(__file__).parent / "fixtures"

ROLES: Mapping[str, Role] = {
    "1": "agent",
    "2": "customer",
    "0": "agent",
    "A": "agent",
    "B": "customer",
    "SPEAKER_00": "agent",
    "SPEAKER_01": "customer",
    "さくらショップ": "agent",
    "太郎": "customer",
    "Maria": "agent",
    "John": "customer",
}
"""Who is who in those fixtures that do not say it themselves."""


def read_all(*inputs: Path | str, **options: Any) -> tuple[list[Transcript], list[TranscriptError]]:
    """What the inputs hold, read with these options. Languages are not detected unless asked for."""
    options.setdefault("detect_language", False)
    good: list[Transcript] = []
    bad: list[TranscriptError] = []
    for item in read([str(name) for name in inputs], ReadOptions(**options), on_notice=lambda _: None):
        if isinstance(item, BadRecord):
            bad.append(item.error)
        else:
            good.append(item)
    return good, bad


def read_one(path: Path, **options: Any) -> Transcript:
    """The only conversation of a file that has nothing wrong with it."""
    good, bad = read_all(path, **options)
    assert bad == []
    assert len(good) == 1
    return good[0]


def the_error(path: Path | str, **options: Any) -> TranscriptError:
    """The only error of a file that has nothing right with it."""
    good, bad = read_all(path, **options)
    assert good == []
    assert len(bad) == 1
    return bad[0]


def said(transcript: Transcript) -> list[tuple[str, str]]:
    """(speaker, text) of each turn."""
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def times(transcript: Transcript) -> list[tuple[float | None, float | None]]:
    """(start, end) of each turn."""
    return [(turn.start, turn.end) for turn in transcript.turns]
