"""The small pattern language in which a rubric names words: forgiving of case, accents, width and punctuation.

Promise: a pattern is matched on folded text and the match is given back as a span of the original, so that quotes are
verbatim. Reading a rubric only parses patterns; a pattern is compiled when its rarest literal first turns up in a turn.

    anything else            these words, whole, with spaces or commas between them
    llam* de nuevo           `*` stands for any ending of a word
    lament* ... molesti*     `...` for a gap of up to 40 characters within the sentence
    (do|does) not help       `(a|b)` for either, nested if need be; an empty branch makes it optional: `(very|) sorry`
    ^hola$                   `^` and `$` are the beginning and end of the turn (punctuation aside)
    you know that?           `?` asks for a question mark
    re:\\bn[uú]mero \\d{4}     `re:` starts a regular expression, matched on the folded text
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Generic, Literal, TypeVar

from coach.pattern_literals import required_literals

__all__ = ["Folded", "LiteralIndex", "PhrasePattern", "fold", "parse_pattern"]

Owner = TypeVar("Owner")
Edge = Literal["spaced", "chinese", "either"]

_CJK = r"[^\x00-\xff]"
"""Everything outside Latin-1, not just ideographs: Python compiles a set of 30,000 characters a hundred times slower."""

_SEPARATOR = r"[\s,:'\"¡¿、·—-]"
_WORD_EDGE = r"(?!(?<=[a-z0-9])[a-z0-9])"
"""Not in the middle of a word of Latin letters; anywhere is an edge in Chinese."""

_JOINT = rf"(?:{_SEPARATOR}+|{_SEPARATOR}*(?={_CJK})|(?<={_CJK}){_SEPARATOR}*)"
"""What may stand between two words: at least something, next to a Chinese character perhaps nothing."""

_GAP = rf"{_WORD_EDGE}[^.?!。;；]{{0,40}}?{_WORD_EDGE}"
_MARK = r"[,.;:!?。；：！？、]"
_QUESTION = _WORD_EDGE + r"[^.!。]{0,40}?\?"
_COMMON = frozenset("您你的是了不我好有就这那一个没在要吗呢吧啊们请谢 aeiouns")
_BREAKS = ",.;:!，。、；："
_MOST_SETS = 4
_IGNORED = '¡¿"“”«»'
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
    """A parsed pattern: `expression` in Python's syntax, and what any match must contain: one literal of each set of
    `literals`, the most telling set first."""

    expression: str
    literals: tuple[tuple[str, ...], ...]

    def finditer(self, folded: str) -> Iterator[re.Match[str]]:
        """Matches in folded text."""
        return _compiled(self.expression).finditer(folded)

    def matches(self, folded: str) -> bool:
        """True where it is found anywhere in folded text."""
        return self.possible(folded) and _compiled(self.expression).search(folded) is not None

    def possible(self, folded: str) -> bool:
        """False where a literal that every match contains is not there."""
        return all(any(literal in folded for literal in choice) for choice in self.literals)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


@cache
def parse_pattern(pattern: str) -> PhrasePattern:
    """Parse a pattern. Raises ValueError saying what is wrong with it."""
    if pattern.startswith("re:"):
        try:
            literals = required_literals(pattern[3:])
            return PhrasePattern(pattern[3:], (literals,) if literals else ())
        except re.error as error:
            raise ValueError(f"pattern {pattern!r} is not a regular expression: {error}") from error
    body = pattern.strip()
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body.removeprefix("^").removesuffix("$").replace("...", "\0").replace("…", "\0")
    parser = _Parser("".join(_FOLD[character] for character in body), pattern)
    node = parser.sequence()
    if not parser.words:
        raise ValueError(f"pattern {pattern!r} has no word")
    start = r"\A[\W_]*" if at_start else "" if node.first == "chinese" else _WORD_EDGE
    end = r"[\W_]*\Z" if at_end else "" if node.last == "chinese" else _WORD_EDGE
    return PhrasePattern(f"{start}{node.expression}{end}", _ranked(node.literals))


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of a pattern. `empty`: it can match nothing at all; `mark`: a joint written as a punctuation mark.
    `first` and `last`: whether it begins and ends with a letter of a spaced script, a Chinese character, or either.
    `bare`: what a group can be besides words, a mark or the edge of the turn, which needs no space before it.
    `spaced`: a group whose branches bring the space after them along."""

    expression: str
    literals: tuple[tuple[str, ...], ...] = ()
    kind: str = "text"
    empty: bool = False
    mark: bool = False
    first: Edge = "either"
    last: Edge = "either"
    bare: str = ""
    spaced: bool = False


class _Parser:
    """Recursive descent over a folded pattern; `\0` stands for a gap."""

    def __init__(self, text: str, pattern: str) -> None:
        self._text, self._position, self._depth, self._pattern = text, 0, 0, pattern
        self.words = False

    def sequence(self) -> _Node:
        """Everything up to the end, or to the `|` or `)` that ends a branch."""
        nodes: list[_Node] = []
        while (character := self._peek()) and character not in "|)":
            self._position += 1
            nodes.append(self._node(character))
        if character and not self._depth:
            raise ValueError(f"pattern {self._pattern!r} has a stray {character!r}")
        return _joined(nodes, inner=self._depth > 0)

    def _peek(self) -> str:
        return self._text[self._position : self._position + 1]

    def _node(self, character: str) -> _Node:
        if character == "(":
            return self._group()
        if character == "\0":
            return _Node(_GAP, kind="gap")
        if character == "?":
            return _Node(_QUESTION, kind="gap")
        if character == "*":
            return _Node("[a-z0-9]*", kind="ending", first="spaced", last="spaced")
        if character in "^$" and self._depth:
            return _Node(r"[\W_]*\Z" if character == "$" else r"\A[\W_]*", kind="anchor")
        if character.isspace() or character in _BREAKS:
            return _Node(_JOINT, kind="joint", mark=character in _BREAKS)
        if character in _IGNORED:
            return _Node("", kind="nothing")
        literal = character
        while (
            (following := self._peek()) and not following.isspace() and following not in f"()|*?$^\0{_BREAKS}{_IGNORED}"
        ):
            literal += following
            self._position += 1
        self.words = self.words or any(c.isalnum() for c in literal)
        return _Node(re.escape(literal), ((literal,),), first=_edge(literal[0]), last=_edge(literal[-1]))

    def _group(self) -> _Node:
        self._depth += 1
        branches = [self.sequence()]
        while self._peek() == "|":
            self._position += 1
            branches.append(self.sequence())
        if self._peek() != ")":
            raise ValueError(f"pattern {self._pattern!r} has a bracket that is not closed")
        self._position += 1
        self._depth -= 1
        full = [branch for branch in branches if branch.expression and branch.kind != "bare"]
        bare = "|".join(branch.expression for branch in branches if branch.kind == "bare")
        certain = len(full) == len(branches) and all(branch.literals for branch in full)
        union = (
            tuple(dict.fromkeys(literal for branch in full for literal in _ranked(branch.literals)[0]))
            if certain
            else ()
        )
        literals = (union,) if union else ()
        first, last = _common(branch.first for branch in full), _common(branch.last for branch in full)
        expression = "|".join(branch.expression for branch in full)
        empty = any(not branch.expression for branch in branches)
        return _Node(
            f"(?:{expression})" if full else "",
            literals,
            "group",
            empty,
            first=first,
            last=last,
            bare=bare,
            spaced=any(branch.spaced for branch in full),
        )


def _whole(node: _Node) -> str:
    return f"(?:{'|'.join(filter(None, (node.expression, node.bare)))})" if node.bare else node.expression


def _edge(character: str) -> Edge:
    return "chinese" if re.match(_CJK, character) else "spaced" if character.isascii() else "either"


def _common(edges: Iterable[Edge]) -> Edge:
    kinds = set(edges)
    return kinds.pop() if len(kinds) == 1 else "either"


def _joint_between(before: _Node | None, after: _Node | None) -> str:
    """The separator between two nodes: as simple as what stands there allows, for it is compiled thousands of times."""
    edges = {before.last if before else "either", after.first if after else "either"}
    if (before and before.empty) or (after and after.empty):
        return _JOINT
    if "chinese" in edges:
        return f"{_SEPARATOR}*"
    return f"{_SEPARATOR}+" if edges == {"spaced"} else _JOINT


def _joined(nodes: list[_Node], *, inner: bool) -> _Node:
    """Put nodes in a row: joints count once, not beside gaps, and not at the ends of a whole pattern."""
    nodes = [node for node in nodes if node.kind != "nothing"]
    if inner and nodes and all(node.mark or node.kind == "anchor" for node in nodes):
        anchors = "".join(node.expression for node in nodes if node.kind == "anchor")
        return _Node(anchors or _MARK, kind="bare")
    kept: list[_Node] = []
    for position, node in enumerate(nodes):
        if node.kind == "joint":
            before = kept[-1].kind if kept else "edge"
            after = nodes[position + 1].kind if position + 1 < len(nodes) else "edge"
            needless = before in ("joint", "gap") or after in ("joint", "gap") or (bool(kept) and kept[-1].spaced)
            if needless or (not inner and "edge" in (before, after)):
                continue
        kept.append(node)
    expression, position = "", 0
    while position < len(kept):
        node = kept[position]
        left = kept[position - 1] if position else None
        right = kept[position + 1] if position + 1 < len(kept) else None
        if node.kind == "joint" and right is not None and right.bare:
            words = f"{_joint_between(left, right)}{right.expression}|" if right.expression else ""
            expression += f"(?:{words}{right.bare})" + ("?" if right.empty else "")
            position += 1
        elif node.kind == "joint":
            expression += _joint_between(left, right)
        elif node.empty and (left is None or left.kind in ("joint", "gap")) and right and right.kind == "joint":
            # An optional word between spaces takes its own space along.
            expression += f"(?:{_whole(node)}{_JOINT})?"
            position += 1
        else:
            expression += _whole(node) + ("?" if node.empty else "")
        position += 1
    literals = tuple(choice for node in kept if not node.empty and not node.bare for choice in node.literals)
    first, last = (kept[0].first, kept[-1].last) if kept else ("either", "either")
    return _Node(expression, literals, first=first, last=last, spaced=bool(kept) and kept[-1].kind == "joint")


def _ranked(choices: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Sets of literals, first the one that rules out most texts: rare literals, few of them."""
    known = [choice for choice in choices if choice and min(map(len, choice)) > 0]
    return tuple(sorted(known, key=lambda choice: sum(map(_likelihood, choice)))[:_MOST_SETS])


def _likelihood(literal: str) -> float:
    """Roughly how often a turn holds `literal`; only the order matters."""
    value = 1.0
    for character in literal[:6]:
        value *= 0.5 if character in _COMMON else 0.15 if character.isascii() else 0.03
    return value


class LiteralIndex(Generic[Owner]):
    """Which patterns can match a text at all, told from the first two characters of their literals.

    Thousands of patterns cost about as much as the handful of which a literal is really there.
    """

    def __init__(self) -> None:
        self._by_head: dict[str, list[tuple[str, int]]] = {}
        self._patterns: list[tuple[PhrasePattern, Owner]] = []
        self._without: list[int] = []

    def add(self, pattern: PhrasePattern, owner: Owner) -> None:
        """File `pattern` under the head of each of its literals."""
        number = len(self._patterns)
        self._patterns.append((pattern, owner))
        if not pattern.literals:
            self._without.append(number)
        for literal in set(pattern.literals[0]) if pattern.literals else ():
            self._by_head.setdefault(literal[:2], []).append((literal, number))

    def candidates(self, folded: str) -> Iterator[tuple[PhrasePattern, Owner]]:
        """Patterns of which a literal occurs in `folded`, and those without one, in the order in which they were added."""
        found = set(self._without)
        heads = {folded[i : i + 2] for i in range(len(folded) - 1)}
        heads.update(folded)
        for head in heads:
            for literal, number in self._by_head.get(head, ()):
                if number not in found and literal in folded:
                    found.add(number)
        for number in sorted(found):
            if self._patterns[number][0].possible(folded):
                yield self._patterns[number]
