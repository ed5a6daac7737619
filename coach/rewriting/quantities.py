"""Quantities and times of a text, in figures or spelled out, in one canonical form for English, Spanish and Chinese.

Promise: two ways of writing one quantity (`8 yuan`, `ocho yuanes`, 八块) are equal, and a changed number or a changed unit
is not. `one` and its like count only before a unit: elsewhere they are articles (`one moment`, 一下).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

__all__ = ["Quantity", "find_quantities", "find_times"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` is a canonical number, clock time or string of digits, `unit` a canonical unit or empty."""

    value: str
    unit: str
    words: str


_EN = {
    **{
        w: i
        for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen".split())
    },
    **{w: i + 14 for i, w in enumerate("fourteen fifteen sixteen seventeen eighteen nineteen".split())},
    **{w: 20 + 10 * i for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())},
    **{w: i + 3 for i, w in enumerate("third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split())},
    "dozen": 12,
    "half": 0.5,
}
_ES = {
    **{w: i for i, w in enumerate("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece".split())},
    **{w: i + 14 for i, w in enumerate("catorce quince dieciseis diecisiete dieciocho diecinueve veinte".split())},
    **{w: i + 21 for i, w in enumerate("veintiuno veintidos veintitres veinticuatro veinticinco veintiseis".split())},
    **{w: i + 27 for i, w in enumerate("veintisiete veintiocho veintinueve".split())},
    **{w: 30 + 10 * i for i, w in enumerate("treinta cuarenta cincuenta sesenta setenta ochenta noventa".split())},
    **{w: 100 * (i + 1) for i, w in enumerate("ciento doscientos trescientos cuatrocientos quinientos".split())},
    **{w: 100 * (i + 6) for i, w in enumerate("seiscientos setecientos ochocientos novecientos".split())},
    "un": 1,
    "una": 1,
    "veintiun": 21,
    "cien": 100,
    "docena": 12,
    "media": 0.5,
    "medio": 0.5,
}
_LATIN = {"en": _EN, "es": _ES}
_LARGE = {"hundred": 100, "thousand": 1000, "mil": 1000, "million": 10**6, "millon": 10**6, "millones": 10**6}
_HAN = {
    "零": 0,
    "〇": 0,
    "幺": 1,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_HAN_LARGE = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 10**8}
_IDIOMS = re.compile(
    "十分(?!钟)|万一|千万(?![元块])|万分|百忙|三番五次|再三|四处|第一时间|一点(?![半钟整])|一五一十|百分百|半天|两边|一一|一块儿|一会儿|五谷|两头|三两句"
    "|第二[回遍]|头一[回遍]|(?<=[吼喊骂])两声|(?<=[说讲])两句|一个人|不三不四|乱七八糟|七上八下|四面八方|五湖四海|三心二意|一心一意"
)

_REPEATED = re.compile(
    r"\b(?:told|asked|said|explained|repeated)(?: [a-z']+){0,3} [a-z0-9]+ times\b"
    r"|\b(?:dicho|dije|repetido|explicado|preguntado)(?: [a-z]+){0,2} [a-z0-9]+ veces\b|[说讲问]了?[一二两三四五六七八九十几\d]遍"
)
"""How often something was said is a reproach, not a fact of the matter."""

_UNITS = {
    "minute": r"minut(?:e|o)s?|mins?\b|分钟",
    "hour": r"hours?|horas?|hrs?\b|个?(?:半)?小时|个?钟头",
    "workday": r"(?:working|business) days?|dias? (?:habil(?:es)?|laborables?)|个?工作日",
    "day": r"days?|dias?|天|日|号",
    "week": r"weeks?|semanas?|个?(?:星期|礼拜)|周",
    "month": r"months?|mes(?:es)?|个?月",
    "year": r"years?|anos?|年",
    "yuan": r"yuan(?:es)?|rmb|元|块",
    "euro": r"euros?|欧元|€",
    "dollar": r"dollars?|dolar(?:es)?|usd|美元",
    "percent": r"%|per ?cent|por ciento",
    "half_past": r"点半",
    "clock": r"o'?clock|[ap]\.?m\b\.?|en punto|点",
    "kilo": r"kilos?|kg\b|公斤",
    "floor": r"floors?|pisos?|楼|层",
    "second": r"seconds?|segundos?|秒",
}
_UNIT = re.compile(r"[ -]?(?:full |more |mas |(?=个))?(?:" + "|".join(f"(?P<{k}>{v})" for k, v in _UNITS.items()) + ")")
_RATE = re.compile(
    r"(?:(?:yuan(?:es)?|euros?|dollars?|dolares|percent|ciento) (?:an?|per|al|a la|por|cada) |每个?)"
    r"((?:minut|hour|hora|day|dia|week|seman|month|mes|year|ano)\w*|分钟|小时|[天日周月年])"
)
_BEFORE = re.compile(r"(?P<yuan>¥|rmb ?)|(?P<euro>€)|(?P<dollar>\$|us\$)")
_FIGURES = re.compile(
    r"\d(?:[ .·-]{0,2}\d){6,}|\d{1,2}:\d{2}|\d{1,3}(?:[.,]\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,]\d+)?"
)
_WORDS = re.compile(r"[a-z]+")
_HAN_RUN = re.compile("[零〇幺一二两三四五六七八九十百千万亿半]+")
_LATIN_GAP = re.compile(r"(?: and | y |[ -])$")

_TIMES = {
    "mon": r"mondays?|lunes|(?:周|星期|礼拜)一",
    "tue": r"tuesdays?|martes|(?:周|星期|礼拜)二",
    "wed": r"wednesdays?|miercoles|(?:周|星期|礼拜)三",
    "thu": r"thursdays?|jueves|(?:周|星期|礼拜)四",
    "fri": r"fridays?|viernes|(?:周|星期|礼拜)五",
    "sat": r"saturdays?|sabados?|(?:周|星期|礼拜)六",
    "sun": r"sundays?|domingos?|(?:周|星期|礼拜)[日天]",
    "weekend": r"weekend|fin de semana|周末",
    "today": r"today|hoy|今天|今日|今儿",
    "tonight": r"tonight|esta noche|今晚",
    "tomorrow": r"tomorrow|(?<!la )(?<!esta )(?<!toda )manana|明天|明日|明早|明晚|明儿",
    "yesterday": r"yesterday|ayer|昨天|昨日",
    "after-tomorrow": r"pasado manana|后天",
    "noon": r"noon|mediodia|中午",
    "jan": r"january|enero",
    "feb": r"february|febrero",
    "mar": r"(?:in|by|of|until|before|since|on) march|marzo",
    "apr": r"april|abril",
    "may": r"(?:in|by|of|until|before|since|on) may\b|mayo",
    "jun": r"june|junio",
    "jul": r"july|julio",
    "aug": r"august|agosto",
    "sep": r"september|septiembre",
    "oct": r"october|octubre",
    "nov": r"november|noviembre",
    "dec": r"december|diciembre",
}
_TIME = re.compile("|".join(rf"(?P<{k.replace('-', '_')}>(?<![a-z])(?:{v})(?![a-z]))" for k, v in _TIMES.items()))


def find_quantities(text: str, language: str | None) -> list[Quantity]:
    """All quantities of `text`. `language` decides between English and Spanish number words; others are told by script."""
    folded = _REPEATED.sub(lambda match: " " * len(match[0]), _folded(text))
    found = list(_figures(folded))
    found += _han(folded)
    if language in _LATIN:
        found += _spelled(folded, language)
    found += [Quantity("each", _unit(folded, 0, match.start(1)), match[0]) for match in _RATE.finditer(folded)]
    return [q for q in found if (q.value, q.unit) != ("1", "second")]


def find_times(text: str) -> dict[str, str]:
    """Canonical day or month -> the words that name it."""
    return {str(match.lastgroup): match[0] for match in _TIME.finditer(_folded(text))}


@cache
def _plain(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _folded(text: str) -> str:
    return "".join(map(_plain, text))


def _unit(text: str, start: int, end: int) -> str:
    after = _UNIT.match(text, end)
    if after:
        return str(after.lastgroup)
    for before in _BEFORE.finditer(text, max(0, start - 4), start):
        if before.end() == start:
            return str(before.lastgroup)
    return ""


def _figures(text: str) -> Iterator[Quantity]:
    for match in _FIGURES.finditer(text):
        written = match[0]
        digits = re.sub(r"\D", "", written)
        if ":" in written or len(digits) >= 7:
            value = written if ":" in written else digits
        elif re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written):
            value = digits
        else:
            value = _canonical(float(re.sub(r"[.,](?=\d{3}(?:\D|$))", "", written).replace(",", ".")))
        yield Quantity(value, _unit(text, match.start(), match.end()), written)


def _canonical(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _han(text: str) -> Iterator[Quantity]:
    idioms = {position for match in _IDIOMS.finditer(text) for position in range(*match.span())}
    days = {position for match in _TIME.finditer(text) for position in range(*match.span())}
    for match in _HAN_RUN.finditer(text):
        run = match[0]
        unit = _unit(text, match.start(), match.end())
        if match.start() in idioms or match.start() in days:
            continue
        if run in ("一", "半", "十", "百", "千", "万") and not unit:
            continue
        if set(run) & set(_HAN_LARGE):
            value = _canonical(_han_value(run))
        elif run.strip("半") and len(run) > 1 and "半" not in run:
            value = "".join(str(_HAN[c]) for c in run)
        else:
            value = _canonical(sum(0.5 if c == "半" else _HAN[c] for c in run))
        yield Quantity(value, unit, run)


def _han_value(run: str) -> float:
    """The value of a numeral; 三百六 is 360, for 306 is 三百零六."""
    total, section, digit = 0.0, 0.0, 0.0
    if len(run) > 2 and run[-1] in _HAN and run[-2] in _HAN_LARGE and run[-2] != "十":
        return _han_value(run[:-1]) + _HAN[run[-1]] * _HAN_LARGE[run[-2]] / 10
    for character in run:
        if character == "半":
            digit += 0.5
        elif character in _HAN:
            digit = _HAN[character]
        elif (size := _HAN_LARGE[character]) < 10_000:
            section += (digit or 1) * size
            digit = 0
        else:
            total += ((section + digit) or 1) * size
            section = digit = 0
    return total + section + digit


def _spelled(text: str, language: str) -> Iterator[Quantity]:
    table = _LATIN[language]
    run: list[tuple[int, int, str]] = []
    for match in _WORDS.finditer(text):
        word = _singular(match[0], table)
        if word is None:
            continue
        if run and not _LATIN_GAP.fullmatch(text[run[-1][1] : match.start()]):
            yield from _numbers(text, run, table)
            run = []
        run.append((match.start(), match.end(), word))
    yield from _numbers(text, run, table)


def _singular(word: str, table: dict[str, int] | dict[str, float]) -> str | None:
    """The word as the tables have it: Spanish hundreds agree in gender."""
    for form in (word, re.sub("ientas$", "ientos", word)):
        if form in table or form in _LARGE:
            return form
    return None


def _numbers(
    text: str, run: list[tuple[int, int, str]], table: dict[str, int] | dict[str, float]
) -> Iterator[Quantity]:
    """The numbers that a run of number words says: `two hundred and ten`, or digits read out one after another."""
    values = [table.get(word) for _, _, word in run]
    if len(run) >= 3 and all(value is not None and value < 10 for value in values):
        start, end = run[0][0], run[-1][1]
        yield Quantity("".join(str(int(value or 0)) for value in values), _unit(text, start, end), text[start:end])
        return
    part: list[tuple[int, int, str]] = []
    for entry in run:
        if part and not _goes_on(part[-1][2], entry[2], table):
            yield from _one(text, part, table)
            part = []
        part.append(entry)
    yield from _one(text, part, table)


def _goes_on(before: str, word: str, table: dict[str, int] | dict[str, float]) -> bool:
    if word in _LARGE or before in _LARGE:
        return True
    first, second = table[before], table[word]
    return (20 <= first < 100 and 1 <= second < 10) or (first >= 100 and second < 100) or second == 0.5


def _one(text: str, part: list[tuple[int, int, str]], table: dict[str, int] | dict[str, float]) -> Iterator[Quantity]:
    if not part:
        return
    total, current = 0.0, 0.0
    for _, _, word in part:
        size = _LARGE.get(word)
        if size is None:
            current += table[word]
        elif size == 100:
            current = (current or 1) * 100
        else:
            total += (current or 1) * size
            current = 0.0
    start, end = part[0][0], part[-1][1]
    unit = _unit(text, start, end)
    value = total + current
    if unit or value not in (0.5, 1):
        yield Quantity(_canonical(value), unit, text[start:end])
