"""Intercom: a conversation as the API retrieves it, with its source and its parts.

Promise: only what was said to the other side is kept. Notes and assignments are internal, parts without a body are
administration; bots (also Fin) become events.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.html_text import html_to_text
from coach.readers.layout import Layout, parse
from coach.readers.options import ReadOptions
from coach.transcript import Channel

__all__ = ["INTERCOM"]

KnownRole = Literal["agent", "customer", "bot"]

_ROLES: dict[str, KnownRole] = {
    "user": "customer",
    "lead": "customer",
    "contact": "customer",
    "admin": "agent",
    "bot": "bot",
    "fin": "bot",
}
_SAID = frozenset(("comment", "quick_reply", "open", "close"))
"""A reply that also opens or closes the conversation has that as its type, and the words as its body."""
_CHANNELS: dict[str, Channel] = {"conversation": "chat", "whatsapp": "chat", "facebook": "chat", "instagram": "chat"}


class _Author(Layout):
    type: str
    id: str | None = None
    name: str | None = None


class _Part(Layout):
    kind: str = Field("comment", alias="part_type")
    body: str | None = None
    created: float | None = Field(None, alias="created_at")
    author: _Author


class _Source(Layout):
    type: str | None = None
    subject: str | None = None
    body: str | None = None
    author: _Author


class _Parts(Layout):
    parts: list[_Part] = Field(alias="conversation_parts")


class _Conversation(Layout):
    id: str
    created: float | None = Field(None, alias="created_at")
    source: _Source | None = None
    parts: _Parts = Field(alias="conversation_parts")


def _recognises(document: Any) -> bool:
    return isinstance(document, dict) and isinstance(document.get("conversation_parts"), dict)


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Conversation, document, place, "an Intercom conversation")
    utterances = []
    if parsed.source and parsed.source.body:
        utterances.append(_utterance(parsed.source.author, parsed.source.body, parsed.created))
    for part in parsed.parts.parts:
        if part.kind in _SAID and part.body:
            utterances.append(_utterance(part.author, part.body, part.created))
    source = parsed.source
    subject = html_to_text(source.subject or "") if source else ""
    yield Conversation(
        id=parsed.id,
        utterances=utterances,
        place=place,
        format="intercom",
        channel=_CHANNELS.get((source.type or "") if source else ""),
        origin=min((said.start for said in utterances if said.start is not None), default=None),
        metadata={"subject": subject} if subject else {},
    )


def _utterance(author: _Author, body: str, sent: float | None) -> Utterance:
    return Utterance(
        speaker=author.type,
        text=html_to_text(body),
        role=_ROLES.get(author.type),
        name=author.name or author.id,
        start=sent,
        end=sent,
    )


INTERCOM = JsonFormat("intercom", "Intercom conversation", _recognises, _read)
