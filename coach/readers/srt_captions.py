"""SRT subtitles with a name before the words of a cue.

Promise: the library that reads them passes over what it does not understand; here every arrow between two times must have
become a cue, or the file is refused with the line.
"""

from __future__ import annotations

import re

from coach.readers.captions import captioned, missing_library, spoken_lines
from coach.readers.conversation import Place
from coach.readers.format import Read, TextFormat
from coach.readers.options import ReadOptions

__all__ = ["SRT"]

_TIME = r"\d{1,3}:\d{2}:\d{2}[,.]\d{1,3}"
_TIMES = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}\b")


def _recognises(head: str) -> bool:
    lines = [line.strip() for line in head.lstrip("\ufeff").splitlines() if line.strip()][:2]
    return (
        bool(lines)
        and any(_TIMES.match(line) for line in lines)
        and (lines[0].isdigit() or _TIMES.match(lines[0]) is not None)
    )


def _read(text: str, place: Place, _options: ReadOptions) -> Read:
    try:
        import pysubs2
    except ImportError:
        raise missing_library("SRT") from None
    lines = text.splitlines()
    broken = next((number for number, line in enumerate(lines, 1) if "-->" in line and not _TIMES.match(line)), None)
    if broken is not None:
        raise place.error("not valid SRT: a time is not like 00:00:12,500 --> 00:00:15,000", line=broken)
    try:
        events = pysubs2.SSAFile.from_string(text, format_="srt")
    except (pysubs2.Pysubs2Error, ValueError, OverflowError) as error:
        raise place.error(f"not valid SRT: {error}") from None
    cues = [
        (speaker, words, event.start / 1000, event.end / 1000)
        for event in events
        for speaker, words in spoken_lines(event.plaintext, None)
    ]
    if not cues:
        raise place.error("the SRT file has no cues with words in them")
    yield captioned(cues, place, "srt")


SRT = TextFormat("srt", "SRT subtitles", _recognises, _read)
