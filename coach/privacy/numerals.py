"""Reads digits however they are written: in figures, in Chinese numerals, or spelled out in English or Spanish.

Promise: quantities that are said as one number (six hundred and forty, mil doscientos, 二百一十八) are not taken for digits
that are read out one after another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Numeral", "find_numerals"]

_EN_UNITS = {
    word: str(value)
    for value, words in enumerate(
        ("zero oh nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_EN_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ES_UNITS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
_ES_TEENS = ["diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve"]
_ES_TWENTIES = (
    "veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_ES_TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_ES_HUNDREDS = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]

_HAN = {**{c: str(v) for v, c in enumerate("零一二三四五六七八九")}, "〇": "0", "○": "0", "幺": "1", "两": "2"}


def _plain(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_VALUES = {
    **_EN_UNITS,
    **{word: str(10 + i) for i, word in enumerate(_EN_TEENS)},
    **{word: str(20 + 10 * i) for i, word in enumerate(_EN_TENS)},
    **{word: str(i) for i, word in enumerate(_ES_UNITS)},
    **{_plain(word): str(10 + i) for i, word in enumerate(_ES_TEENS)},
    **{_plain(word): str(20 + i) for i, word in enumerate(_ES_TWENTIES.split())},
    **{word: str(30 + 10 * i) for i, word in enumerate(_ES_TENS)},
    **{word: str(100 * (i + 1)) for i, word in enumerate(_ES_HUNDREDS)},
    "cien": "100",
}
_SPANISH = frozenset(_plain(w) for w in (*_ES_UNITS, *_ES_TEENS, *_ES_TWENTIES.split(), *_ES_TENS, *_ES_HUNDREDS))
_REPEATS = {"double": 2, "doble": 2, "triple": 3, "treble": 3}


def _either(words: Iterator[str] | list[str]) -> str:
    """Any of these words, with or without accents."""
    return "|".join(sorted({w for word in words for w in (word, _plain(word))}, key=lambda w: (-len(w), w)))


_EN_UNIT, _ES_UNIT = _either(list(_EN_UNITS)), _either(_ES_UNITS)
_ES_SMALL = (
    rf"(?:{_either(_ES_TENS)})(?: y (?:{_ES_UNIT}))?|{_either(_ES_TWENTIES.split())}|{_either(_ES_TEENS)}|{_ES_UNIT}"
)
_TOKEN = re.compile(
    r"(?P<figures>\d+(?:[*•xX]{2,8}\d{2,4})?)"
    r"|(?P<han>[零〇○一二三四五六七八九幺两]+)"
    r"|(?<![^\W_])(?P<word>"
    rf"(?:double|triple|treble|doble) (?:{_EN_UNIT}|{_ES_UNIT})"
    rf"|(?:{_either(_EN_TENS)})(?:[ -](?:{_either(list(_EN_UNITS)[3:])}))?|{_either(_EN_TEENS)}|{_EN_UNIT}"
    rf"|(?:{_either(_ES_HUNDREDS)})(?: (?:{_ES_SMALL}))?|cien|{_ES_SMALL}"
    r")(?![^\W_])",
    re.IGNORECASE,
)
_HIDDEN = "\u200b\u200c\u200d\u2060\ufeff"
_BETWEEN_FIGURES = re.compile(
    rf"[ \t\u00a0\u202f{_HIDDEN}]{{0,2}}[-–—‑.·)]?[ \t\u00a0{_HIDDEN}]?[(]?|(?:\.\.\.|…{{1,2}}) ?"
)
_BETWEEN_GROUPS = re.compile(r" ?[,，、] ?")
_BETWEEN_WORDS = re.compile(
    r"[ \t,，、\-–—…]{1,3}|\.\.\. ?|,? (?:dash|hyphen|slash|gui[oó]n|barra|raya),? ", re.IGNORECASE
)
_BETWEEN_HAN = re.compile(r"[ \t,，、\-–—…]{0,2}")
_QUANTITY_AFTER = re.compile(
    r"[ -]?(?:and a half|hundred|thousand|million|cientos|mil\b|mill[oó]n)|[十百千万亿多几]", re.IGNORECASE
)
_QUANTITY_BEFORE = re.compile(
    r"(?:hundred(?: and)?|thousand(?: and)?|million|mil|cientos|ciento) $|[十百千万亿第几]$", re.IGNORECASE
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+[.,]\d{1,2}|\d{1,3}(?: \d{3})*,\d{2}")


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits that belong together, at `start:end`. `spelled`: some of it in words or Chinese numerals.

    `amount`: written as only amounts are (1,250.00; 3.5). `groups` are the digits between separators.
    """

    start: int
    end: int
    groups: tuple[str, ...]
    spelled: bool
    amount: bool = False

    @property
    def digits(self) -> str:
        """All of its digits; hidden ones (138****8000) are `*`."""
        return "".join(self.groups)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    digits: str
    form: str
    word: str


def find_numerals(text: str) -> list[Numeral]:
    """All numerals of `text`, from left to right."""
    chains: list[list[_Token]] = []
    for token in _tokens(text):
        if chains and _joined(text, chains[-1][-1], token):
            chains[-1].append(token)
        else:
            chains.append([token])
    return [numeral for chain in chains for numeral in _numerals(text, chain)]


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        form = match.lastgroup or ""
        said = match.group()
        if form == "figures":
            digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else "*" for c in said)
        elif form == "han":
            digits = "".join(_HAN[c] for c in said)
        else:
            digits = _spoken(_plain(said))
        yield _Token(match.start(), match.end(), digits, form, _plain(said))


def _spoken(words: str) -> str:
    """Digits of one spelled group: `double five` 55, `forty-four` 44, `seiscientos doce` 612, `treinta y cuatro` 34."""
    parts = words.replace("-", " ").replace(" y ", " ").split()
    if parts[0] in _REPEATS and len(parts) > 1:
        return _VALUES[parts[1]] * _REPEATS[parts[0]]
    values = [int(_VALUES[part]) for part in parts]
    return _VALUES[parts[0]] if len(values) == 1 else str(sum(values))


def _joined(text: str, left: _Token, right: _Token) -> bool:
    gap = text[left.end : right.start]
    forms = {left.form, right.form}
    if forms == {"figures"}:
        return bool(_BETWEEN_FIGURES.fullmatch(gap) or _BETWEEN_GROUPS.fullmatch(gap))
    return bool((_BETWEEN_HAN if "han" in forms else _BETWEEN_WORDS).fullmatch(gap))


def _numerals(text: str, chain: list[_Token]) -> Iterator[Numeral]:
    """`chain` as one numeral, or divided where only commas hold it together and it does not look dictated."""
    spelled = any(token.form != "figures" for token in chain)
    if not spelled:
        yield from _figures(text, chain)
        return
    if any(token.word == "once" for token in chain) and not any(
        token.word.split()[0] in _SPANISH and token.word != "once" for token in chain
    ):
        # The English word, not eleven.
        chain = [token for token in chain if token.word != "once"]
    if not chain:
        return
    start, end = chain[0].start, chain[-1].end
    if _QUANTITY_AFTER.match(text, end):
        chain = chain[:-1] if len(chain) > 2 else []
    elif _QUANTITY_BEFORE.search(text, max(0, start - 14), start):
        chain = chain[1:]
    if chain:
        yield Numeral(chain[0].start, chain[-1].end, tuple(token.digits for token in chain), spelled=True)


def _figures(text: str, chain: list[_Token]) -> Iterator[Numeral]:
    parts: list[list[_Token]] = [[chain[0]]]
    gaps = [text[a.end : b.start] for a, b in pairwise(chain)]
    dictated = any("," in gap or "，" in gap or "、" in gap for gap in gaps) and _looks_dictated(chain, gaps)
    for token, gap in zip(chain[1:], gaps, strict=True):
        comma = gap.strip() in {",", "，", "、"}
        if comma and not dictated and not (gap == "," and len(token.digits) == 3):
            parts.append([token])
        else:
            parts[-1].append(token)
    for part in parts:
        start, end = part[0].start, part[-1].end
        if text[start - 1 : start] == "+" or (text[start - 1 : start] == "(" and ")" in text[start:end]):
            start -= 1
        if text[start - 1 : start] == "+":
            start -= 1
        amount = bool(_THOUSANDS.fullmatch(text, part[0].start, end))
        yield Numeral(start, end, tuple(token.digits for token in part), spelled=False, amount=amount)


def _looks_dictated(chain: list[_Token], gaps: list[str]) -> bool:
    lengths = [len(token.digits) for token in chain]
    if all(gap == "," for gap in gaps):
        return False
    if max(lengths) == 1:
        return len(lengths) >= 4
    return min(lengths) >= 2 and max(lengths) <= 4 and len(lengths) >= 3 and sum(lengths) >= 7
