"""How a pattern is written: from its text to a tree, and from the tree to what any match must contain.

Promise: a requirement is never too strict. Where nothing is certain, nothing is claimed, and the pattern is tried on
every text.

A requirement is a conjunction of choices: one string of each choice must occur in the text. A string of
nothing but Latin letters, digits and spaces is to be looked for in `words_of` the text, any other in the folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from coach.folding import fold_characters, words_of

__all__ = ["BREAKS", "Piece", "Requirement", "branches_of", "is_spaced", "parsed", "ranked", "required"]

Choice = tuple[str, ...]
Requirement = tuple[Choice, ...]

BREAKS = ",.;:!，。、；："
_IGNORED = '¡¿"“”«»'
_TOKEN = re.compile(rf"[()|*?^$\0]|[\s{BREAKS}]|[{_IGNORED}]|[^\s()|*?^${BREAKS}{_IGNORED}\0]+")
_COMMON = frozenset("您你的是了不我好有就这那一个没在要吗呢吧啊们请谢")
_FREQUENT = frozenset(
    "a an and are as at be been can could de del do for from have he i in is it la le lo los me my no not of on or que se "
    "so su that the there they this to un una we what will with would y yo you your es en el te si por para con".split()
)
_MOST_CHOICES = 4
_BOUNDARIES = ("joint", "gap", "question")
"""What ends a word before it and begins one after it."""


@dataclass(slots=True)
class Piece:
    """A piece of a pattern. `kind`: literal, gap, question, ending, anchor, joint or group; groups have branches."""

    kind: str
    text: str = ""
    branches: tuple[tuple[Piece, ...], ...] = ()


def parsed(pattern: str) -> tuple[tuple[Piece, ...], bool, bool]:
    """The pieces of a pattern, and whether it is anchored at the beginning and at the end of the turn.

    Raises ValueError saying what is wrong with it.
    """
    body = pattern.strip()
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body.removeprefix("^").removesuffix("$").replace("...", "\0").replace("…", "\0")
    tokens = _TOKEN.findall(fold_characters(body))
    pieces, position = _sequence(tokens, 0, 0, pattern)
    if position < len(tokens):
        raise ValueError(f"pattern {pattern!r} has a stray {tokens[position]!r}")
    if not _has_word(pieces):
        raise ValueError(f"pattern {pattern!r} has no word")
    return pieces, at_start, at_end


def _sequence(tokens: list[str], position: int, depth: int, pattern: str) -> tuple[tuple[Piece, ...], int]:
    """Pieces from `position` up to the end, or to the `|` or `)` that ends a branch, and where that is."""
    pieces: list[Piece] = []
    while position < len(tokens) and (token := tokens[position]) not in "|)":
        position += 1
        if token == "(":
            branches: list[tuple[Piece, ...]] = []
            while True:
                branch, position = _sequence(tokens, position, depth + 1, pattern)
                branches.append(branch)
                if position >= len(tokens):
                    raise ValueError(f"pattern {pattern!r} has a bracket that is not closed")
                position += 1
                if tokens[position - 1] == ")":
                    break
            pieces.append(Piece("group", branches=tuple(branches)))
        elif token == "\0":
            pieces.append(Piece("gap"))
        elif token == "?":
            pieces.append(Piece("question"))
        elif token == "*":
            pieces.append(Piece("ending"))
        elif token in "^$" and depth:
            pieces.append(Piece("anchor", token))
        elif token.isspace() or token in BREAKS:
            pieces.append(Piece("joint", token))
        elif token not in _IGNORED:
            pieces.append(Piece("literal", token))
    return tuple(pieces), position


def _has_word(pieces: Iterable[Piece]) -> bool:
    return any(
        any(map(_has_word, piece.branches)) if piece.branches else any(map(str.isalnum, piece.text))
        for piece in pieces
        if piece.kind in ("literal", "group")
    )


def branches_of(pieces: tuple[Piece, ...]) -> list[tuple[Piece, ...]]:
    """The alternatives of a pattern that is one group and nothing else, each by itself; else the pattern alone.

    A group with a branch of edges and marks only is left whole."""
    if len(pieces) != 1 or pieces[0].kind != "group":
        return [pieces]
    if not all(map(_has_word, pieces[0].branches)):
        return [pieces]
    found: list[tuple[Piece, ...]] = []
    for branch in pieces[0].branches:
        found += branches_of(_without_outer_joints(branch))
    return found


def _without_outer_joints(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    first, last = 0, len(pieces)
    while first < last and pieces[first].kind == "joint":
        first += 1
    while last > first and pieces[last - 1].kind == "joint":
        last -= 1
    return pieces[first:last]


def is_spaced(character: str) -> bool:
    """True for letters and digits of a script that puts spaces between words."""
    return "a" <= character <= "z" or "0" <= character <= "9"


def required(pieces: Sequence[Piece], *, begins: bool = True, ends: bool = True) -> Requirement:
    """What any match contains; `begins`, `ends`: the pieces begin and end at edges of words for certain."""
    if len(pieces) == 1 and pieces[0].kind == "literal" and not pieces[0].text.isascii():
        # Most branches of Chinese patterns: not worth the work below.
        text = _mixed(pieces[0].text)
        return ((text,),) if text else ()
    kept = [piece for n, piece in enumerate(pieces) if not (_is_joint(pieces, n) and _is_joint(pieces, n - 1))]
    choices: list[Choice] = []
    run, at_edge = "", begins
    for position, piece in enumerate(kept):
        words = _plain(piece)
        if words:
            run += (" " if at_edge and not run else "") + words
            at_edge = False
            continue
        if piece.kind == "joint" and run and _plain_at(kept, position + 1):
            run += " "
            continue
        breaks = piece.kind in _BOUNDARIES
        if run:
            choices.append((run + (" " if breaks else ""),))
            run = ""
        if piece.kind == "literal" and (text := _mixed(piece.text)):
            choices.append((text,))
        elif piece.kind == "group":
            after = position + 1 < len(kept) and kept[position + 1].kind in _BOUNDARIES
            choice = _of_group(piece, at_edge, after or (ends and position + 1 == len(kept)))
            choices += [choice] if choice else []
        before = kept[position - 1] if position else None
        if piece.kind == "group":
            at_edge = all(_ends_open(branch, at_edge) for branch in piece.branches)
        elif piece.kind == "joint" and before is not None and before.kind == "group" and _brings_space(before):
            pass  # The joint counts for nothing beside the spaces that the branches bring.
        else:
            at_edge = breaks or piece.text == "^"
    if run:
        choices.append((run + (" " if ends else ""),))
    return ranked(choices)


def _is_joint(pieces: Sequence[Piece], position: int) -> bool:
    return position >= 0 and pieces[position].kind == "joint"


def _plain(piece: Piece) -> str:
    """The words of a literal that begins and ends with a Latin letter or digit; else nothing."""
    text = piece.text
    if piece.kind != "literal" or not (text.isascii() and is_spaced(text[0]) and is_spaced(text[-1])):
        return ""
    return text if text.isalnum() else words_of(text).strip()


def _plain_at(pieces: Sequence[Piece], position: int) -> bool:
    return position < len(pieces) and bool(_plain(pieces[position]))


def _brings_space(piece: Piece) -> bool:
    return any(branch and branch[-1].kind == "joint" for branch in piece.branches)


def _ends_open(branch: Sequence[Piece], at_edge: bool) -> bool:
    """True where a word begins for certain after `branch`."""
    return branch[-1].kind in (*_BOUNDARIES, "anchor") if branch else at_edge


def _mixed(literal: str) -> str:
    """What a text holds for certain where this literal of several kinds of characters stands in it."""
    if literal.isascii():
        return words_of(literal).strip()
    return literal if any(map(str.isalnum, literal)) else ""


def _of_group(piece: Piece, begins: bool, ends: bool) -> Choice:
    union: list[str] = []
    for branch in piece.branches:
        requirement = required(branch, begins=begins, ends=ends)
        if not requirement:
            return ()
        union += requirement[0]
    return tuple(dict.fromkeys(union))


def ranked(choices: Iterable[Choice]) -> Requirement:
    """Choices, first the one that rules out most texts: rare strings, few of them."""
    known = [choice for choice in choices if choice and all(choice)]
    if len(known) < 2:
        return tuple(known)
    return tuple(sorted(known, key=lambda choice: sum(map(_likelihood, choice)))[:_MOST_CHOICES])


@cache
def _likelihood(literal: str) -> float:
    """Roughly how often a turn holds `literal`; only the order matters."""
    value = 1.0
    if is_spaced(literal.strip()[:1]):
        for word in literal.split():
            value *= 0.3 if word in _FREQUENT else 0.02 if len(word) > 3 else 0.08
        return value
    for character in literal[:6]:
        value *= 0.5 if character in _COMMON else 0.03
    return value
