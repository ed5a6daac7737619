"""A conversation as chat models take it: an object with `messages`, each with `role` and `content`.

Promise: `assistant` is the agent and `user` the customer; instructions (`system`, `developer`) and tools were not said to
anybody and are left out.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, Field, ValidationError

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions
from coach.readers.times import seconds_of
from coach.transcript import Channel

__all__ = ["CHAT_MESSAGES"]

KnownRole = Literal["agent", "customer", "bot"]

_ROLES: dict[str, KnownRole] = {"assistant": "agent", "agent": "agent", "user": "customer", "customer": "customer"}
_NOT_SPOKEN = frozenset(("system", "developer", "tool", "function"))


class _Part(Layout):
    text: str = ""


class _Message(Layout):
    role: str
    content: str | list[_Part] | None = None
    name: str | None = None
    sent: str | None = Field(None, validation_alias=AliasChoices("created_at", "timestamp", "time"))


class _Chat(Layout):
    id: str | None = Field(None, validation_alias=AliasChoices("id", "conversation_id", "session_id", "thread_id"))
    language: str | None = None
    channel: Channel | None = None
    agent: str | None = None
    messages: list[_Message] = Field(min_length=1)


def _recognises(document: Any) -> bool:
    return has_list(document, "messages", "role", "content") and bool(document["messages"])


def _read(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Chat, document, place, "a conversation of chat messages")
    try:
        utterances = [_utterance(item) for item in parsed.messages if item.role not in _NOT_SPOKEN]
    except (ValueError, ValidationError) as error:
        raise place.error(f"not a conversation of chat messages: {error}") from None
    starts = [said.start for said in utterances if said.start is not None]
    yield Conversation(
        id=parsed.id or place.default_id,
        utterances=utterances,
        place=place,
        format="chat",
        language=parsed.language,
        channel=parsed.channel or "chat",
        agent=parsed.agent,
        origin=min(starts) if starts and min(starts) >= 100_000_000 else None,
    )


def _utterance(message: _Message) -> Utterance:
    content = message.content
    text = content if isinstance(content, str) else "\n".join(part.text for part in content or () if part.text)
    sent = seconds_of(message.sent) if message.sent else None
    return Utterance(message.role, text, role=_ROLES.get(message.role), name=message.name, start=sent, end=sent)


CHAT_MESSAGES = JsonFormat("chat", "chat messages with role and content", _recognises, _read)
