"""Google Contact Center AI Insights: conversations as they are imported (`entries`) and as the API gives them back.

Promise: roles come from the export. A virtual agent is a bot, and its words become events.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.google_speech import Duration
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions
from coach.readers.times import moment_seconds
from coach.transcript import Channel

__all__ = ["GOOGLE_INSIGHTS"]

KnownRole = Literal["agent", "customer", "bot"]

_ROLES: dict[str, KnownRole] = {
    "AGENT": "agent",
    "HUMAN_AGENT": "agent",
    "CUSTOMER": "customer",
    "END_USER": "customer",
    "AUTOMATED_AGENT": "bot",
}
_MEDIA: dict[str, Channel] = {"PHONE_CALL": "phone", "CHAT": "chat"}


class _Entry(Layout):
    text: str
    role: str
    user: str | None = Field(None, validation_alias=AliasChoices("user_id", "userId"))
    start_usec: float | None = Field(None, validation_alias=AliasChoices("start_timestamp_usec", "startTimestampUsec"))


class _Import(Layout):
    entries: list[_Entry] = Field(min_length=1)


class _Participant(Layout):
    role: str
    user: str | None = Field(None, alias="userId")


class _Word(Layout):
    start: Duration = Field(0.0, alias="startOffset")
    end: Duration | None = Field(None, alias="endOffset")


class _Segment(Layout):
    text: str
    participant: _Participant = Field(alias="segmentParticipant")
    words: list[_Word] = Field(default_factory=list)
    sent: str | None = Field(None, alias="messageTime")


class _Segments(Layout):
    segments: list[_Segment] = Field(alias="transcriptSegments", min_length=1)


class _Resource(Layout):
    name: str | None = None
    language: str | None = Field(None, alias="languageCode")
    agent: str | None = Field(None, alias="agentId")
    medium: str | None = None
    transcript: _Segments


def _recognises(document: Any) -> bool:
    if has_list(document, "entries", "role", "text"):
        return bool(document["entries"])
    return isinstance(document, dict) and has_list(document.get("transcript"), "transcriptSegments")


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    yield _imported(document, place) if "entries" in document else _retrieved(document, place)


def _imported(document: Any, place: Place) -> Conversation:
    entries = parse(_Import, document, place, "a Contact Center AI conversation").entries
    utterances = []
    for entry in entries:
        sent = None if entry.start_usec is None else entry.start_usec / 1_000_000
        role = _ROLES.get(entry.role.upper())
        utterances.append(Utterance(entry.role, entry.text, role=role, name=_name(entry.role, entry.user), start=sent))
    starts = [said.start for said in utterances if said.start is not None]
    origin = min(starts) if starts and min(starts) >= 100_000_000 else None
    return Conversation(place.default_id, utterances, place, "google-insights", origin=origin)


def _retrieved(document: Any, place: Place) -> Conversation:
    parsed = parse(_Resource, document, place, "a Contact Center AI Insights conversation")
    utterances = []
    for segment in parsed.transcript.segments:
        person = segment.participant
        start, end = (segment.words[0].start, segment.words[-1].end) if segment.words else (None, None)
        if start is None and segment.sent:
            try:
                start = end = moment_seconds(segment.sent)
            except ValueError as error:
                raise place.error(f"not a Contact Center AI Insights conversation: messageTime: {error}") from None
        role = _ROLES.get(person.role.upper())
        name = _name(person.role, person.user)
        utterances.append(Utterance(person.role, segment.text, role=role, name=name, start=start, end=end))
    starts = [said.start for said in utterances if said.start is not None]
    return Conversation(
        id=parsed.name.rsplit("/", 1)[-1] if parsed.name else place.default_id,
        utterances=utterances,
        place=place,
        format="google-insights",
        language=parsed.language,
        channel=_MEDIA.get(parsed.medium or ""),
        agent=parsed.agent,
        origin=min(starts) if starts and min(starts) >= 100_000_000 else None,
        fragmentary=parsed.medium != "CHAT",
    )


def _name(role: str, user: str | None) -> str | None:
    return f"{role.lower()} {user}" if user else None


GOOGLE_INSIGHTS = JsonFormat("google-insights", "Google Contact Center AI conversation", _recognises, _read)
