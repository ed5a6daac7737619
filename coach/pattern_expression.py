"""From the pieces of a pattern to a regular expression on folded text.

Promise: made only when a pattern is first tried; and it begins, where it can, with letters rather than with an
assertion, because the search then runs over the text at the speed of a substring search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from coach.pattern_syntax import BREAKS, Piece

__all__ = ["expression_of"]

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


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of an expression. `empty`: it can match nothing at all; `mark`: a joint written as a punctuation mark.
    `first` and `last`: whether it begins and ends with a letter of a spaced script, a Chinese character, or either.
    `bare`: what a group can be besides words, a mark or the edge of the turn, which needs no space before it.
    `spaced`: a group whose branches bring the space after them along."""

    expression: str
    kind: str = "text"
    empty: bool = False
    mark: bool = False
    first: Edge = "either"
    last: Edge = "either"
    bare: str = ""
    spaced: bool = False


def expression_of(pieces: Sequence[Piece], *, at_start: bool, at_end: bool) -> str:
    """The regular expression; `at_start` and `at_end` anchor it to the edges of the turn."""
    node = _joined([_node(piece) for piece in pieces], inner=False)
    if at_start:
        start, body = r"\A[\W_]*", node.expression
    elif node.first == "chinese":
        start, body = "", node.expression
    elif pieces[0].kind == "literal" and node.first == "spaced":
        # The assertion after the letters, where it does not stand in the way of the search for them.
        word = re.escape(pieces[0].text)
        start, body = f"{word}(?<![a-z0-9]{word})", node.expression.removeprefix(word)
    else:
        start, body = _WORD_EDGE, node.expression
    end = r"[\W_]*\Z" if at_end else "" if node.last == "chinese" else _WORD_EDGE
    return f"{start}{body}{end}"


def _node(piece: Piece) -> _Node:
    if piece.kind == "group":
        return _group(piece)
    if piece.kind == "gap":
        return _Node(_GAP, kind="gap")
    if piece.kind == "question":
        return _Node(_QUESTION, kind="gap")
    if piece.kind == "ending":
        return _Node("[a-z0-9]*", kind="ending", first="spaced", last="spaced")
    if piece.kind == "anchor":
        return _Node(r"[\W_]*\Z" if piece.text == "$" else r"\A[\W_]*", kind="anchor")
    if piece.kind == "joint":
        return _Node(_JOINT, kind="joint", mark=piece.text in BREAKS)
    return _Node(re.escape(piece.text), first=_edge(piece.text[0]), last=_edge(piece.text[-1]))


def _group(piece: Piece) -> _Node:
    branches = [_joined([_node(part) for part in branch], inner=True) for branch in piece.branches]
    full = [branch for branch in branches if branch.expression and branch.kind != "bare"]
    return _Node(
        f"(?:{'|'.join(branch.expression for branch in full)})" if full else "",
        "group",
        any(not branch.expression for branch in branches),
        first=_common(branch.first for branch in full),
        last=_common(branch.last for branch in full),
        bare="|".join(branch.expression for branch in branches if branch.kind == "bare"),
        spaced=any(branch.spaced for branch in full),
    )


def _whole(node: _Node) -> str:
    return f"(?:{'|'.join(filter(None, (node.expression, node.bare)))})" if node.bare else node.expression


def _edge(character: str) -> Edge:
    return "chinese" if ord(character) > 0xFF else "spaced" if character.isascii() else "either"


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
    if inner and nodes and all(node.mark or node.kind == "anchor" for node in nodes):
        anchors = "".join(node.expression for node in nodes if node.kind == "anchor")
        return _Node(anchors or _MARK, kind="bare")
    kept = _without_needless_joints(nodes, inner)
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
    first, last = (kept[0].first, kept[-1].last) if kept else ("either", "either")
    return _Node(expression, first=first, last=last, spaced=bool(kept) and kept[-1].kind == "joint")


def _without_needless_joints(nodes: list[_Node], inner: bool) -> list[_Node]:
    kept: list[_Node] = []
    for position, node in enumerate(nodes):
        if node.kind == "joint":
            before = kept[-1].kind if kept else "edge"
            after = nodes[position + 1].kind if position + 1 < len(nodes) else "edge"
            needless = before in ("joint", "gap") or after in ("joint", "gap") or (bool(kept) and kept[-1].spaced)
            if needless or (not inner and "edge" in (before, after)):
                continue
        kept.append(node)
    return kept
