"""Which of thousands of patterns can match a text at all: found from what they require, not by trying them.

Promise: a pattern that matches a text is among its candidates. Those that are not cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Generic, TypeVar

from coach.patterns import Looked, PhrasePattern

__all__ = ["PatternIndex"]

Owner = TypeVar("Owner")
Entry = tuple[str, int]

_PREFIX = 3
_SHORT, _LONG = 2, 4
"""Characters of a Chinese and of any other string by which it is found anywhere in a text."""

_FEW = 60
"""So many strings are looked for one by one sooner than all windows of a text are made."""


class PatternIndex(Generic[Owner]):
    """Patterns, each filed under the rarest thing that it requires: two words in a row, a word, the beginning of a word,
    or characters anywhere."""

    def __init__(self) -> None:
        self._patterns: list[tuple[PhrasePattern, Owner]] = []
        self._always: list[int] = []
        self._by_words: dict[str, list[Entry]] = {}
        self._by_prefix: dict[str, list[Entry]] = {}
        self._by_characters: dict[int, dict[str, list[Entry]]] = {}

    def add(self, pattern: PhrasePattern, owner: Owner) -> None:
        """File `pattern`, alternative by alternative."""
        for alternative in pattern.alternatives:
            number = len(self._patterns)
            self._patterns.append((alternative, owner))
            if not alternative.requirement:
                self._always.append(number)
                continue
            for literal in set(alternative.requirement[0]):
                self._file(literal, number, worded=alternative.worded)

    def _file(self, literal: str, number: int, *, worded: bool) -> None:
        if worded and literal[0] == " ":
            words = literal.split()
            whole = len(words) - (literal[-1] != " ")
            if whole:
                key = " ".join(words[: min(2, whole)])
                # Where the key is all of it, nothing is left to look for: the empty string is in every text.
                self._by_words.setdefault(key, []).append(("" if literal == f" {key} " else literal, number))
            else:
                self._by_prefix.setdefault(words[0][:_PREFIX], []).append((literal, number))
            return
        head = literal[: _LONG if literal.isascii() else _SHORT]
        self._by_characters.setdefault(len(head), {}).setdefault(head, []).append((literal, number))

    def candidates(self, looked: Looked) -> Iterator[tuple[PhrasePattern, Owner]]:
        """Patterns that may match, in the order in which they were added."""
        found = set(self._always)
        text = looked.all
        for index, keys in self._keys(looked):
            for key in index.keys() & keys:
                for literal, number in index[key]:
                    if number not in found and literal in text:
                        found.add(number)
        patterns = self._patterns
        # That the first thing it requires is there was seen above.
        yield from (patterns[number] for number in sorted(found) if patterns[number][0].further(looked))

    def _keys(self, looked: Looked) -> Iterator[tuple[dict[str, list[Entry]], set[str]]]:
        words = looked.words.split()
        if words and self._by_words:
            yield self._by_words, {*words, *map(" ".join, pairwise(words))}
        if words and self._by_prefix:
            yield self._by_prefix, {word[:length] for word in looked.vocabulary for length in range(1, _PREFIX + 1)}
        text = looked.all
        for length, index in self._by_characters.items():
            if len(index) < _FEW:
                yield index, {key for key in index if key in text}
            else:
                yield index, {text[start : start + length] for start in range(len(text) - length + 1)}
