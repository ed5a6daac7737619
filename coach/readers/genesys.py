"""Genesys Cloud: the transcript that the transcript URL of speech and text analytics leads to.

Promise: `external` is the customer. `internal` is whoever was on the line on our side at that moment: an agent, who is named
where the export names them, or a machine (IVR, ACD, voicemail), whose words become events.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions
from coach.transcript import Channel

__all__ = ["GENESYS"]

_CUSTOMERS = frozenset(("external", "customer"))
_AGENTS = frozenset(("agent", "user", "internal"))
_MACHINES = frozenset(("ivr", "acd", "voicemail", "workflow", "botflow", "bot", "fax"))
_CHANNELS: dict[str, Channel] = {"call": "phone", "voice": "phone", "chat": "chat", "message": "chat"}
_EPOCH_MS = 100_000_000_000


class _Milliseconds(Layout):
    milliseconds: float = 0


class _Phrase(Layout):
    text: str
    decorated: str | None = Field(None, alias="decoratedText")
    purpose: str = Field(alias="participantPurpose")
    start_ms: float | None = Field(None, alias="startTimeMs")
    duration: _Milliseconds | None = None
    user: str | None = Field(None, alias="userId")


class _Transcript(Layout):
    language: str | None = None
    phrases: list[_Phrase]


class _Participant(Layout):
    purpose: str | None = Field(None, alias="participantPurpose")
    user: str | None = Field(None, alias="userId")
    start_ms: float | None = Field(None, alias="startTimeMs")
    end_ms: float | None = Field(None, alias="endTimeMs")
    direction: str | None = Field(None, alias="initialDirection")


class _Document(Layout):
    conversation: str | None = Field(None, alias="conversationId")
    media: str | None = Field(None, alias="mediaType")
    start_ms: float | None = Field(None, alias="startTime")
    conversation_start_ms: float | None = Field(None, alias="conversationStartTime")
    transcripts: list[_Transcript] = Field(min_length=1)
    participants: list[_Participant] = Field(default_factory=list)


def _recognises(document: Any) -> bool:
    if not has_list(document, "transcripts"):
        return False
    return "conversationId" in document or has_list(next(iter(document["transcripts"]), None), "phrases")


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Document, document, place, "a Genesys Cloud transcript")
    phrases = [phrase for transcript in parsed.transcripts for phrase in transcript.phrases]
    starts = [phrase.start_ms for phrase in phrases if phrase.start_ms is not None]
    epoch = bool(starts) and min(starts) >= _EPOCH_MS
    begun = parsed.start_ms or parsed.conversation_start_ms or (min(starts) if starts else 0)
    channel = _CHANNELS.get((parsed.media or "").lower())
    if channel == "phone" and any(
        person.direction == "outbound" and _is_agent(person) for person in parsed.participants
    ):
        channel = "phone-outbound"
    yield Conversation(
        id=parsed.conversation or place.default_id,
        utterances=[_utterance(phrase, parsed.participants) for phrase in phrases],
        place=place,
        format="genesys",
        language=next((item.language for item in parsed.transcripts if item.language), None),
        channel=channel,
        origin=begun / 1000 if epoch else None,
        fragmentary=channel != "chat",
    )


def _utterance(phrase: _Phrase, participants: list[_Participant]) -> Utterance:
    start = None if phrase.start_ms is None else phrase.start_ms / 1000
    length = phrase.duration.milliseconds / 1000 if phrase.duration else None
    purpose, user = phrase.purpose.lower(), phrase.user
    role: Literal["agent", "customer", "bot"] | None = None
    if purpose in _CUSTOMERS:
        role = "customer"
    elif purpose in _MACHINES:
        role = "bot"
    elif purpose in _AGENTS:
        present = _present(phrase.start_ms, participants) if purpose == "internal" else []
        people = [person for person in present if _is_agent(person)]
        role = "bot" if present and not people else "agent"
        named = {person.user for person in people if person.user}
        user = user or (named.pop() if len(named) == 1 else None)
    return Utterance(
        speaker=phrase.purpose,
        text=phrase.decorated or phrase.text,
        role=role,
        name=user,
        start=start,
        end=None if start is None or length is None else start + length,
    )


def _is_agent(person: _Participant) -> bool:
    return (person.purpose or "").lower() in _AGENTS


def _present(moment: float | None, participants: list[_Participant]) -> list[_Participant]:
    """Those of our side whose time on the line holds this moment; nobody where the times are not there."""
    if moment is None:
        return []
    return [
        person
        for person in participants
        if (person.purpose or "").lower() not in _CUSTOMERS
        and person.start_ms is not None
        and person.start_ms <= moment
        and (person.end_ms is None or moment <= person.end_ms)
    ]


GENESYS = JsonFormat("genesys", "Genesys Cloud transcript", _recognises, _read)
