"""Tells numbers that identify somebody or something of theirs from amounts, durations, dates and counts.

Promise: digits followed by a unit or preceded by a currency, times, dates that nobody was born on, percentages and the
short public numbers (112, 400 lines) are never masked, whatever stands around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stdnum import luhn
from stdnum.cn import ric

from coach.privacy.cues import TIGHT, Cue, Expectation
from coach.privacy.kinds import NUMBERED, Found, Kind
from coach.privacy.numerals import Numeral

__all__ = ["find_numbers", "is_quantity"]

_UNIT_WORDS = (
    r"(?:us )?dollars?|bucks|pounds?|quid|euros?|yuan|rmb|pesos?|pence|cents?|c[ée]ntimos|hours?|hrs?|"
    r"minutes?|mins?|seconds?|secs?|"
    r"days?|weeks?|months?|years?|per ?cent|percent|miles?|kil[oó]s?|kilomet(?:er|re)s?|met(?:er|"
    r"re)s?|grams?|degrees?|"
    r"lit(?:er|re)s?|inch(?:es)?|feet|units?|people|persons?|items?|pieces?|points?|stars?|bars?|"
    r"photos?|times|copies|flyers|homes|"
    r"customers?|nights?|adults?|steps|words|messages|texts|minutos?|horas?|d[íi]as?|semanas?|"
    r"mes(?:es)?|años?|segundos?|por ciento|"
    r"grados?|kil[óo]metros?|metros?|litros?|megas?|gigas?|personas?|puntos?|noches?|unidades|veces|"
    r"clientes|mensajes|"
    r"km|kg|g|gsm|cm|mm|m|ml|l|lbs?|oz|gb|mb|tb|kb|mbps|gbps|mhz|ghz|kwh?|w|v|mah|rpm|px|dpi|am|pm|a\.m|p\.m|o'clock|"
    r"usd|eur|gbp|cny|mxn|st|nd|rd|th|h"
)
_UNIT_AFTER = re.compile(
    rf"\s?-?(?:{_UNIT_WORDS})(?![a-zà-ÿ0-9])|\s?[%％‰€$£¥￥°元块]"
    r"|\s?(?:多|来|余)?[块角分毛钱点个条张次天日月年小时钟秒岁度米里斤克吨兆件台部平楼层倍期笔位名封步种家本遍趟瓦折成页份周星]"
    r"|\s?(?:公[里斤]|小时|分钟|千瓦|字节|积分)|:\d|：\d",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"(?:[$€£¥￥]|usd|eur|gbp|rmb|cny|mxn|人民币|第|约|共计?|[a-z]\$)\s?$|(?<!\d)\d{1,2}[:：]$", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
)
_COMPACT_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_PUBLIC = re.compile(
    r"911|999|112|110|119|120|114|122|100|101|95\d{3}|96\d{3,4}|100\d{2}|12[0-9]{3}|[48]00\d{7}|"
    r"1?8(?:00|88|77|66|55|44|33)\d{7}|90[012]\d{6}|800\d{6}"
)
_TOLL_FREE = re.compile(r"[48]00\d{7}|1?8(?:00|88|77|66|55|44|33)\d{7}|90[012]\d{6}|800\d{6}")
_CHINESE_MOBILE = re.compile(r"(?:\+?86)?1[3-9][\d*]{9}")
_WRITTEN_PHONE = re.compile(
    r"\(\d{3}\) ?\d{3}[ -]?\d{4}|\d{3}([-.])\d{3}\1\d{4}|\+\d[\d -]{8,16}|0[17]\d{3} ?\d{3} ?\d{3,4}"
)
_WORD_AFTER = re.compile(r"[ \-][a-zà-ÿ]+")
_FILLERS_AFTER = re.compile(
    r" (?:is|was|and|or|please|thanks|thank|if|for|but|by|in|on|at|to|from|as|when|my|your|it|has|"
    r"says|so|ok|okay|right|again|"
    r"hasn't|yes|correct|though|still|here|then|never|got|y|o|por|para|que|de|del|es|era|no|sí|"
    r"gracias|correcto|verdad|está|"
    r"si|pero|con|a|al|en|lleva|fyi|thx)(?![a-zà-ÿ])"
)
_ANNOUNCED_AFTER = re.compile(
    r"\s?,?\s?(?:is|was|es|era|是)?\s?(?:the|my|your|our|mi|su|el|la|我的|您的)?\s?", re.IGNORECASE
)
_AGENT_NUMBER = re.compile(
    r"号(?:客服|话务|坐席|专员|接线|员工|为您|很高兴|竭诚|就是我|，很高兴|，为您)|\s?号(?=[，。,！!]?\s*(?:很高兴|为您|请问|竭诚))"
)
_AGENT_BEFORE = re.compile(r"(?:(?:客服|服务)(?:中心)?的?|我是|报|找|工号)$")
_FEWEST_ALONE = 7
_FEWEST_CUED = 5
_FEWEST_TIGHT = 3
_ROUND = re.compile(r"[1-9]\d{0,2}0{3,}")
_LETTER_BEFORE = re.compile(r"[A-Za-z_]$")
_HASH_BEFORE = re.compile(r"#\s?$")


def is_quantity(text: str, numeral: Numeral) -> bool:
    """True for amounts, durations, times, dates and counts, by how they are written and what stands beside them."""
    if numeral.amount or _MONEY_BEFORE.search(text, max(0, numeral.start - 5), numeral.start):
        return True
    if _UNIT_AFTER.match(text, numeral.end):
        return True
    written = text[numeral.start : numeral.end]
    return bool(_DATE.fullmatch(written))


def find_numbers(
    text: str, numerals: Sequence[Numeral], cues: Sequence[Cue], expectation: Expectation, *, answer: bool
) -> list[Found]:
    """The identifying numbers among `numerals`. `answer`: this turn may answer what `expectation` holds."""
    found = []
    bare = _letters_outside(text, numerals) <= 12
    for numeral in numerals:
        numeral = _without_counted_end(text, numeral)
        kind = _kind(text, numeral, cues, expectation.kinds if answer else (), bare=bare)
        if kind is not None:
            start = _with_hash(text, numeral.start)
            digits = numeral.digits
            piece = bare and kind in NUMBERED and len(digits) <= 8 and len(numerals) == 1
            found.append(Found(start, numeral.end, kind, digits, digits, piece))
    return found


def _kind(text: str, numeral: Numeral, cues: Sequence[Cue], expected: Sequence[str], *, bare: bool) -> Kind | None:
    digits = numeral.digits
    count = len(digits)
    if _is_agent_number(text, numeral):
        return "AGENT_ID"
    if count < 2 or is_quantity(text, numeral) or _LETTER_BEFORE.search(text, max(0, numeral.start - 1), numeral.start):
        return None
    cue, tight = _announced(text, numeral, cues)
    if cue == "LAST":
        cue = next((kind for kind in expected if kind in NUMBERED), "CARD")
    if _TOLL_FREE.fullmatch(digits) and not numeral.spelled and cue in (None, "PHONE"):
        return None
    kind = _cued_kind(text, numeral, cue, tight, expected, bare=bare)
    if kind is not None:
        return kind if tight else _by_shape(text[numeral.start : numeral.end], digits, kind)
    if _HASH_BEFORE.search(text, max(0, numeral.start - 2), numeral.start) and count >= 4:
        return "ORDER"
    if count >= _FEWEST_ALONE and not _COMPACT_DATE.fullmatch(digits) and not _round(digits):
        return _by_shape(text[numeral.start : numeral.end], digits, "NUMBER")
    return None


def _cued_kind(
    text: str, numeral: Numeral, cue: str | None, tight: bool, expected: Sequence[str], *, bare: bool
) -> Kind | None:
    """The kind that a cue in the turn, or else an earlier one, gives the numeral; None where there are too few digits for it."""
    count = len(numeral.digits)
    year = bool(_YEAR.fullmatch(numeral.digits)) and not numeral.spelled
    counted = _counts_something(text, numeral)
    if cue == "PHONE" and _PUBLIC.fullmatch(numeral.digits):
        return None
    if cue in NUMBERED:
        if tight and count >= _FEWEST_TIGHT and not (counted and count < 6):
            return cue
        if (
            count >= _FEWEST_CUED
            and not (counted and count < 7)
            and not _round(numeral.digits)
            and not _PUBLIC.fullmatch(numeral.digits)
        ):
            return cue
    wanted = [kind for kind in expected if kind in NUMBERED or kind in ("BIRTH_DATE", "ADDRESS", "LAST", "PLATE")]
    if not wanted:
        return None
    if "BIRTH_DATE" in wanted and (numeral.spelled or bare) and count in (6, 7, 8) and _could_be_date(numeral.digits):
        return "BIRTH_DATE"
    kind = next((kind for kind in wanted if kind in NUMBERED), None)
    if kind is None:
        return "ADDRESS" if "ADDRESS" in wanted and bare and count in (5, 6) else None
    fewest = 2 if bare else 4
    if count == 4 and not bare and numeral.start > 12:
        return None
    if count < fewest or (counted and count < 7) or (year and not bare) or (_round(numeral.digits) and not bare):
        return None
    return kind


def _announced(text: str, numeral: Numeral, cues: Sequence[Cue]) -> tuple[str | None, bool]:
    """The kind of the cue that the numeral belongs to, and whether the cue stands right before or after it."""
    last = False
    for cue in reversed(cues):
        if cue.end > numeral.start:
            continue
        between = text[cue.end : numeral.start]
        if cue.kind == "LAST":
            last = bool(TIGHT.fullmatch(between)) or last
            continue
        if cue.kind in ("NAME", "BIRTH_DATE"):
            continue
        tight = (len(between) < 40 and bool(TIGHT.fullmatch(between))) or (last and len(between) < 60)
        return cue.kind, tight
    if last:
        return "LAST", True
    for cue in cues:
        if cue.start >= numeral.end and cue.kind in NUMBERED:
            between = text[numeral.end : cue.start]
            if len(between) < 16 and _ANNOUNCED_AFTER.fullmatch(between) and between.strip():
                return cue.kind, len(numeral.digits) >= 4
            break
    return None, False


def _by_shape(written: str, digits: str, kind: Kind) -> Kind:
    """What the digits themselves say, where the cue was far away or said nothing."""
    if len(digits) == 18 and (ric.is_valid(digits) or _COMPACT_DATE.fullmatch(digits[6:14])) and kind != "ORDER":
        return "ID"
    if _CHINESE_MOBILE.fullmatch(digits) or _WRITTEN_PHONE.fullmatch(written):
        return "PHONE"
    if 14 <= len(digits) <= 19 and luhn.is_valid(digits.replace("*", "0")) and kind != "ORDER":
        return "CARD"
    if kind == "NUMBER" and 9 <= len(digits) <= 12:
        return "PHONE"
    return kind


def _is_agent_number(text: str, numeral: Numeral) -> bool:
    if not 2 <= len(numeral.digits) <= 6 or text[numeral.end : numeral.end + 1] != "号":
        return False
    if _AGENT_NUMBER.match(text, numeral.end):
        return True
    return bool(_AGENT_BEFORE.search(text, max(0, numeral.start - 6), numeral.start)) and len(numeral.digits) >= 3


def _counts_something(text: str, numeral: Numeral) -> bool:
    """A lower-case word follows directly, as in `500 flyers`, and it is not one that goes on with the sentence."""
    return bool(_WORD_AFTER.match(text, numeral.end)) and not _FILLERS_AFTER.match(text, numeral.end)


def _without_counted_end(text: str, numeral: Numeral) -> Numeral:
    """`numeral` less a last group that a unit or counted thing follows: `... 0142 3 times`."""
    if len(numeral.groups) < 2 or not (_UNIT_AFTER.match(text, numeral.end)) or numeral.amount:
        return numeral
    last = len(numeral.groups[-1])
    end = len(text[: numeral.end - last].rstrip(" ,，、-"))
    if numeral.spelled or sum(map(len, numeral.groups[:-1])) < _FEWEST_ALONE:
        return numeral
    return Numeral(numeral.start, end, numeral.groups[:-1], numeral.spelled)


def _letters_outside(text: str, numerals: Sequence[Numeral]) -> int:
    inside = sum(c.isalpha() for numeral in numerals for c in text[numeral.start : numeral.end])
    return sum(c.isalpha() for c in text) - inside


def _with_hash(text: str, start: int) -> int:
    match = _HASH_BEFORE.search(text, max(0, start - 2), start)
    return match.start() if match else start


def _round(digits: str) -> bool:
    return _ROUND.fullmatch(digits) is not None


def _could_be_date(digits: str) -> bool:
    pairs = [int(digits[i : i + 2]) for i in (0, 2)]
    return all(1 <= pair <= 31 for pair in pairs) or digits.startswith(("19", "20"))
