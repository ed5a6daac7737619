"""Finds dates of birth: dates that a word or a question near them says somebody was born on. Other dates stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.privacy.cues import Cue
from coach.privacy.kinds import Found

__all__ = ["find_birth_dates"]

_EN_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_ES_MONTH = r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)"
_EN_DAY = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty[ -]|thirty[ -])?(?:first|second|third|fourth|fifth|sixth|"
    r"seventh|eighth|ninth)|"
    r"tenth|eleventh|twelfth|\w{3,6}teenth|twentieth|thirtieth)"
)
_EN_YEAR = r"(?:(?:19|20)\d{2}|'?\d{2}|nineteen(?:[ -]\w+){1,2}|two thousand(?: and)?(?: \w+)?|twenty[ -]\w+)"
_ES_YEAR = r"(?:(?:19|20)\d{2}|\d{2}|mil novecientos(?: \w+(?: y \w+)?)?|dos mil(?: \w+)?)"
_HAN = "零〇○一二三四五六七八九十\\d"
_DATE = re.compile(
    r"(?<![\d/.-])(?:(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d{2}|"
    r"(?:19|20)\d{6})(?!\d)"
    rf"|\b{_EN_DAY}(?: of)? {_EN_MONTH},?(?: (?:of )?{_EN_YEAR})?|\b{_EN_MONTH} (?:the )?{_EN_DAY},?(?: {_EN_YEAR})?"
    rf"|\b(?:\d{{1,2}}|primero|uno|\w+) de {_ES_MONTH},?(?: (?:de|del) (?:año )?{_ES_YEAR})?"
    rf"|[{_HAN}]{{2,4}}年[{_HAN}]{{1,3}}月(?:[{_HAN}]{{1,3}}[日号]?)?|[{_HAN}]{{1,3}}月[{_HAN}]{{1,3}}[日号]",
    re.IGNORECASE,
)


def find_birth_dates(text: str, cues: Sequence[Cue], expected: Sequence[str]) -> Iterator[Found]:
    """Dates after a word of birth in the turn, or in an answer where a date of birth was asked for."""
    born = [cue for cue in cues if cue.kind == "BIRTH_DATE"]
    if not born and "BIRTH_DATE" not in expected:
        return
    for match in _DATE.finditer(text):
        if "BIRTH_DATE" in expected or any(cue.start - 40 <= match.start() for cue in born):
            value = re.sub(r"[\s,.'-]", "", match.group().lower())
            yield Found(match.start(), match.end(), "BIRTH_DATE", value, "".join(c for c in value if c.isdigit()))
