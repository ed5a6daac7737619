"""The small pattern language in which a rubric names words: forgiving of case, accents, width and punctuation.

Promise: a pattern is matched on folded text and the match is given back as a span of the original, so that quotes are
verbatim. Reading a rubric only parses patterns; a pattern is compiled when what it requires first turns up in a turn.

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
from collections.abc import Iterator
from functools import cache, cached_property

from coach.folding import Folded, fold, words_of
from coach.pattern_expression import expression_of
from coach.pattern_literals import required_literals
from coach.pattern_syntax import Piece, Requirement, branches_of, parsed, required

__all__ = ["Folded", "Looked", "PhrasePattern", "fold", "parse_pattern"]


class Looked:
    """A folded text to look for patterns in: `words` in a row, `vocabulary` the set of them, `all` the words and the text."""

    __slots__ = ("all", "text", "vocabulary", "words")

    def __init__(self, folded: str) -> None:
        self.text, self.words = folded, words_of(folded)
        self.vocabulary = frozenset(self.words.split())
        self.all = f"{self.words}\0{folded}"


class PhrasePattern:
    """A pattern, or one alternative of it. `requirement` is what any match contains: one string of each choice."""

    def __init__(self, pieces: tuple[Piece, ...], at: tuple[bool, bool]) -> None:
        self._pieces, self._at = pieces, at

    worded = True
    """Whether what it requires is looked for in the words of a text, not only in the folded text."""

    @cached_property
    def requirement(self) -> Requirement:
        """What any match contains; empty: nothing is certain."""
        return required(self._pieces)

    @cached_property
    def alternatives(self) -> tuple[PhrasePattern, ...]:
        """Patterns of which one matches wherever this one does: the branches, where it is a single group."""
        branches = branches_of(self._pieces)
        if len(branches) < 2:
            return (self,)
        return tuple(PhrasePattern(branch, self._at) for branch in branches)

    def finditer(self, folded: str) -> Iterator[re.Match[str]]:
        """Matches in folded text."""
        return self._compiled.finditer(folded)

    def matches(self, folded: str) -> bool:
        """True where it is found anywhere in folded text."""
        return self._compiled.search(folded) is not None

    def possible(self, looked: Looked) -> bool:
        """False where something that every match contains is not there."""
        return _all_there(self._choices, looked)

    def further(self, looked: Looked) -> bool:
        """The same for a pattern of whose first choice something is known to be there."""
        return _all_there(self._further, looked)

    @cached_property
    def _further(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        return self._choices[1:]

    @cached_property
    def _choices(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        """Per choice of the requirement its single words and its other strings."""
        split = []
        for choice in self.requirement:
            words = {literal for literal in choice if literal[0] == " " == literal[-1] and literal[1:-1].isalnum()}
            others = tuple(literal for literal in choice if literal not in words)
            split.append((frozenset(map(str.strip, words)), others))
        return tuple(split)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(expression_of(self._pieces, at_start=self._at[0], at_end=self._at[1]))


def _all_there(choices: tuple[tuple[frozenset[str], tuple[str, ...]], ...], looked: Looked) -> bool:
    # Plain loops: this runs hundreds of times a turn.
    for words, literals in choices:
        if words and not words.isdisjoint(looked.vocabulary):
            continue
        for literal in literals:
            if literal in looked.all:
                break
        else:
            return False
    return True


class _Expression(PhrasePattern):
    """A pattern that was written as a regular expression."""

    worded = False

    def __init__(self, expression: str) -> None:
        super().__init__((), (False, False))
        literals = required_literals(expression)
        self.requirement = (tuple(literal for literal in literals),) if literals else ()
        self._expression = expression

    @cached_property
    def alternatives(self) -> tuple[PhrasePattern, ...]:
        return (self,)

    @cached_property
    def _choices(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        return tuple((frozenset(), choice) for choice in self.requirement)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._expression)


@cache
def parse_pattern(pattern: str) -> PhrasePattern:
    """Parse a pattern. Raises ValueError saying what is wrong with it."""
    if pattern.startswith("re:"):
        try:
            return _Expression(pattern[3:])
        except re.error as error:
            raise ValueError(f"pattern {pattern!r} is not a regular expression: {error}") from error
    pieces, at_start, at_end = parsed(pattern)
    return PhrasePattern(pieces, (at_start, at_end))
