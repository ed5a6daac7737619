from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.folding import fold
from coach.pattern_index import PatternIndex
from coach.patterns import Looked, parse_pattern

PATTERNS = (
    "buenos dias",
    "re:[dt][ae][rs]",
    "nunca",
    "llam* de nuevo",
    "(no|nunca) (lo|) se",
    "so (very |really |) sorry",
    "(very |)sorry",
    "I'll (ask|check) that",
    "'are you",
    "(lost|shut up|not your (nanny|mother))",
    "请(您|你|)(稍(等|候)|等一下)",
    "sto客服",
    "(sure|ok) (then|$)",
    "(^|, )ok",
    "e-mail ... us",
)
WORDS = st.sampled_from(
    "so very really sorry i'll i 'll ask that 'are you deaf not your nanny shut up no nunca lo se llamar nos de nuevo buenos "
    "dias 请 您 稍等 等一下 sto 客服 sure ok then , . e-mail e mail to us".split()
)


def candidates(text: str) -> set[str]:
    index: PatternIndex[str] = PatternIndex()
    for pattern in PATTERNS:
        index.add(parse_pattern(pattern), pattern)
    return {owner for _, owner in index.candidates(Looked(fold(text).text))}


def test_patterns_that_cannot_match_are_not_offered() -> None:
    assert candidates("¡Buenos días!") == {"buenos dias", "re:[dt][ae][rs]"}


@pytest.mark.parametrize(
    ("text", "pattern"), [("get lost", "(lost|shut up|not your (nanny|mother))"), ("我ok", "(^|, )ok")]
)
def test_an_alternative_is_offered_by_its_own_words(text: str, pattern: str) -> None:
    assert (pattern in candidates(text)) == parse_pattern(pattern).matches(fold(text).text)


@given(st.lists(WORDS, max_size=8), st.lists(st.sampled_from(["", " ", ", ", "-"]), min_size=8, max_size=8))
def test_every_pattern_that_matches_is_offered(words: list[str], joints: list[str]) -> None:
    text = "".join(word + joint for word, joint in zip(words, joints, strict=False))
    matching = {pattern for pattern in PATTERNS if parse_pattern(pattern).matches(fold(text).text)}
    assert matching <= candidates(text)
