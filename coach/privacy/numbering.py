"""Decides which finds are the same thing, and numbers them: `PHONE_1`, and for pieces `PHONE_1_PART_2`, `PHONE_1_LAST_4`.

Promise: a digit that differs makes another placeholder, so that a judge sees a number read back wrongly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from coach.privacy.kinds import NUMBERED, Found
from coach.privacy.placeholders import Mask

__all__ = ["Numbering", "dictated"]

_FEWEST_LINKED = 4
"""Digits that two kinds must share to be one thing under two kinds."""

_COUNTRY_CODE = 3


def dictated(found: Sequence[Sequence[Found]], speakers: Sequence[str]) -> list[list[tuple[int, Found]]]:
    """Numbers given in pieces: for each the turns and pieces, in order. One speaker's turns, with short ones of the other between."""
    groups: list[list[tuple[int, Found]]] = []
    for speaker in dict.fromkeys(speakers):
        group: list[tuple[int, Found]] = []
        for turn, finds in enumerate(found):
            if speakers[turn] != speaker:
                continue
            piece = finds[0] if len(finds) == 1 and finds[0].piece else None
            if piece is not None and group and _goes_on(group[-1], turn, piece):
                group.append((turn, piece))
                continue
            if len(group) > 1:
                groups.append(group)
            group = [(turn, piece)] if piece is not None else []
        if len(group) > 1:
            groups.append(group)
    return [group for group in groups if 5 <= sum(len(piece.digits) for _, piece in group) <= 24]


def _goes_on(before: tuple[int, Found], turn: int, piece: Found) -> bool:
    """Whether `piece` continues the number of which `before` was the last piece; a repetition does not."""
    last, earlier = before
    return turn - last <= 3 and piece.kind == earlier.kind and piece.digits != earlier.digits


class Numbering:
    """Numbers the finds of one conversation. `taken` are placeholders that occur in its text already."""

    def __init__(self, taken: Collection[str]) -> None:
        self._taken = taken
        self._counts: Counter[str] = Counter()
        self._things: dict[tuple[str, str], str] = {}
        self._digits: dict[str, str] = {}
        self._pieces: dict[str, str] = {}

    def learn(self, found: Sequence[Sequence[Found]], speakers: Sequence[str]) -> None:
        """Take in the whole conversation first: longer numbers, and numbers given in pieces, before what refers to them."""
        for group in dictated(found, speakers):
            whole = "".join(piece.digits for _, piece in group)
            name = self._name(group[0][1].kind, whole, whole)
            for part, (_, piece) in enumerate(group, 1):
                self._pieces.setdefault(piece.digits, f"{name}_PART_{part}")

    def masks(self, finds: Sequence[Found], lasts: Collection[int]) -> list[Mask]:
        """The masks of one turn. `lasts` are the starts of finds that were announced as the end of a number."""
        return [Mask(find.start, find.end, self._placeholder(find, find.start in lasts), find.kind) for find in finds]

    def _placeholder(self, find: Found, last: bool) -> str:
        if find.kind in NUMBERED and find.digits:
            if find.digits in self._pieces:
                return self._pieces[find.digits]
            if last:
                whole = self._ending(find)
                if whole is not None:
                    return f"{whole}_LAST_{len(find.digits)}"
        return self._name(find.kind, find.value, find.digits)

    def _ending(self, find: Found) -> str | None:
        return next(
            (n for d, n in self._digits.items() if len(d) > len(find.digits) + 2 and d.endswith(find.digits)), None
        )

    def _name(self, kind: str, value: str, digits: str) -> str:
        """The placeholder of a value, a new one if it is new. Numbers are the same where their digits are, whatever the kind."""
        known = self._things.get((kind, value))
        if known is None and len(digits) >= _FEWEST_LINKED and kind not in ("NAME", "EMAIL", "ADDRESS"):
            known = self._digits.get(digits) or self._international(digits)
        if known is None:
            known = self._next(kind)
        self._things.setdefault((kind, value), known)
        if len(digits) >= _FEWEST_LINKED and kind not in ("NAME", "EMAIL", "ADDRESS"):
            self._digits.setdefault(digits, known)
        return known

    def _international(self, digits: str) -> str | None:
        """The number that differs only by its country code: +34 612... and 612..., +44 1273... and 01273..."""
        for other, name in self._digits.items():
            short, long = sorted((digits.lstrip("0"), other.lstrip("0")), key=len)
            if len(short) >= 8 and 0 <= len(long) - len(short) <= _COUNTRY_CODE and long.endswith(short):
                return name
        return None

    def _next(self, kind: str) -> str:
        while True:
            self._counts[kind] += 1
            name = f"{kind}_{self._counts[kind]}"
            if not any(taken == name or taken.startswith(f"{name}_") for taken in self._taken):
                return name
