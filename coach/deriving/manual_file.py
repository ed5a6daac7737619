"""Read a service manual: Markdown, plain text, DOCX or PDF, as lines.

Promise: a line's `raw` is verbatim what the file says, so that a quote from it can be found again; its `text` is the same
with the damage repaired that is certain (see `repair`), and nothing else changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coach.errors import ConfigError, InputError

__all__ = ["Line", "read_manual", "repair"]

_HAN = r"\u3400-\u9fff"
_PINYIN = re.compile(rf"(?<=[{_HAN}])[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{{1,7}}[)）]")
_FIELD_CODE = re.compile(r"HYPERLINK(?:\s*\"[^\"]*\")?(?:\s*\\t\s*\"_blank\")?")
_BOILERPLATE = re.compile(
    r"^(?:.{0,40}第 ?\d+ ?[页頁]|.*(?:免[费費]|继续|繼續).*(?:阅读|閱讀).*|下[载載]本文[档檔]|版[权權][说說]明.*|文[档檔]简介|文[档檔]簡介"
    r"|page \d+(?: of \d+)?|(?:share|print|download)(?: this)?(?: page| document)?|cookie.*|copyright .*|all rights reserved.*)$",
    re.IGNORECASE,
)
_ODD_LETTERS = {"旳": "的"}
"""Letters that stand for another one in scraped Chinese text; the first is hardly ever meant."""


@dataclass(frozen=True)
class Line:
    """One line of the manual. `number` counts from 1; `heading` is its level (1 is highest), 0 for text."""

    number: int
    raw: str
    text: str
    heading: int = 0


def repair(text: str) -> str:
    """Undo what is certainly damage of a scraped page: wrongly decoded characters, pinyin in brackets after the character that
    it spells, leftover field codes of a word processor, letters put for look-alikes. Wording, width and quotes stay."""
    from ftfy import fix_text

    text = fix_text(text, fix_character_width=False, uncurl_quotes=False, normalization=None)
    text = _FIELD_CODE.sub("", _PINYIN.sub("", text))
    for odd, meant in _ODD_LETTERS.items():
        text = text.replace(odd, meant)
    return text.strip()


def read_manual(path: Path) -> list[Line]:
    """The lines of a manual, empty ones and site boilerplate left out. Raises `InputError` naming the file."""
    if not path.is_file():
        raise InputError("there is no such file", source=path)
    suffix = path.suffix.lower()
    if suffix == ".docx":
        numbered = _docx(path)
    elif suffix == ".pdf":
        numbered = _pdf(path)
    elif suffix in (".md", ".markdown", ".txt", ""):
        numbered = _text(path)
    else:
        hint = "save it as .md, .txt, .docx or .pdf"
        raise InputError(f"a manual cannot be read from {suffix} files", source=path, hint=hint)
    lines = [_line(number, raw, level) for number, raw, level in numbered if raw.strip()]
    kept = [line for line in lines if not _BOILERPLATE.match(line.text)]
    if not kept:
        raise InputError("the manual has no text", source=path, hint="a scanned PDF has to go through OCR first")
    return kept


def _line(number: int, raw: str, level: int) -> Line:
    text = repair(raw)
    if not level and (marks := re.match(r"(#{1,6})\s+", text)):
        level = len(marks[1])
    return Line(number, raw.strip(), text, level)


def _text(path: Path) -> Iterable[tuple[int, str, int]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            from charset_normalizer import from_bytes
        except ImportError:
            raise ConfigError(f"{path} is not UTF-8; to read it install: pip install 'coach[derive]'") from None
        best = from_bytes(data).best()
        if best is None:
            raise InputError("is neither UTF-8 nor any encoding that can be recognised", source=path) from None
        text = str(best)
    return [(number, line, 0) for number, line in enumerate(text.splitlines(), 1)]


def _docx(path: Path) -> Iterable[tuple[int, str, int]]:
    try:
        from docx import Document
    except ImportError:
        raise ConfigError("to read .docx manuals install: pip install 'coach[derive]'") from None
    try:
        paragraphs = Document(str(path)).paragraphs
    except Exception as error:  # python-docx raises whatever its zip and XML layers raise
        raise InputError(f"is not a readable .docx file: {error}", source=path) from error
    found: list[tuple[int, str, int]] = []
    for number, paragraph in enumerate(paragraphs, 1):
        style = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
        level = int(style.split()[-1]) if re.fullmatch(r"Heading \d", style) else 1 if style == "Title" else 0
        found.extend((number, line, level) for line in paragraph.text.splitlines())
    return found


def _pdf(path: Path) -> Iterable[tuple[int, str, int]]:
    try:
        from pypdf import PdfReader
    except ImportError:
        raise ConfigError("to read .pdf manuals install: pip install 'coach[derive]'") from None
    try:
        text = "\n".join(page.extract_text() for page in PdfReader(str(path)).pages)
    except Exception as error:  # pypdf raises many kinds of errors on damaged files
        raise InputError(f"is not a readable PDF: {error}", source=path) from error
    return [(number, line, 0) for number, line in enumerate(text.splitlines(), 1)]
