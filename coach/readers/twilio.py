"""Twilio Conversational Intelligence: the sentences of a transcript, as its API lists them.

Promise: a channel number says nothing about who speaks on it. The role comes from the transcript's own participants, where
they are in the document, else from `--roles 1=agent,2=customer`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions

__all__ = ["TWILIO"]

KnownRole = Literal["agent", "customer", "bot"]

_ROLES: dict[str, KnownRole] = {
    "agent": "agent",
    "customer": "customer",
    "bot": "bot",
    "human_agent": "agent",
    "virtual_agent": "bot",
    "ai_agent": "bot",
}


class _Sentence(Layout):
    channel: str = Field(validation_alias=AliasChoices("media_channel", "mediaChannel"))
    index: int = Field(0, validation_alias=AliasChoices("sentence_index", "sentenceIndex"))
    start: float | None = Field(None, validation_alias=AliasChoices("start_time", "startTime"))
    end: float | None = Field(None, validation_alias=AliasChoices("end_time", "endTime"))
    text: str | None = Field(None, validation_alias=AliasChoices("transcript"))


class _Participant(Layout):
    channel: str = Field(validation_alias=AliasChoices("channel_participant", "channelParticipant"))
    role: str | None = None
    name: str | None = Field(None, validation_alias=AliasChoices("full_name", "fullName", "user_id", "userId"))


class _Channel(Layout):
    participants: list[_Participant] = Field(default_factory=list)


class _Document(Layout):
    sid: str | None = Field(None, validation_alias=AliasChoices("transcript_sid", "transcriptSid", "sid"))
    language: str | None = Field(None, validation_alias=AliasChoices("language_code", "languageCode"))
    channel: _Channel | None = None
    sentences: list[_Sentence] = Field(min_length=1)


def _recognises(document: Any) -> bool:
    if isinstance(document, list):
        document = {"sentences": document} if document else None
    return any(has_list(document, "sentences", key, "transcript") for key in ("media_channel", "mediaChannel"))


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    if isinstance(document, list):
        document = {"sentences": document}
    parsed = parse(_Document, document, place, "a list of Twilio sentences")
    people = {person.channel: person for person in (parsed.channel.participants if parsed.channel else ())}
    utterances = []
    for sentence in sorted(parsed.sentences, key=lambda item: item.index):
        person = people.get(sentence.channel)
        role = _ROLES.get((person.role or "").lower().replace(" ", "_")) if person else None
        utterances.append(
            Utterance(
                sentence.channel,
                sentence.text or "",
                role=role,
                name=person.name if person else None,
                start=sentence.start,
                end=sentence.end,
            )
        )
    yield Conversation(
        id=parsed.sid or place.default_id,
        utterances=utterances,
        place=place,
        format="twilio",
        language=parsed.language,
        fragmentary=True,
    )


TWILIO = JsonFormat("twilio", "Twilio Conversational Intelligence sentences", _recognises, _read)
