"""WebVTT, as meeting and telephony services export it: `<v Name>` spans, or a name before the words.

Promise: a cue that is cut off or has a broken time is an error, not left out.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from coach.readers.captions import captioned, missing_library, spoken_lines
from coach.readers.conversation import Place
from coach.readers.format import Read, TextFormat
from coach.readers.options import ReadOptions
from coach.readers.times import clock_seconds

__all__ = ["WEBVTT"]

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]+)>")
_TAG = re.compile(r"</?[^<>]*>")


def _recognises(head: str) -> bool:
    return head.lstrip("\ufeff").startswith("WEBVTT")


def _read(text: str, place: Place, _options: ReadOptions) -> Read:
    try:
        from webvtt import WebVTT
        from webvtt.errors import MalformedCaptionError, MalformedFileError
    except ImportError:
        raise missing_library("WebVTT") from None
    try:
        captions = WebVTT.from_string(text, strict=True).captions
        cues = [piece for caption in captions for piece in _pieces(caption)]
    except (MalformedFileError, MalformedCaptionError, ValueError) as error:
        raise place.error(f"not valid WebVTT: {error}") from None
    if not cues:
        raise place.error("the WebVTT file has no cues with words in them")
    yield captioned(cues, place, "webvtt")


def _pieces(caption: Any) -> list[tuple[str | None, str, float, float]]:
    """(speaker, words, start, end) for each voice of a cue."""
    start, end = clock_seconds(caption.start), clock_seconds(caption.end)
    parts = _VOICE.split(caption.raw_text)
    pieces: list[tuple[str | None, str, float, float]] = []
    for voice, words in [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
        plain = unescape(_TAG.sub("", words)).strip()
        if not plain:
            continue
        if voice:
            pieces.append((unescape(voice).strip(), " ".join(plain.split()), start, end))
        else:
            pieces += [(speaker, said, start, end) for speaker, said in spoken_lines(plain, None)]
    return pieces


WEBVTT = TextFormat("webvtt", "WebVTT captions", _recognises, _read)
