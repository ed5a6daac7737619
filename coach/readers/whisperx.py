"""WhisperX (and other Whisper tools that assign speakers): segments with `SPEAKER_00` and the like.

Promise: a label of diarization says nothing about who it is: `--roles SPEAKER_00=agent,SPEAKER_01=customer` does. A transcript
without speakers is refused with what to run.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions

__all__ = ["WHISPERX"]

NO_SPEAKER = "(no speaker)"


class _Segment(Layout):
    start: float
    end: float
    text: str
    speaker: str | None = None


class _Document(Layout):
    language: str | None = None
    segments: list[_Segment] = Field(min_length=1)


def _recognises(document: Any) -> bool:
    return has_list(document, "segments", "start", "end", "text")


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Document, document, place, "a WhisperX transcript")
    if not any(segment.speaker for segment in parsed.segments):
        hint = "run whisperx with --diarize"
        raise place.error("the segments have no speakers, so nobody can tell who spoke", hint=hint)
    yield Conversation(
        id=place.default_id,
        utterances=[
            Utterance(segment.speaker or NO_SPEAKER, segment.text, start=segment.start, end=segment.end)
            for segment in parsed.segments
        ],
        place=place,
        format="whisperx",
        language=parsed.language,
        fragmentary=True,
    )


WHISPERX = JsonFormat("whisperx", "WhisperX segments with speakers", _recognises, _read)
