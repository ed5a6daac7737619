"""Text as patterns and the recogniser of acts see it: one form for what differs in case, accents, width and quotes.

Promise: what is found in folded text is given back as a span of the original, so that quotes are verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Folded", "fold", "fold_characters", "words_of"]

_ELLIPSIS = re.compile(r"\.{2,}")
_NO_WORD = re.compile(r"[^0-9a-z]+")


class _FoldTable(dict[str, str]):
    """Character -> folded characters (NFKC, case folded, accents off), filled as characters turn up."""

    def __missing__(self, character: str) -> str:
        decomposed = unicodedata.normalize("NFKD", character).casefold()
        folded = "".join(c for c in decomposed if not unicodedata.combining(c))
        self[character] = folded
        return folded


_FOLD = _FoldTable({"…": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "\u200b": "", "\ufeff": ""})


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded form; `origins[i]` is where folded character i came from, None where the two run in step."""

    text: str
    origins: tuple[int, ...] | None
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text for a span of the folded text."""
        if self.origins is None:
            return start, end
        if start >= len(self.origins):
            return self.length, self.length
        last = self.origins[end - 1] if end > start else self.origins[start]
        return self.origins[start], (last + 1 if end > start else last)


def fold_characters(text: str) -> str:
    """Fold each character by itself: NFKC, case, accents of Latin letters, typographic quotes."""
    return "".join([_FOLD[character] for character in text])


def fold(text: str) -> Folded:
    """Fold for matching; hesitation dots become spaces."""
    parts = [_FOLD[character] for character in text]
    folded = "".join(parts)
    origins = None
    if len(folded) != len(parts) or "" in parts:
        origins = tuple(position for position, part in enumerate(parts) for _ in part)
    if ".." in folded:
        folded = _ELLIPSIS.sub(lambda m: " " * len(m[0]), folded)
    return Folded(folded, origins, len(text))


def words_of(folded: str) -> str:
    """The words of Latin letters and digits in folded text, one space before, between and after them."""
    return f" {_NO_WORD.sub(' ', folded).strip()} "
