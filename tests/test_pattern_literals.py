from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.pattern_literals import required_literals


@pytest.mark.parametrize(
    ("expression", "literals"),
    [
        (r"\bhello world\b", ("hello world",)),
        (r"numero \d{4}", ("numero ",)),
        (r"(?:uno|dos) veces", (" veces",)),
        (r"(?:gracias|thanks)", ("gracias", "thanks")),
        (r"a?b*", ()),
        (r"(?:yes|)", ()),
        (r"(?:ab)+c", ("ab",)),
        (r"(?!not this)really", ("really",)),
        (r"[abc]", ()),
    ],
)
def test_what_every_match_contains(expression: str, literals: tuple[str, ...]) -> None:
    assert required_literals(expression) == literals


@given(st.from_regex(r"(?:[ab]|ab|\(a\|b\)|\(?:ab\)\?|a\+|b\*){1,6}", fullmatch=True), st.text("ab", max_size=12))
def test_no_text_that_matches_lacks_all_of_them(expression: str, text: str) -> None:
    try:
        found = re.search(expression, text)
    except re.error:
        return
    literals = required_literals(expression)
    assert found is None or not literals or any(literal in found[0] for literal in literals)
