"""Placeholders that stand for what was masked, and the way back.

Promise: the same value has the same placeholder wherever it stands in a conversation, however it was written there; a
placeholder that is assigned does not occur in the original text; and `Placeholders.restore` gives words of the original
back, letter by letter, wherever the text that it is given stands in what was sent.

Placeholders are in braces, `{PHONE_1}`: a turn that is wholly in square brackets is an event (`coach.transcript`), and a
customer who says nothing but a number is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.evidence import locate
from coach.privacy.kinds import KINDS, Kind
from coach.transcript import Transcript

__all__ = ["Mask", "MaskedTurn", "Placeholders", "reserved", "written"]

_NAME = (
    rf"(?P<%s>(?:{'|'.join(sorted(KINDS, key=len, reverse=True))})[ _-]?\d{{1,4}}(?:[ _-](?:PART|"
    rf"LAST)[ _-]\d{{1,2}})?)"
)
_LOOSE = re.compile(
    rf"[\[{{‹<(（【]\s?{_NAME % 'bracketed'}\s?[\]}}›>)）】]|"
    rf"[\[{{‹<]?(?<![A-Za-z0-9_]){(_NAME % 'bare').replace('[ _-]', '_')}(?![A-Za-z0-9_])[\]}}›>]?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Mask:
    """`start:end` of a turn's text, and the placeholder (`PHONE_1`, without braces) that takes its place."""

    start: int
    end: int
    placeholder: str
    kind: Kind


def written(placeholder: str) -> str:
    """As it stands in the text that is sent."""
    return f"{{{placeholder}}}"


def reserved(texts: Iterable[str]) -> frozenset[str]:
    """What already looks like a placeholder in these texts, and must therefore not become one."""
    return frozenset(_canonical(match) for text in texts for match in _LOOSE.finditer(text))


def _canonical(match: re.Match[str]) -> str:
    name = match["bracketed"] or match["bare"]
    parts = re.split(r"[ _-]|(?<=[A-Za-z])(?=\d)", name.upper())
    return "_".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


class MaskedTurn:
    """One turn before and after masking, and which piece of the one is which piece of the other."""

    def __init__(self, original: str, masks: Sequence[Mask]) -> None:
        self.original = original
        parts: list[str] = []
        self._edges: list[tuple[int, int, int, int]] = []
        position = length = 0
        for mask in masks:
            parts += [original[position : mask.start], written(mask.placeholder)]
            begin = length + mask.start - position
            length = begin + len(parts[-1])
            self._edges.append((begin, length, mask.start, mask.end))
            position = mask.end
        self.masked = "".join([*parts, original[position:]])

    def unmasked(self, start: int, end: int) -> str:
        """The original words of `masked[start:end]`; a placeholder that is cut stands whole."""
        return self.original[self._origin(start, first=True) : self._origin(end, first=False)]

    def _origin(self, position: int, *, first: bool) -> int:
        shift = 0
        for begin, end, original_begin, original_end in self._edges:
            if position <= begin:
                break
            if position < end:
                return original_begin if first else original_end
            shift = original_end - end
        return position + shift


class Placeholders:
    """The placeholders of one conversation: what each stands for, and the turns that they stand in."""

    def __init__(self, transcript: Transcript, masks: Sequence[Sequence[Mask]]) -> None:
        self.turns = tuple(MaskedTurn(turn.text, m) for turn, m in zip(transcript.turns, masks, strict=True))
        self.meanings: dict[str, str] = {}
        for turn, found in zip(self.turns, masks, strict=True):
            for mask in found:
                self.meanings.setdefault(mask.placeholder, turn.original[mask.start : mask.end])
        # A quote that proves something is the agent's, so of two turns that read the same the agent's is meant.
        agent_first = sorted(range(len(self.turns)), key=lambda i: transcript.turns[i].speaker != "agent")
        self._order = tuple(self.turns[i] for i in agent_first if masks[i])

    def restore(self, text: str) -> str:
        """`text` with every placeholder of this conversation replaced by what it stands for.

        Case and brackets of a placeholder may have changed. Text that stands in what was sent becomes the original words
        of that place, spelling and all; elsewhere (a reason, a rewrite) a value takes the form in which it came up first.
        """
        if not self.meanings:
            return text
        repaired = _LOOSE.sub(self._repaired, text)
        if not any(written(name) in repaired for name in self.meanings):
            return text
        for turn in self._order:
            at = turn.masked.find(repaired)
            if at >= 0:
                return turn.unmasked(at, at + len(repaired))
        for turn in self._order:
            words = locate(repaired, turn.masked)
            if words is not None:
                at = turn.masked.find(words)
                return turn.unmasked(at, at + len(words))
        return _LOOSE.sub(self._meaning, text)

    def _repaired(self, match: re.Match[str]) -> str:
        name = _canonical(match)
        return written(name) if name in self.meanings else match.group()

    def _meaning(self, match: re.Match[str]) -> str:
        return self.meanings.get(_canonical(match), match.group())
