"""Amazon Connect Contact Lens: the analysed file of a call or a chat, and the real-time segments of either.

Promise: who is customer and who is agent comes from `ParticipantRole`. Bots and system messages become events, a
supervisor who joins is an agent of their own.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions
from coach.readers.times import moment_seconds
from coach.transcript import Channel

__all__ = ["CONTACT_LENS"]

KnownRole = Literal["agent", "customer", "bot"]

_ROLES: dict[str, KnownRole] = {
    "AGENT": "agent",
    "SUPERVISOR": "agent",
    "CUSTOMER": "customer",
    "CUSTOM_BOT": "bot",
    "SYSTEM": "bot",
}
_CHANNELS: dict[str, Channel] = {"VOICE": "phone", "CHAT": "chat"}
_WORDS = ("text/plain", "text/markdown")


class _Participant(Layout):
    id: str = Field(alias="ParticipantId")
    role: str = Field(alias="ParticipantRole")
    name: str | None = Field(None, alias="DisplayName")


class _Time(Layout):
    absolute: str | None = Field(None, alias="AbsoluteTime")


class _Item(Layout):
    participant: str = Field(alias="ParticipantId")
    role: str | None = Field(None, alias="ParticipantRole")
    name: str | None = Field(None, alias="DisplayName")
    content: str | None = Field(None, alias="Content")
    content_type: str | None = Field(None, alias="ContentType")
    begin: int | None = Field(None, alias="BeginOffsetMillis")
    end: int | None = Field(None, alias="EndOffsetMillis")
    absolute: str | None = Field(None, alias="AbsoluteTime")
    time: _Time | None = Field(None, alias="Time")


class _Segment(Layout):
    item: _Item | None = Field(None, alias="Transcript")


class _Customer(Layout):
    contact: str | None = Field(None, alias="ContactId")


class _Analysis(Layout):
    channel: str | None = Field(None, alias="Channel")
    language: str | None = Field(None, alias="LanguageCode")
    participants: list[_Participant] = Field(default_factory=list, alias="Participants")
    items: list[_Item] = Field(default_factory=list, alias="Transcript")
    segments: list[_Segment] = Field(default_factory=list, alias="Segments")
    customer: _Customer = Field(default_factory=lambda: _Customer(), alias="CustomerMetadata")
    contact: str | None = Field(None, alias="ContactId")


def _recognises(document: Any) -> bool:
    if has_list(document, "Transcript", "ParticipantId"):
        return "Participants" in document or "CustomerMetadata" in document or "Channel" in document
    segments = document.get("Segments") if isinstance(document, dict) else None
    known = {"Transcript", "Categories", "Utterance", "Event", "Issues", "Attachments", "PostContactSummary"}
    return isinstance(segments, list) and all(isinstance(item, dict) and known & item.keys() for item in segments)


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    analysis = parse(_Analysis, document, place, "a Contact Lens transcript")
    people = {person.id: person for person in analysis.participants}
    items = analysis.items or [segment.item for segment in analysis.segments if segment.item is not None]
    utterances = [said for item in items if (said := _utterance(item, people, place)) is not None]
    chat = any(_absolute(item) for item in items)
    yield Conversation(
        id=analysis.customer.contact or analysis.contact or place.default_id,
        utterances=utterances,
        place=place,
        format="contact-lens",
        language=analysis.language,
        channel=_CHANNELS.get(analysis.channel or ""),
        origin=min((said.start for said in utterances if said.start is not None), default=None) if chat else None,
        fragmentary=not chat,
    )


def _utterance(item: _Item, people: dict[str, _Participant], place: Place) -> Utterance | None:
    if item.content is None or (item.content_type and item.content_type not in _WORDS):
        return None
    person = people.get(item.participant)
    role = item.role or (person.role if person else item.participant)
    absolute = _absolute(item)
    try:
        start = end = moment_seconds(absolute) if absolute else None
    except ValueError as error:
        raise place.error(f"not a Contact Lens transcript: AbsoluteTime: {error}") from None
    if start is None:
        start, end = (None if value is None else value / 1000 for value in (item.begin, item.end))
    name = item.name or (person.name if person else None)
    return Utterance(item.participant, item.content, role=_ROLES.get(role.upper()), name=name, start=start, end=end)


def _absolute(item: _Item) -> str | None:
    return item.absolute or (item.time.absolute if item.time else None)


CONTACT_LENS = JsonFormat("contact-lens", "Amazon Connect Contact Lens", _recognises, _read)
