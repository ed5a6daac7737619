"""Zendesk: the comments of a ticket (as the API lists them, or inside an exported ticket), and chats of Zendesk Chat.

Promise: internal notes (`public: false`) are not part of the conversation. Roles come from `users`, else from the ticket's
own requester; without either nobody is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import unescape
from typing import Any, Literal

from pydantic import Field

from coach.readers.conversation import Conversation, Place, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.html_text import html_to_text
from coach.readers.layout import Layout, has_list, parse
from coach.readers.options import ReadOptions
from coach.readers.times import moment_seconds

__all__ = ["ZENDESK_CHAT", "ZENDESK_TICKET"]

KnownRole = Literal["agent", "customer", "bot"]

_USER_ROLES: dict[str, KnownRole] = {"end-user": "customer", "agent": "agent", "admin": "agent"}
_SENDERS: dict[str, KnownRole] = {
    "visitor": "customer",
    "agent": "agent",
    "trigger": "bot",
    "bot": "bot",
    "system": "bot",
}
_SYSTEM_AUTHOR = "-1"


class _User(Layout):
    id: str
    name: str | None = None
    role: str | None = None


class _Via(Layout):
    channel: str | None = None


class _Comment(Layout):
    author: str | None = Field(None, alias="author_id")
    plain: str | None = Field(None, alias="plain_body")
    html: str | None = Field(None, alias="html_body")
    body: str | None = None
    public: bool = True
    created: str | None = Field(None, alias="created_at")
    via: _Via | None = None


class _TicketInfo(Layout):
    id: str | None = None
    requester_id: str | None = None
    created: str | None = Field(None, alias="created_at")
    subject: str | None = None
    via: _Via | None = None


class _Ticket(_TicketInfo):
    ticket: _TicketInfo | None = None
    requester: _User | None = None
    assignee: _User | None = None
    submitter: _User | None = None
    users: list[_User] = Field(default_factory=list)
    comments: list[_Comment] = Field(min_length=1)


def _recognises_ticket(document: Any) -> bool:
    return has_list(document, "comments", "author_id") and bool(document["comments"])


def _read_ticket(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Ticket, document, place, "a Zendesk ticket with its comments")
    info = parsed.ticket or parsed
    people = {user.id: user for user in (parsed.requester, parsed.assignee, parsed.submitter) if user}
    people |= {user.id: user for user in parsed.users}
    customer = info.requester_id or (parsed.requester.id if parsed.requester else None)
    utterances = [_said(comment, people, customer, place) for comment in parsed.comments if comment.public]
    chat = any(comment.via and "chat" in (comment.via.channel or "") for comment in parsed.comments)
    yield Conversation(
        id=info.id or place.default_id,
        utterances=utterances,
        place=place,
        format="zendesk",
        channel="chat" if chat else None,
        origin=_earliest(utterances),
        metadata={"subject": info.subject} if info.subject else {},
    )


def _said(comment: _Comment, people: dict[str, _User], customer: str | None, place: Place) -> Utterance:
    author = comment.author or ""
    user = people.get(author)
    role = _USER_ROLES.get((user.role or "") if user else "")
    if role is None and customer is not None and author == customer:
        role = "customer"
    if author == _SYSTEM_AUTHOR:
        role = "bot"
    text = unescape(comment.plain) if comment.plain else html_to_text(comment.html or comment.body or "")
    sent = _moment(comment.created, place)
    return Utterance(author or "(no author)", text, role=role, name=user.name if user else None, start=sent, end=sent)


class _Event(Layout):
    type: str
    name: str | None = None
    sender: str | None = Field(None, alias="sender_type")
    nick: str | None = None
    message: str | None = Field(None, alias="msg")
    timestamp: str | None = None


class _Visitor(Layout):
    name: str | None = None


class _Chat(Layout):
    id: str | None = None
    timestamp: str | None = None
    visitor: _Visitor | None = None
    history: list[_Event] = Field(min_length=1)


def _recognises_chat(document: Any) -> bool:
    if not has_list(document, "history", "type"):
        return False
    return any(
        str(event.get("type", "")).startswith("chat.") for event in document["history"] if isinstance(event, dict)
    )


def _read_chat(document: Any, place: Place, _options: ReadOptions) -> Read:
    parsed = parse(_Chat, document, place, "a chat of Zendesk Chat")
    utterances = []
    for event in parsed.history:
        if event.type != "chat.msg" or not event.message:
            continue
        sender = (event.sender or (event.nick or "").split(":")[0]).lower()
        role = _SENDERS.get(sender)
        sent = _moment(event.timestamp, place)
        label = event.sender or event.name or event.nick or "(no sender)"
        utterances.append(Utterance(label, event.message, role=role, name=event.name, start=sent, end=sent))
    begun = _moment(parsed.timestamp, place)
    yield Conversation(
        id=parsed.id or place.default_id,
        utterances=utterances,
        place=place,
        format="zendesk-chat",
        channel="chat",
        origin=begun if begun is not None else _earliest(utterances),
    )


def _moment(text: str | None, place: Place) -> float | None:
    try:
        return moment_seconds(text) if text else None
    except ValueError as error:
        raise place.error(f"not a Zendesk export: {error}") from None


def _earliest(utterances: Iterable[Utterance]) -> float | None:
    return min((said.start for said in utterances if said.start is not None), default=None)


ZENDESK_TICKET = JsonFormat("zendesk", "Zendesk ticket comments", _recognises_ticket, _read_ticket)
ZENDESK_CHAT = JsonFormat("zendesk-chat", "Zendesk Chat", _recognises_chat, _read_chat)
