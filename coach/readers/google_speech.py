"""Google Cloud Speech-to-Text: the answer of a recognition, version 1 or 2, alone or inside its operation.

Promise: channel and speaker tags are numbers, and say nothing about who it is: `--roles 1=agent,2=customer` does. Version 1
repeats all words with their speakers in the last result; they are read once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions

__all__ = ["GOOGLE_SPEECH", "Duration"]

_PAUSE_SECONDS = 1.0


def _seconds(value: Any) -> Any:
    """`1.400s`, or the object with seconds and nanos that some clients write."""
    if isinstance(value, str):
        return value.removesuffix("s")
    if isinstance(value, dict):
        return float(value.get("seconds") or 0) + float(value.get("nanos") or 0) / 1e9
    return value


Duration = Annotated[float, BeforeValidator(_seconds)]


class _Word(Layout):
    word: str
    start: Duration = Field(
        0.0, validation_alias=AliasChoices("startTime", "startOffset", "start_time", "start_offset")
    )
    end: Duration | None = Field(None, validation_alias=AliasChoices("endTime", "endOffset", "end_time", "end_offset"))
    speaker: str | None = Field(
        None, validation_alias=AliasChoices("speakerLabel", "speakerTag", "speaker_label", "speaker_tag")
    )


class _Alternative(Layout):
    transcript: str = ""
    words: list[_Word] = Field(default_factory=list)


class _Result(Layout):
    alternatives: list[_Alternative] = Field(default_factory=list)
    channel: str | None = Field(None, validation_alias=AliasChoices("channelTag", "channel_tag"))
    end: Duration | None = Field(
        None, validation_alias=AliasChoices("resultEndTime", "resultEndOffset", "result_end_time", "result_end_offset")
    )
    language: str | None = Field(None, validation_alias=AliasChoices("languageCode", "language_code"))


class _Response(Layout):
    results: list[_Result] = Field(min_length=1)


def _recognises(document: Any) -> bool:
    return has_list(_response(document), "results", "alternatives") and bool(_response(document)["results"])


def _response(document: Any) -> Any:
    inside = document.get("response") if isinstance(document, dict) else None
    return inside if isinstance(inside, dict) else document


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Response, _response(document), place, "a Google Speech-to-Text response")
    results = [result for result in parsed.results if result.alternatives]
    channels = {result.channel for result in results if result.channel}
    utterances = _by_channel(results) if len(channels) > 1 else _by_speaker(results)
    if not utterances:
        hint = "recognize with diarization, or each channel separately, and with word time offsets"
        raise place.error("the results tell neither channels nor speakers apart", hint=hint)
    yield Conversation(
        id=place.default_id,
        utterances=utterances,
        place=place,
        format="google-speech",
        language=next((result.language for result in results if result.language), None),
        fragmentary=True,
    )


def _by_channel(results: Iterable[_Result]) -> list[Utterance]:
    said = []
    for result in results:
        best = result.alternatives[0]
        start = best.words[0].start if best.words else None
        end = best.words[-1].end if best.words else result.end
        said.append(Utterance(result.channel or "0", best.transcript, start=start, end=end))
    return said


def _by_speaker(results: list[_Result]) -> list[Utterance]:
    tagged = [
        [word for word in result.alternatives[0].words if word.speaker not in (None, "", "0")] for result in results
    ]
    total = sum(len(result.alternatives[0].words) for result in results)
    last = tagged[-1] if tagged else []
    words = last if last and 2 * len(last) >= total else [word for group in tagged for word in group]
    said: list[Utterance] = []
    for word in words:
        current = said[-1] if said else None
        if current and current.speaker == word.speaker and word.start - (current.end or 0) <= _PAUSE_SECONDS:
            current.text, current.end = f"{current.text} {word.word}", word.end
        else:
            said.append(Utterance(word.speaker or "", word.word, start=word.start, end=word.end))
    return said


GOOGLE_SPEECH = JsonFormat("google-speech", "Google Cloud Speech-to-Text", _recognises, _read)
