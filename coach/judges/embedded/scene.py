"""A conversation as the embedded judge sees it: turns with their signals, blocks of agent speech, moments and windows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.checks import Moment, Window
from coach.judges.embedded.linear import log_odds
from coach.judges.embedded.signals import SignalFinder, Spot
from coach.transcript import Transcript

__all__ = ["START", "Scene", "sentence_around"]

START = -1
"""The moment before the first turn: what holds from the beginning is anchored here."""

_ENDING_BLOCKS = 3
_LONGEST_QUOTE = 200
_SHORTEST_QUOTE = 3
_SENTENCE_END = re.compile(
    r"[?!。？！;；\n]+|(?<!\.)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bSr)(?<!\bSra)\.(?=\s|$|[\"”»])"
)
"""Hesitation dots, decimal points and the points of titles end no sentence."""


@dataclass(frozen=True)
class Scene:
    """One conversation with the signals of every turn. Turn numbers are indexes into `transcript.turns`."""

    transcript: Transcript
    signals: tuple[dict[str, Spot], ...]
    finder: SignalFinder

    @classmethod
    def of(cls, transcript: Transcript, finder: SignalFinder) -> Scene:
        """Find all signals of `transcript`."""
        return cls(transcript, tuple(finder.find(turn) for turn in transcript.turns), finder)

    @cached_property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Agent speech in blocks: turns in a row without speech of the customer between them."""
        blocks: list[list[int]] = []
        open_block = False
        for turn in self.transcript.turns:
            if turn.is_event:
                continue
            if turn.speaker == "customer":
                open_block = False
            elif open_block:
                blocks[-1].append(turn.index)
            else:
                blocks.append([turn.index])
                open_block = True
        return tuple(tuple(block) for block in blocks)

    @cached_property
    def _speech(self) -> dict[str, list[int]]:
        speech: dict[str, list[int]] = {"agent": [], "customer": [], "any": []}
        for turn in self.transcript.turns:
            if not turn.is_event:
                speech[turn.speaker].append(turn.index)
                speech["any"].append(turn.index)
        return speech

    def carries(self, turn: int, names: Iterable[str]) -> str | None:
        """The first of `names` that the turn carries, said or quoted."""
        return next((name for name in names if name in self.signals[turn]), None)

    def says(self, turn: int, names: Iterable[str]) -> str | None:
        """The first of `names` that the turn carries in words of the speaker's own."""
        carried = self.signals[turn]
        return next((name for name in names if name in carried and not carried[name].quoted), None)

    def heard(self, turns: Iterable[int], acts: Iterable[str]) -> float | None:
        """The log-odds of the likeliest of the learned `acts` in any of `turns`; None where none of them was learned."""
        names = tuple(acts)
        hearings = [self.finder.heard(self.transcript.turns[turn]) for turn in turns] if names else []
        found = [
            act.probability for h in hearings if h is not None for name in names if (act := h.get(name)) is not None
        ]
        return log_odds(max(found)) if found else None

    def moments(self, specifications: Sequence[Moment]) -> list[int]:
        """Turns at which any of the moments happens, in order."""
        return sorted({turn for moment in specifications for turn in self._moment(moment)})

    def _moment(self, moment: Moment) -> list[int]:
        found = [turn for turn in self._placed(moment) if self._happens(moment, turn)]
        return found[moment.times - 1 :] if moment.times > 1 else found

    def _placed(self, moment: Moment) -> Iterable[int]:
        if moment.at == "any":
            turns = self.transcript.turns
            return (turn.index for turn in turns if moment.by in ("any", turn.speaker))
        speech = self._speech[moment.by]
        if moment.at == "first":
            return speech[:1]
        if moment.at == "opening":
            return speech[:2]
        return speech[-1:] if moment.at == "last" else speech[-_ENDING_BLOCKS:]

    def _happens(self, moment: Moment, turn: int) -> bool:
        if moment.says and self.says(turn, moment.says) is None:
            return False
        if any(self.carries(turn, [item] if isinstance(item, str) else item) is None for item in moment.also):
            return False
        if self.carries(turn, moment.unless) is not None:
            return False
        if moment.pause_before is not None and not self._paused(turn, moment.pause_before):
            return False
        if moment.after and not any(self.carries(earlier, moment.after) for earlier in range(turn)):
            return False
        if any(self.carries(earlier, moment.not_after) for earlier in range(turn)):
            return False
        if moment.next_says or moment.next_unless:
            return self._answered(moment, turn)
        return True

    def _answered(self, moment: Moment, turn: int) -> bool:
        speaker = self.transcript.turns[turn].speaker
        others = self._speech["customer" if speaker == "agent" else "agent"]
        answer = next((index for index in others if index > turn), None)
        if answer is None:
            return False
        if moment.next_says and self.carries(answer, moment.next_says) is None:
            return False
        return self.carries(answer, moment.next_unless) is None

    def _paused(self, turn: int, seconds: float) -> bool:
        start = self.transcript.turns[turn].start
        end = self.transcript.turns[turn - 1].end if turn else 0.0
        return start is not None and end is not None and start - end >= seconds

    def window(self, where: Window, moment: int, within: int | None = None, *, inclusive: bool = False) -> list[int]:
        """Agent speech turns of a window around `moment`; `inclusive` takes the moment's own turn in."""
        if where == "same":
            return [moment] if moment >= 0 and self.transcript.turns[moment].speaker == "agent" else []
        blocks: Sequence[tuple[int, ...]] = self.blocks
        if where == "opening":
            blocks = blocks[: within or 1]
        elif where == "ending":
            blocks = blocks[-(within or _ENDING_BLOCKS) :]
        elif where == "before":
            blocks = self._cut(moment, inclusive, before=True)
            blocks = blocks[-within:] if within else blocks
        elif where in ("reply", "rest"):
            blocks = self._cut(moment, inclusive, before=False)
            count = within or (1 if where == "reply" else None)
            blocks = blocks[:count]
        return [turn for block in blocks for turn in block]

    def _cut(self, moment: int, inclusive: bool, *, before: bool) -> list[tuple[int, ...]]:
        kept: list[tuple[int, ...]] = []
        for block in self.blocks:
            part = tuple(t for t in block if (t < moment if before else t > moment) or (inclusive and t == moment))
            if part:
                kept.append(part)
        return kept

    def quote(self, turn: int, spot: Spot | None = None) -> str:
        """Verbatim words of a turn: the sentence around `spot`, or the beginning of the turn."""
        text = self.transcript.turns[turn].text
        if spot is None:
            return sentence_around(text, 0, 1)
        return sentence_around(text, spot.start, spot.end)


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence of `text` that holds the span, at most 200 characters of it; all of a turn where it is a syllable."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    left = max((stop for stop in ends if stop <= start), default=0)
    right = min((stop for stop in ends if stop >= end and stop > start), default=len(text))
    if right - left > _LONGEST_QUOTE:
        left = max(left, min(start, max(left, end - _LONGEST_QUOTE)))
        right = min(right, left + _LONGEST_QUOTE)
    words = text[left:right].strip()
    if sum(character.isalnum() for character in words) < _SHORTEST_QUOTE:
        # A single syllable proves nothing by itself; with what stands around it, it does.
        return text.strip()[:_LONGEST_QUOTE]
    return words
