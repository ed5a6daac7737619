"""The kinds of personal data that are masked, and what finding one of them says."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["KINDS", "NUMBERED", "Found", "Kind", "without_overlaps"]

Kind = Literal[
    "NAME",
    "PHONE",
    "ID",
    "CARD",
    "ACCOUNT",
    "ORDER",
    "PLATE",
    "EMAIL",
    "ADDRESS",
    "BIRTH_DATE",
    "AGENT_ID",
    "CODE",
    "NUMBER",
]

KINDS: tuple[Kind, ...] = get_args(Kind)

NUMBERED: frozenset[Kind] = frozenset({"PHONE", "ID", "CARD", "ACCOUNT", "ORDER", "AGENT_ID", "CODE", "NUMBER"})
"""Kinds whose value is mostly digits, so that a piece of it can be recognised as a piece."""


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at `start:end` of a turn's text.

    `value` is the same however the value was written (figures or words, with or without separators); `digits` are those
    in it. `piece` is true where the turn holds little else and the number may go on in the speaker's next turn.
    """

    start: int
    end: int
    kind: Kind
    value: str
    digits: str = ""
    piece: bool = False


def without_overlaps(found: list[Found]) -> list[Found]:
    """In order of place; of those that overlap the earliest in the list is kept."""
    kept: list[Found] = []
    starts: list[int] = []
    for one in found:
        at = bisect_left(starts, one.start)
        free_before = at == 0 or kept[at - 1].end <= one.start
        free_after = at == len(kept) or one.end <= starts[at]
        if one.start < one.end and free_before and free_after:
            kept.insert(at, one)
            starts.insert(at, one.start)
    return kept
