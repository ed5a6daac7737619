"""Tells which language a conversation is in, when its export does not say.

Promise: no answer rather than a wrong one. Scripts that only one language writes decide by themselves; languages that share
the Latin script are told apart by a library made for short text, where it is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

__all__ = ["can_tell_latin_languages", "detect_language"]

_SAMPLE_CHARACTERS = 2_000
"""More text does not change the answer, only the time that it takes."""
_LONG_CHARACTERS = 120
"""From here on the library's small models tell languages apart as well as its large ones, which take a second and 200 MB to
load."""
_LEAST_CONFIDENCE = 0.4
_LEAD = 2.0
"""The best answer has to be this many times as likely as the next."""

_KANA = re.compile(r"[\u3041-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")


def detect_language(texts: Iterable[str]) -> str | None:
    """The BCP 47 tag of the language of these turns (`zh`, `es`), or None where it cannot be told."""
    sample = _sample(texts)
    letters = len(_LETTER.findall(sample))
    if not letters:
        return None
    by_script = _by_script(sample, letters)
    return by_script or _by_library(sample)


def can_tell_latin_languages() -> bool:
    """True where the library that tells English from Spanish is installed."""
    return _detector(True) is not None


def _sample(texts: Iterable[str]) -> str:
    parts, size = [], 0
    for text in texts:
        parts.append(text[: _SAMPLE_CHARACTERS - size])
        size += len(parts[-1]) + 1
        if size >= _SAMPLE_CHARACTERS:
            break
    return "\n".join(parts)


def _by_script(sample: str, letters: int) -> str | None:
    """A syllable or an ideograph says about as much as three letters, so a tenth of them outweighs names and brands."""
    kana, hangul, han = (len(pattern.findall(sample)) for pattern in (_KANA, _HANGUL, _HAN))
    if max(kana, hangul, han) * 10 < letters:
        return None
    if kana and kana * 10 >= kana + han:
        return "ja"
    return "ko" if hangul >= han else "zh"


def _by_library(sample: str) -> str | None:
    detector = _detector(len(sample) >= _LONG_CHARACTERS)
    if detector is None:
        return None
    best, second = detector.compute_language_confidence_values(sample)[:2]
    if best.value < _LEAST_CONFIDENCE or best.value < _LEAD * second.value:
        return None
    return str(best.language.iso_code_639_1.name.lower())


@lru_cache(maxsize=2)
def _detector(small: bool) -> Any:
    try:
        from lingua import Language, LanguageDetectorBuilder
    except ImportError:
        return None
    names = ("ENGLISH", "SPANISH", "PORTUGUESE", "FRENCH", "GERMAN", "ITALIAN", "DUTCH")
    builder = LanguageDetectorBuilder.from_languages(*(getattr(Language, name) for name in names))
    return (builder.with_low_accuracy_mode() if small else builder).build()
