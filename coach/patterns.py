"""The small pattern language in which a rubric names words: forgiving of case, accents, width and punctuation.

Promise: a pattern is matched on folded text and the match is given back as a span of the original, so that quotes are
verbatim. Reading a rubric only parses patterns; a pattern is compiled when its rarest literal first turns up in a turn.

    anything else            these words, whole, with spaces or commas between them
    llam* de nuevo           `*` stands for any ending of a word
    lament* ... molesti*     `...` for a gap of up to 40 characters within the sentence
    (do|does) not help       `(a|b)` for either; an empty branch makes it optional: `(very |)sorry`
    ^hola$                   `^` and `$` are the beginning and end of the turn (punctuation aside)
    you know that?           `?` asks for a question mark
    re:\\bn[uú]mero \\d{4}     `re:` starts a regular expression, matched on the folded text
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Generic, TypeVar

__all__ = ["Folded", "LiteralIndex", "PhrasePattern", "fold", "parse_pattern"]

Owner = TypeVar("Owner")

_GAP = r"[^.?!。;；]{0,40}?"
_BETWEEN = r"[\s,:'\"¡¿、·—-]"
_CJK = r"\u2e80-\u9fff\uf900-\ufaff"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_MAX_BRANCHES = 512
_IGNORED = ",.;:!¡¿'\"。，、"
_ELLIPSIS = re.compile(r"\.{2,}")


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


def fold(text: str) -> Folded:
    """Fold for matching: NFKC, case, accents of Latin letters, typographic quotes; hesitation dots become spaces."""
    parts = [_FOLD[character] for character in text]
    folded = "".join(parts)
    origins = None
    if any(len(part) != 1 for part in parts):
        origins = tuple(position for position, part in enumerate(parts) for _ in part)
    if ".." in folded:
        folded = _ELLIPSIS.sub(lambda m: " " * len(m[0]), folded)
    return Folded(folded, origins, len(text))


@dataclass(frozen=True, slots=True)
class PhrasePattern:
    """One parsed branch of a pattern: `expression` in Python's syntax, and a literal that any match must contain."""

    expression: str
    literal: str

    def finditer(self, folded: str) -> Iterator[re.Match[str]]:
        """Matches in folded text."""
        return _compiled(self.expression).finditer(folded)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@cache
def parse_pattern(pattern: str) -> tuple[PhrasePattern, ...]:
    """The branches of a pattern. Raises ValueError saying what is wrong with it."""
    if pattern.startswith("re:"):
        try:
            _compiled(pattern[3:])
        except re.error as error:
            raise ValueError(f"pattern {pattern!r} is not a regular expression: {error}") from error
        return (PhrasePattern(pattern[3:], ""),)
    return tuple(_branch(text, pattern) for text in _expand(pattern))


def _expand(pattern: str) -> list[str]:
    """Every way through the `(a|b)` groups."""
    pieces: list[list[str]] = []
    for position, piece in enumerate(re.split(r"\(([^()]*)\)", pattern)):
        if "(" in piece or ")" in piece:
            raise ValueError(f"pattern {pattern!r} has a stray or nested bracket")
        pieces.append(piece.split("|") if position % 2 else [piece])
        if not position % 2 and "|" in piece:
            raise ValueError(f"pattern {pattern!r} has `|` outside brackets")
    ways = 1
    for choices in pieces:
        ways *= len(choices)
    if ways > _MAX_BRANCHES:
        raise ValueError(f"pattern {pattern!r} has {ways} branches; the limit is {_MAX_BRANCHES}")
    return ["".join(way) for way in product(*pieces)]


def _branch(text: str, pattern: str) -> PhrasePattern:
    body = fold(text.replace("...", "\0")).text.strip()
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body.removeprefix("^").removesuffix("$").strip()
    words = [word.strip(_IGNORED) or word for word in re.findall(r"\0|\?|[^\s\0?]+", body)]
    if not any(re.search(r"\w", word) for word in words):
        raise ValueError(f"pattern {pattern!r} has a branch without any word")
    expression, literals = "", [""]
    for position, word in enumerate(words):
        if word == "\0":
            expression += _GAP
        elif word == "?":
            expression += r"[^.!。]{0,12}?\?"
        else:
            expression += _joint(words, position, at_start)
            expression += re.escape(word).replace(r"\*", "[a-z0-9]*")
            expression += _edge(word[-1], r"(?![a-z0-9])")
            literals.extend(word.split("*"))
    expression = (r"\A[\W_]*" if at_start else "") + expression + (r"[\W_]*\Z" if at_end else "")
    return PhrasePattern(expression, max(literals, key=len))


def _joint(words: list[str], position: int, at_start: bool) -> str:
    """What may stand between the word at `position` and the one before it."""
    word = words[position]
    if position == 0:
        return "" if at_start else _edge(word[0], r"(?<![a-z0-9])")
    previous = words[position - 1]
    if previous in ("\0", "?"):
        return _edge(word[0], r"(?<![a-z0-9])")
    tight = _CJK_CHARACTER.match(word[0]) or _CJK_CHARACTER.match(previous[-1])
    return _BETWEEN + ("*" if tight else "+")


def _edge(character: str, boundary: str) -> str:
    return boundary if character.isascii() and character.isalnum() else ""


class LiteralIndex(Generic[Owner]):
    """Which patterns can match a text at all, told from the two-character pieces of their literals.

    Thousands of patterns cost about as much as the handful whose literal is really there.
    """

    def __init__(self) -> None:
        self._by_pair: dict[str, list[tuple[str, PhrasePattern, Owner]]] = {}
        self._without: list[tuple[PhrasePattern, Owner]] = []

    def add(self, pattern: PhrasePattern, owner: Owner) -> None:
        """File `pattern` under the least used pair of its literal."""
        literal = pattern.literal
        if len(literal) < 2:
            self._without.append((pattern, owner))
            return
        pairs = {literal[i : i + 2] for i in range(len(literal) - 1)}
        rarest = min(sorted(pairs), key=lambda pair: len(self._by_pair.get(pair, ())))
        self._by_pair.setdefault(rarest, []).append((literal, pattern, owner))

    def candidates(self, folded: str) -> Iterator[tuple[PhrasePattern, Owner]]:
        """Patterns whose literal occurs in `folded`, and those without one."""
        yield from self._without
        for pair in {folded[i : i + 2] for i in range(len(folded) - 1)}:
            for literal, pattern, owner in self._by_pair.get(pair, ()):
                if literal in folded:
                    yield pattern, owner
