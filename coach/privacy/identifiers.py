"""Identifiers that hold letters: e-mail addresses, licence plates, identity numbers, accounts, tracking and booking codes.

Promise: names of products (LUX-200, iPhone 15, T14) are not taken for codes: a code is announced, or has six digits, or a
form that nothing else has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coach.privacy.cues import TIGHT, Cue, Expectation
from coach.privacy.kinds import Found, Kind

__all__ = ["find_emails", "find_identifiers"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
_DOT = r"(?: (?:dot|punto|point) |点|\.)"
_SPOKEN_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9À-ÿ_.+-])[A-Za-z0-9À-ÿ_.+-]{{1,40}}(?:(?: (?:dot|punto|point|dash|"
    rf"gui[óo]n(?: bajo)?|underscore|hyphen|minus) |点|下划线)[A-Za-z0-9À-ÿ_.+-]{{1,40}}){{0,6}}"
    rf"(?: at | arroba | @ |艾特)(?:[a-z0-9-]{{1,40}} ){{0,2}}[a-z0-9-]{{1,40}}{_DOT}(?:com|org|net|edu|"
    rf"gov|co|es|mx|ar|cl|pe|cn|uk|de|fr|eu|io|me|info|ie|us|ca|au)"
    rf"(?:{_DOT}(?:uk|mx|ar|cn|au|es|pe|hk|tw|co))?(?![a-z0-9])",
    re.IGNORECASE,
)

_SPOKEN_AT = re.compile(r" at | arroba | @ |艾特", re.IGNORECASE)
_CHINESE_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][·•\s-]?(?:[A-HJ-NP-Z0-9]{5,6})(?![A-Z0-9])"
)
_BRITISH_PLATE = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2} ?[A-Z]{3}(?![A-Z0-9])")
_SPANISH_PLATE = re.compile(r"(?<![A-Z0-9])\d{4}[ -]?[B-DF-HJ-NP-TV-Z]{3}(?![A-Z0-9])")
_ANY_PLATE = re.compile(
    r"(?<![A-Za-z0-9])[A-Z0-9]{1,8}(?:[ -](?:[A-Z]{1,3}|"
    r"(?=[A-Z]{0,5}\d)[A-Z0-9]{1,6})(?![A-Za-z0-9])){0,3}(?![A-Za-z0-9])"
)

_IDENTITY = re.compile(
    r"(?<![A-Z0-9])(?:"
    r"\d{2}[. ]?\d{3}[. ]?\d{3}[ -]?[A-HJ-NP-TV-Z]|[XYZ][ -]?\d{7}[ -]?[A-Z]"  # DNI and NIE
    r"|[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d|[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}"  # CURP and RFC
    r"|[1-9]\d{5} ?(?:19|20)\d{2} ?(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]) ?\d{3}[\dXx]"  # Chinese resident identity card
    r"|\d{3}-\d{2}-\d{4}|[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]"  # SSN, National Insurance
    r")(?![A-Za-z0-9])"
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_TAX_NUMBER = re.compile(r"(?<![A-Z0-9])9[1-3][0-9A-HJ-NPQRTUWXY]{16}(?![A-Z0-9])")

_CODE = re.compile(
    r"#?(?<![A-Za-z0-9_@])(?=[A-Za-z0-9_/-]{0,24}\d)(?=[\d_/-]{0,24}[A-Za-z])[A-Za-z0-9]+(?:[-_/][A-Za-z0-9]+){0,5}"
    r"(?![A-Za-z0-9_@])(?!\.[A-Za-z])"
)
_LETTERS_THEN_GROUPS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,4}[ -]\d[\d -]{3,24}\d(?:-[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_ALL_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{6}(?![A-Za-z0-9])")
_TRACKING = re.compile(
    r"(?:1Z[A-Z0-9]{16}|JD\d{10,}|JJD\d{10,}|SF\d{10,}|YT\d{10,}|ZTO?\d{10,}|STO?\d{10,}|EMS?\d{8,}|"
    r"[A-Z]{2}\d{9}[A-Z]{2})",
    re.I,
)
_HANDLE_CUE = re.compile(r"user ?name|user id|account id|login|usuario|微信号?|qq号?|用户名|账号|帐号", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9_.-]{3,31}(?<![.-])(?![A-Za-z0-9@])")
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:st|nd|rd|th|s|am|pm|h|hs|hrs?|min|mins|km|kg|g|gsm|mg|cm|mm|ml|m|l|gb|g|mb|tb|"
    r"mbps|w|kw|kwh|v|mah|k|x|ªa?|º|"
    r"years?|days?|hours?|oz|lbs?|px|p|fps|hz|mhz|ghz|in|ft|mi|usd|eur|rmb)|[45]g|\d+x\d+|"
    r"\d{1,2}h\d{2}|a[0-6]|4k|8k|mp[34]|24h|b2[bc]|"
    r"\d+\w?/\d+|\d+(?:st|nd|rd|th)?-\d+(?:st|nd|rd|th)",
    re.IGNORECASE,
)
_CODE_KINDS = ("ORDER", "ACCOUNT", "ID", "CARD", "AGENT_ID", "CODE", "PLATE")


def find_emails(text: str) -> Iterator[Found]:
    """E-mail addresses, written or dictated (`ana dot ruiz at mail dot com`, `ana punto ruiz arroba correo punto es`)."""
    if "@" in text or "＠" in text:
        for match in _EMAIL.finditer(text):
            yield _found(match, "EMAIL")
    for match in _SPOKEN_EMAIL.finditer(text) if _SPOKEN_AT.search(text) else ():
        yield Found(match.start(), match.end(), "EMAIL", _email_value(match.group()))


def find_identifiers(text: str, cues: Sequence[Cue], expectation: Expectation, *, answer: bool) -> Iterator[Found]:
    """Plates, identity numbers, IBANs and codes of `text`; `answer` as for `find_numbers`."""
    expected = expectation.kinds if answer else ()
    yield from _plates(text, cues, expected)
    for pattern, kind in ((_IBAN, "ACCOUNT"), (_TAX_NUMBER, "ACCOUNT"), (_IDENTITY, "ID")):
        for match in pattern.finditer(text):
            yield _found(match, kind)  # type: ignore[arg-type]
    yield from _codes(text, cues, expected)
    yield from _handles(text)


def _plates(text: str, cues: Sequence[Cue], expected: Sequence[str]) -> Iterator[Found]:
    for match in _CHINESE_PLATE.finditer(text):
        yield _found(match, "PLATE")
    for match in _BRITISH_PLATE.finditer(text):
        yield _found(match, "PLATE")
    announced = [cue for cue in cues if cue.kind == "PLATE"]
    if not announced and "PLATE" not in expected:
        return
    for match in _SPANISH_PLATE.finditer(text):
        yield _found(match, "PLATE")
    for match in _ANY_PLATE.finditer(text):
        said = match.group()
        compact = re.sub(r"[^A-Z0-9]", "", said)
        near = any(cue.end <= match.start() and TIGHT.fullmatch(text, cue.end, match.start()) for cue in announced)
        mixed = any(c.isdigit() for c in compact) and any(c.isalpha() for c in compact)
        if 5 <= len(compact) <= 9 and mixed and (near or "PLATE" in expected):
            yield _found(match, "PLATE")


def _codes(text: str, cues: Sequence[Cue], expected: Sequence[str]) -> Iterator[Found]:
    for match in _LETTERS_THEN_GROUPS.finditer(text):
        kind, tight = _announced(text, match.start(), cues, expected)
        if kind is not None and (tight or sum(c.isdigit() for c in match.group()) >= 6):
            yield _found(match, kind)
    for match in _CODE.finditer(text):
        said = match.group().lstrip("#")
        if _MEASURE.fullmatch(said):
            continue
        digits = sum(c.isdigit() for c in said)
        kind, tight = _announced(text, match.start(), cues, expected)
        if _TRACKING.fullmatch(said):
            yield _found(match, "ORDER")
        elif digits >= 6 or (match.group()[0] == "#" and digits >= 3):
            yield _found(match, kind or "ORDER")
        elif kind is not None and digits >= 2 and len(said) >= 4 and (tight or _answers(text, match)):
            yield _found(match, kind)
    for match in _ALL_CAPITALS.finditer(text):
        kind, tight = _announced(text, match.start(), cues, ())
        if kind == "ORDER" and tight:
            yield _found(match, kind)


def _handles(text: str) -> Iterator[Found]:
    """Names of accounts: a word right after `username:`, `微信` and the like; with a digit or underscore unless after a colon."""
    for cue in _HANDLE_CUE.finditer(text):
        match = _HANDLE.search(text, cue.end())
        if match is None or match.start() - cue.end() > 14:
            continue
        between = text[cue.end() : match.start()]
        coloned = between.strip() in (":", "：")
        if (coloned or re.search(r"[\d_]", match.group())) and (coloned or TIGHT.fullmatch(between)):
            yield _found(match, "ACCOUNT")


def _announced(text: str, start: int, cues: Sequence[Cue], expected: Sequence[str]) -> tuple[Kind | None, bool]:
    """The kind of the nearest cue before `start`, else of what is expected; and whether it stands right before."""
    for cue in reversed(cues):
        if cue.end <= start and cue.kind in _CODE_KINDS:
            return cue.kind, bool(TIGHT.fullmatch(text, cue.end, start))  # type: ignore[return-value]
    kind = next((kind for kind in expected if kind in _CODE_KINDS), None)
    return kind, False  # type: ignore[return-value]


def _answers(text: str, match: re.Match[str]) -> bool:
    """The code is about all that the turn says."""
    return sum(c.isalnum() for c in text) - sum(c.isalnum() for c in match.group()) <= 24


def _found(match: re.Match[str], kind: Kind) -> Found:
    said = match.group()
    value = _email_value(said) if kind == "EMAIL" else re.sub(r"[^A-Z0-9\u4e00-\u9fff]", "", said.upper())
    digits = "".join(c for c in said if c.isdigit())
    return Found(match.start(), match.end(), kind, value, digits if kind != "EMAIL" else "")


def _email_value(said: str) -> str:
    said = re.sub(r" (?:dot|punto|point) |点", ".", said.lower())
    said = re.sub(r" (?:at|arroba|@) |艾特", "@", said)
    said = re.sub(r" (?:underscore|gui[óo]n bajo) |下划线", "_", said)
    said = re.sub(r" (?:dash|hyphen|minus|gui[óo]n) ", "-", said)
    return said.replace(" ", "")
