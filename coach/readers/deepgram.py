"""Deepgram: the answer of its speech-to-text API for a recording.

Promise: speakers and channels are numbers, and a number says nothing about who it is: `--roles 0=agent,1=customer` does.
Utterances are read where they were asked for, else the words, cut where the speaker changes or pauses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions

__all__ = ["DEEPGRAM"]

_PAUSE_SECONDS = 1.0


class _Word(Layout):
    word: str
    punctuated: str | None = Field(None, alias="punctuated_word")
    start: float
    end: float
    speaker: int | None = None


class _Utterance(Layout):
    start: float
    end: float
    transcript: str
    channel: int | None = None
    speaker: int | None = None


class _Alternative(Layout):
    words: list[_Word] = Field(default_factory=list)


class _Channel(Layout):
    alternatives: list[_Alternative] = Field(default_factory=list)
    language: str | None = Field(None, alias="detected_language")


class _Results(Layout):
    channels: list[_Channel] = Field(default_factory=list)
    utterances: list[_Utterance] | None = None


class _Metadata(Layout):
    request: str | None = Field(None, alias="request_id")


class _Document(Layout):
    metadata: _Metadata = Field(default_factory=lambda: _Metadata())
    results: _Results


def _recognises(document: Any) -> bool:
    results = document.get("results") if isinstance(document, dict) else None
    return has_list(results, "channels", "alternatives") or has_list(results, "utterances", "transcript")


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Document, document, place, "a Deepgram transcript")
    results = parsed.results
    channels = (
        {said.channel for said in results.utterances or ()} if results.utterances else set(range(len(results.channels)))
    )
    several = len(channels) > 1
    if results.utterances:
        utterances = [
            Utterance(_label(said.channel, said.speaker, several), said.transcript, start=said.start, end=said.end)
            for said in results.utterances
        ]
    else:
        utterances = [
            said
            for number, channel in enumerate(results.channels)
            for said in _of_words(channel.alternatives[0].words if channel.alternatives else (), number, several)
        ]
    yield Conversation(
        id=parsed.metadata.request or place.default_id,
        utterances=utterances,
        place=place,
        format="deepgram",
        language=next((channel.language for channel in results.channels if channel.language), None),
        fragmentary=True,
    )


def _label(channel: int | None, speaker: int | None, several: bool) -> str:
    """The channel where there are several (one party each), else the speaker that diarization heard."""
    number = channel if several else speaker if speaker is not None else channel
    return str(number or 0)


def _of_words(words: Iterable[_Word], channel: int, several: bool) -> list[Utterance]:
    said: list[Utterance] = []
    for word in words:
        label, text = _label(channel, word.speaker, several), word.punctuated or word.word
        last = said[-1] if said else None
        if last is not None and last.speaker == label and word.start - (last.end or 0) <= _PAUSE_SECONDS:
            last.text, last.end = f"{last.text} {text}", word.end
        else:
            said.append(Utterance(label, text, start=word.start, end=word.end))
    return said


DEEPGRAM = JsonFormat("deepgram", "Deepgram transcript", _recognises, _read)
