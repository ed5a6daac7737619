"""Literals that any match of a regular expression must contain, read off its syntax tree.

Promise: never a literal too many. Where the tree is not understood, nothing is claimed; the expression is then tried on
every text. (Python's own parser makes the tree; `re._parser` is the name of it since 3.11.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

__all__ = ["required_literals"]

_MOST = 40
"""More alternatives than this rule out too few texts to be worth the look-up."""


def required_literals(expression: str) -> tuple[str, ...]:
    """Strings of which every match of `expression` contains at least one; empty: none is certain.

    Raises `re.error` where `expression` is no regular expression.
    """
    parser: Any = getattr(re, "_parser", None)
    if parser is None:
        re.compile(expression)
        return ()
    choices = _of_sequence(parser.parse(expression))
    known = [choice for choice in choices if choice and len(choice) <= _MOST and min(map(len, choice)) > 0]
    return max(known, key=lambda choice: (min(4, *map(len, choice)), -len(choice)), default=())


def _of_sequence(items: Iterable[Any]) -> list[tuple[str, ...]]:
    """All the sets of literals of which one each must occur."""
    choices: list[tuple[str, ...]] = []
    run = ""
    for operation, argument in items:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if run:
            choices.append((run,))
            run = ""
        if name == "SUBPATTERN":
            flags_on, flags_off = argument[1], argument[2]
            if not flags_on and not flags_off:
                choices += _of_sequence(argument[3])
        elif name == "ATOMIC_GROUP":
            choices += _of_sequence(argument)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] >= 1:
            choices += _of_sequence(argument[2])
        elif name == "BRANCH":
            branches = [_best(_of_sequence(branch)) for branch in argument[1]]
            if all(branches):
                choices.append(tuple(dict.fromkeys(literal for branch in branches for literal in branch)))
    if run:
        choices.append((run,))
    return choices


def _best(choices: list[tuple[str, ...]]) -> tuple[str, ...]:
    return max(choices, key=lambda choice: (min(4, *map(len, choice)), -len(choice)), default=())
