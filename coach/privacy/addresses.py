"""Finds postal addresses down to the street: street and house number, estate and block, post codes. Cities alone stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.privacy.cues import Cue
from coach.privacy.kinds import Found

__all__ = ["find_addresses"]

_EN_STREET = (
    r"(?:Street|St\b\.?|Road|Rd\b\.?|Avenue|Ave\b\.?|Lane|Ln\b\.?|Drive|Dr\b\.?|Boulevard|Blvd\.?|Way|"
    r"Court|Ct\b\.?|Place|Pl\b\.?|Square|"
    r"Sq\b\.?|Terrace|Close|Crescent|Parkway|Pkwy|Highway|Hwy|Row|Gardens|Grove|Mews|Alley|Walk|"
    r"Circle|Cir\b\.?|Trail|Quay)"
)
_EN_UNIT = r"(?:[Aa]partment|[Aa]pt\.?|[Ff]lat|[Uu]nit|[Ss]uite|[Rr]oom|[Ff]loor|[Bb]uilding|[Bb]lock)"
_EN_POST = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|(?:[A-Z]{2} )?\d{5}(?:-\d{4})?)"
_EN_WORDS = r"(?:(?:[NSEW]{1,2}\.?|North|South|East|West|[A-Z][\w'’-]*|\d{1,3}(?:st|nd|rd|th)) ){1,4}"
_DIRECTION = r"(?: (?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)\b)?"
_ENGLISH = re.compile(
    rf"(?:\b{_EN_UNIT} [A-Z]?\d{{1,4}}[A-Z]?,? )?\b(?P<number>\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?),? "
    rf"{_EN_WORDS}{_EN_STREET}{_DIRECTION}(?![a-z])"
    rf"(?:,? (?:{_EN_UNIT} |#)\w{{1,5}})?(?:(?:,? [A-Z][a-z]+){{0,2}},? {_EN_POST})?(?![A-Za-z0-9])"
)
_SPELLED_ENGLISH = re.compile(
    rf"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|eleven|twelve|(?:twen|thir|for|"
    rf"fif|six|seven|eigh|nine)ty)"
    rf"(?:[ -](?:oh|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|hundred|"
    rf"and))* {_EN_WORDS}{_EN_STREET}(?![a-z])",
)
_HOUSELESS = re.compile(
    rf"(?:(?:live|lives|living|deliver\w*|address is|moved|house) (?:at|on|to|"
    rf"in)? ?)({_EN_WORDS}{_EN_STREET})(?![a-z])"
)
_LOWER_ENGLISH = re.compile(
    rf"\b(?:(?:flat|unit|apt) \w{{1,4}},? )?\d{{1,5}}[a-z]?(?: [a-z]{{2,}}){{1,3}} (?:street|road|"
    rf"avenue|lane|drive|boulevard|terrace|crescent|close|ave|rd|blvd)\b"
    rf"(?:,? {_EN_POST})?",
    re.IGNORECASE,
)
_BRITISH_POST = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![A-Z0-9])")
_HOUSE_NUMBER = re.compile(r"(?<=number )\d{1,4}[A-Za-z]?(?![\w-])(?! [a-z])")

_ES_WAY = (
    r"(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]laza|[Pp]za\.?|[Pp]aseo|[Pp]º|[Cc]amino|"
    r"[Cc]arretera|[Rr]onda|[Tt]raves[ií]a|[Pp]asaje|"
    r"[Cc]allej[óo]n|[Cc]alzada|[Bb]oulevard|[Uu]rbanizaci[óo]n|[Cc]erro|[Pp]rivada|[Rr]ambla|"
    r"[Gg]lorieta|[Cc]uesta|[Jj]ir[óo]n|[Cc]arrera)"
)
_ES_WORD = r"(?:(?:de|del|la|las|los|el|y|al)\b|[A-ZÁÉÍÓÚÑ0-9][\wáéíóúñ.ºª-]{0,30})"
_ES_NUMBER = (
    r"(?:,? (?:n[úu]mero|n[úu]m\.?|n[ºo°]\.?|#) ?\d{1,5}|,? \d{1,5}\b|"
    r",? n[úu]mero (?:\w+ y \w+|(?:ciento|doscientos|trescientos|mil) \w+(?: y \w+)?|\w+))"
)
_ES_DETAIL = (
    r"(?:,? (?:portal|piso|puerta|escalera|esc\.|bloque|bajo|[áa]tico|entresuelo|principal|interior|"
    r"int\.|depto\.?|departamento|"
    r"apartamento|casa|local|colonia|col\.|C\.?P\.?|primero|segundo|tercero|cuarto|quinto|sexto|"
    r"izquierda|derecha|izda\.?|dcha\.?|"
    r"\d{1,2} ?[ºª°](?: ?[A-Z]\b| (?:izquierda|derecha|izda\.?|dcha\.?|[A-Z]\b))?|\d{5}\b)"
    r"(?: ?(?:\d{1,5}[ºª]?(?: ?[A-Z]\b)?|[A-Z]\b|[A-ZÁÉÍÓÚÑ][a-záéíóúñ]+|izquierda|derecha))?)"
)
_SPANISH = re.compile(
    rf"(?:\b(?:la|el) )?(?<![a-záéíóúñ]){_ES_WAY}(?: |"
    rf"(?<=[/.])){_ES_WORD}(?: {_ES_WORD}){{0,6}}?{_ES_NUMBER}{_ES_DETAIL}*(?![\w])"
)
_SPANISH_BARE = re.compile(
    rf"(?<![\w])[A-ZÁÉÍÓÚÑ][\wáéíóúñ]{{1,30}}(?: {_ES_WORD}){{0,6}}?(?<! el){_ES_NUMBER}{_ES_DETAIL}*(?![\w])(?! de [a-z])"
)

_N = r"[0-9零〇一二三四五六七八九十百幺两A-Za-z]"
_PLACE = r"[\u4e00-\u9fff]"
_ZH_PARTS = (
    rf"(?:{_N}{{1,5}}(?:号楼|号院|号|弄|巷|栋|幢|座|单元|组|层|楼|室|房|户)|[\u4e00-\u9fff]{{0,8}}?(?:小区|花园|家园|公寓|大厦|广场|"
    rf"苑|府|新村|新城|国际|中心|电脑城|停车场|市场)"
    rf"|[东南西北]区|[A-Z]?\d{{2,4}}(?!\d|[元块年月天个条])|[A-Z]\d{{1,4}})"
)
_ZH_STREET = re.compile(
    rf"(?P<street>{_PLACE}{{1,8}}?(?:大道|路|街|巷|胡同|弄|大街|北街|南街|东街|西街))(?P<number>{_N}{{1,6}}(?:弄|号院|号楼|号|巷)){_ZH_PARTS}*"
)
_ZH_ESTATE = re.compile(
    rf"(?P<street>{_PLACE}{{2,8}}?(?:小区|花园|家园|公寓|苑|府|新村|城|村|里|社区|大厦))(?P<number>{_N}{{1,4}}(?:栋|幢|座|号楼|"
    rf"单元|组|号院)){_ZH_PARTS}*"
)
_ZH_LEAD = re.compile(
    r"^.*(?:省|自治区|[^城]市|[^小社]区(?=.{2})|县(?=.)|镇(?=.)|乡(?=.)|街道(?=.)|地址|还是|就是|住在|住|家在|是在|寄到|送到|放到|放在|"
    r"来到|带到|搬到|到|在|去|为|是|叫|您|我|给|往|从|请|的|，)"
)


def find_addresses(text: str, cues: Sequence[Cue], expected: Sequence[str]) -> Iterator[Found]:
    """The addresses of `text`. Where one was asked for or announced, a street need not be called one."""
    wanted = "ADDRESS" in expected or any(cue.kind == "ADDRESS" for cue in cues)
    if any(c.isdigit() for c in text) or wanted:
        patterns = [_ENGLISH, _SPANISH, _BRITISH_POST]
        if wanted:
            patterns += [_LOWER_ENGLISH, _SPANISH_BARE, _HOUSE_NUMBER]
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield _found(text, match.start(), match.end())
    elif "número" in text or "numero" in text:
        for match in _SPANISH.finditer(text):
            yield _found(text, match.start(), match.end())
    for match in _SPELLED_ENGLISH.finditer(text):
        yield _found(text, match.start(), match.end())
    for match in _HOUSELESS.finditer(text):
        yield _found(text, match.start(1), match.end(1))
    if "号" in text or any(word in text for word in "栋幢弄组座单"):
        yield from _chinese(text)


def _chinese(text: str) -> Iterator[Found]:
    for pattern in (_ZH_STREET, _ZH_ESTATE):
        for match in pattern.finditer(text):
            start = match.start()
            lead = _ZH_LEAD.match(match["street"])
            if lead is not None and len(match["street"]) - lead.end() >= 2:
                start += lead.end()
            yield _found(text, start, match.end())


def _found(text: str, start: int, end: int) -> Found:
    said = text[start:end].rstrip(" ,.")
    return Found(start, start + len(said), "ADDRESS", re.sub(r"[\W_]+", "", said.lower()))
