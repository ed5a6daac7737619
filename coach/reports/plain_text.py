"""Text from conversations made safe for the place where it is shown.

What customers and agents said is data: it may hold terminal escapes, line breaks, brackets or formulas. Promise: shown in
a terminal, a table cell, a Markdown document, XML or a spreadsheet it reads as it was said and does nothing else.
"""

from __future__ import annotations

import re

__all__ = ["one_line", "shortened", "spreadsheet_cell", "xml_text"]

_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
"""Marks that turn the direction of what follows; left in, they could reorder a whole line of the report."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]|^[\t\r\n]")


def one_line(text: str) -> str:
    """`text` on one line: line breaks and tabs become spaces, other control characters and bidi marks go."""
    spaced = re.sub(r"\s+", " ", text.translate(_BIDI)).strip()
    return _CONTROL.sub("", spaced)


def shortened(text: str, limit: int) -> str:
    """`text` on one line of at most `limit` characters, cut at a space where there is one near, with an ellipsis."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ", limit * 2 // 3)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:.") + "…"


def spreadsheet_cell(text: str) -> str:
    """`text` as a spreadsheet shows it: one that would be taken for a formula gets an apostrophe before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def xml_text(text: str) -> str:
    """`text` with every character that XML 1.0 does not allow replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
