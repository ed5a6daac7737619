from __future__ import annotations

import pytest

from coach.patterns import fold, parse_pattern


def found(pattern: str, text: str) -> str | None:
    """The original words that the pattern matches, or None."""
    folded = fold(text)
    for match in parse_pattern(pattern).finditer(folded.text):
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
        ("(是|就) 这样 (，|$)", "就这样，再见", "就这样，"),
        ("(是|就) 这样 (，|$)", "就这样", "就这样"),
        ("(是|就) 这样 (，|$)", "就这样吧", None),
        ("(sure|ok) (then|$)", "ok!", "ok!"),
        ("que ?", "¿Quedó claro?", None),
        ("que ?", "¿Y qué más?", "qué más?"),
        ("你 (really|) 好", "你好", "你好"),
        ("(no|nunca) (lo|) se", "nunca sé", "nunca sé"),
        ("so (very |really |) sorry", "so very sorry", "so very sorry"),
        ("so (very |really |) sorry", "so sorry", "so sorry"),
        ("(very|) sorry", "very sorry", "very sorry"),
        ("gracias (por|de|) su llamada", "Gracias su llamada", "Gracias su llamada"),
        ("gracias (por|de|) su llamada", "Gracias por su llamada", "Gracias por su llamada"),
        ("请(您|你|)(稍(等|候)|等一下)", "那请您稍候啊", "请您稍候"),
        ("请(您|你|)(稍(等|候)|等一下)", "请等一下", "请等一下"),
        ("对不起，请(稍等|等等)", "对不起请等等", "对不起请等等"),
        ("llam(e|ar)* (de nuevo|otra vez)", "llámenos otra vez", "llámenos otra vez"),
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


@pytest.mark.parametrize("pattern", ["(a|b", "a|b", "...", "re:(", "a)b", "?"])
def test_a_pattern_that_cannot_be_read_says_so(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        parse_pattern(pattern)
