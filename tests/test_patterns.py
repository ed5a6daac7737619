from __future__ import annotations

import pytest

from coach.patterns import LiteralIndex, fold, parse_pattern


def found(pattern: str, text: str) -> str | None:
    """The original words that the pattern matches, or None."""
    folded = fold(text)
    for branch in parse_pattern(pattern):
        for match in branch.finditer(folded.text):
            start, end = folded.span(*match.span())
            return text[start:end]
    return None


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("buenos dias", "¡Buenos  días, señora!", "Buenos  días"),
        ("hola buenos dias", "Hola, buenos días", "Hola, buenos días"),
        ("llam* de nuevo", "Puede llamarnos de nuevo", "llamarnos de nuevo"),
        ("(do|does) not help", "That does not help me", "does not help"),
        ("lament* ... molesti*", "Lamentamos mucho todas estas molestias", "Lamentamos mucho todas estas molestias"),
        ("您好", "喂，您好，请讲", "您好"),
        ("请 稍等", "请您稍等", None),
        ("请 稍等", "请，稍等", "请，稍等"),
        ("^hola$", "¡Hola!", "¡Hola!"),
        ("^hola$", "Hola, ¿qué tal?", None),
        ("you know that?", "You know that, right?", "You know that, right?"),
        ("you know that?", "You know that.", None),
        ("STO", "ＳＴＯ客服", "ＳＴＯ"),
        ("不知道", "我不知道", "不知道"),
        ("re:n[uú]mero \\d{4}", "el NÚMERO 1234", "NÚMERO 1234"),
        ("(very |)sorry", "so sorry", "sorry"),
    ],
)
def test_a_pattern_finds_the_original_words(pattern: str, text: str, words: str | None) -> None:
    assert found(pattern, text) == words


def test_words_match_whole() -> None:
    assert found("no", "nota anotada") is None


def test_a_gap_stays_within_its_sentence() -> None:
    assert found("gracias ... llamada", "Gracias. Su llamada") is None


def test_a_gap_is_not_endless() -> None:
    assert found("gracias ... llamada", "gracias " + "bla " * 20 + "llamada") is None


@pytest.mark.parametrize("pattern", ["(a|b", "a|b", "...", "re:(", "((a)b)", "?"])
def test_a_pattern_that_cannot_be_read_says_so(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        parse_pattern(pattern)


def test_the_index_offers_every_pattern_that_could_match() -> None:
    index: LiteralIndex[str] = LiteralIndex()
    for name in ("buenos dias", "re:tard.s", "nunca"):
        for branch in parse_pattern(name):
            index.add(branch, name)
    assert {owner for _, owner in index.candidates(fold("Buenos días").text)} == {"buenos dias", "re:tard.s"}
