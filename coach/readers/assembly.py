"""Makes a `Transcript` of what a format's reader handed over. The one place where roles, order and limits are settled.

Promise: no role is guessed, no offset is lost, and a conversation that cannot be made is an error with the flag that would
help. What the export said and the transcript cannot hold (who exactly spoke, where fragments lay, the text before repair)
stays in `metadata`.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from pydantic import ValidationError

from coach.errors import TranscriptError
from coach.readers.conversation import Conversation, Utterance
from coach.readers.options import ReadOptions, Role
from coach.transcript import MAX_TURN_CHARACTERS, Channel, Speaker, Transcript

__all__ = ["MERGE_GAP_SECONDS", "assemble", "role_in", "roles_flag"]

MERGE_GAP_SECONDS = 2.0
"""Fragments of one speaker further apart than this stay two turns: the pause between them may be what is judged."""

_IN_ORDER = frozenset(("native", "text", "line"))
"""What a person reads from top to bottom: the order of the lines beats their times."""
_CLOCKED = frozenset(("text", "csv", "xlsx", "messages"))
_HOUR = 3600.0

_BRACKETS = str.maketrans("[]［］【】", "()()()")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_CHANNELS: dict[str, Channel] = {
    **dict.fromkeys(("voice", "call", "telephone", "inbound", "电话", "teléfono", "telefono"), "phone"),
    **dict.fromkeys(("outbound", "外呼"), "phone-outbound"),
    **dict.fromkeys(("messaging", "message", "webchat", "livechat", "whatsapp", "在线"), "chat"),
}
"""What exports call the channels. Any other stays in the metadata."""
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Scripts that put no space between words."""


@dataclass(slots=True)
class _Piece:
    """An utterance whose role is settled."""

    role: Speaker
    said: Utterance
    fragments: list[dict[str, Any]]


def assemble(conversation: Conversation, options: ReadOptions) -> Transcript:
    """The transcript. Raises `TranscriptError` for an unknown speaker, a turn beyond the limit, or no speech at all."""
    said = [utterance for utterance in conversation.utterances if utterance.text.strip() or utterance.event]
    if not any(utterance.text.strip() for utterance in said):
        raise conversation.place.error(f"conversation {conversation.id!r} has no words in it")
    if conversation.format not in _IN_ORDER and all(utterance.start is not None for utterance in said):
        said.sort(key=lambda utterance: utterance.start or 0.0)
    pieces = _with_roles(conversation, _inherit(said), options)
    _refuse_long_turns(conversation, pieces)
    merge = conversation.fragmentary if options.merge_fragments is None else options.merge_fragments
    if merge:
        pieces = _merged(pieces)
    origin = _origin(conversation, pieces)
    turns = [_turn(index, piece, origin) for index, piece in enumerate(pieces)]
    language, channel = _tag(conversation.language), _channel(conversation.channel)
    document = {
        "id": conversation.id,
        "language": language,
        "channel": channel,
        "agent": conversation.agent or _agent(pieces),
        "turns": turns,
        "metadata": _metadata(conversation, pieces, origin),
    }
    try:
        return Transcript.model_validate(document)
    except ValidationError as error:
        raise conversation.place.invalid(error, f"a usable conversation ({conversation.id})") from None


def _inherit(said: list[Utterance]) -> list[Utterance]:
    """An event that names nobody belongs to whoever spoke before it (at the very start: to whoever speaks next)."""
    named = [utterance for utterance in said if utterance.speaker or not utterance.event]
    current = named[0] if named else None
    result = []
    for utterance in said:
        if utterance.event and not utterance.speaker and current is not None:
            utterance = replace(utterance, speaker=current.speaker, role=current.role, name=current.name)
        else:
            current = utterance
        result.append(utterance)
    return result


def _with_roles(conversation: Conversation, said: list[Utterance], options: ReadOptions) -> list[_Piece]:
    pieces = []
    for number, utterance in enumerate(said):
        role = role_in(utterance, options)
        if role in ("skip", "text"):
            continue
        if role is None:
            raise _unknown_speaker(conversation, said, number, options)
        if role == "bot":
            event = f"[{utterance.text.strip().translate(_BRACKETS)}]"
            utterance = replace(utterance, text=event, event=True)
        else:
            utterance = replace(utterance, text=utterance.text.strip())
        pieces.append(_Piece("customer" if role == "customer" else "agent", utterance, []))
    if not pieces:
        raise conversation.place.error(f"conversation {conversation.id!r}: --roles leaves nobody in it")
    return pieces


def _unknown_speaker(
    conversation: Conversation, said: list[Utterance], number: int, options: ReadOptions
) -> TranscriptError:
    unknown = Counter(item.speaker for item in said if role_in(item, options) is None).most_common(8)
    found = ", ".join(f"{label!r} ({count} turns)" for label, count in unknown)
    roles = "agent, customer, bot or skip"
    if conversation.format == "text":
        roles = "agent, customer, bot, skip, or text where it is no speaker"
    return conversation.place.error(
        f"turn {number}: unknown speaker {said[number].speaker!r}: only agent and customer are known, and who is who is not "
        f"guessed; found {found}",
        line=said[number].line,
        hint=f"say it with {roles_flag(label for label, _ in unknown)}, where ROLE is {roles}",
    )


def roles_flag(labels: Iterable[str]) -> str:
    """The `--roles` flag for these labels, as a shell takes it, with ROLE where a role has to be filled in."""
    return f"--roles {shlex.quote(','.join(f'{label}=ROLE' for label in labels))}"


def role_in(said: Utterance, options: ReadOptions) -> Role | None:
    """The role of an utterance: from `options` first, then from the format; None where nobody says."""
    role = options.role_of(said.speaker, said.name) or said.role
    if role is None and said.speaker in ("agent", "customer", "bot"):
        return cast(Role, said.speaker)
    return role


def _refuse_long_turns(conversation: Conversation, pieces: list[_Piece]) -> None:
    for number, piece in enumerate(pieces):
        size = len(piece.said.text)
        if size > MAX_TURN_CHARACTERS:
            message = f"turn {number} has {size:,} characters; the limit is {MAX_TURN_CHARACTERS:,}"
            raise conversation.place.error(message, line=piece.said.line)


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is None or not _continues(last, piece):
            merged.append(_Piece(piece.role, replace(piece.said), [_fragment(piece.said, 0)]))
            continue
        gap = "" if _UNSPACED.match(last.said.text[-1:]) or _UNSPACED.match(piece.said.text[:1]) else " "
        joined = last.said.text + gap
        last.fragments.append(_fragment(piece.said, len(joined)))
        last.said.text = joined + piece.said.text
        ends = [end for end in (last.said.end, piece.said.end) if end is not None]
        last.said.end = max(ends) if ends else None
    return merged


def _continues(last: _Piece, piece: _Piece) -> bool:
    before, after = last.said, piece.said
    if before.event or after.event or last.role != piece.role:
        return False
    if (before.speaker, before.name) != (after.speaker, after.name):
        return False
    if len(before.text) + len(after.text) + 1 > MAX_TURN_CHARACTERS:
        return False
    return before.end is None or after.start is None or after.start - before.end <= MERGE_GAP_SECONDS


def _fragment(utterance: Utterance, offset: int) -> dict[str, Any]:
    """`at` is the position, in characters of the turn's text, where this fragment begins; times are the export's own."""
    return {"at": offset, "start": utterance.start, "end": utterance.end}


def _origin(conversation: Conversation, pieces: list[_Piece]) -> float:
    """What to take away from every time. A clock that counts from 1970 has its own start, or that of the first words.

    Where people write the times, one that begins beyond an hour is taken for the time of day.
    """
    starts = [piece.said.start for piece in pieces if piece.said.start is not None]
    if conversation.origin is not None:
        return min([conversation.origin, *starts])
    of_day = conversation.format in _CLOCKED and starts and min(starts) >= _HOUR
    return min(starts) if of_day else 0.0


def _tag(language: str | None) -> str | None:
    """A language tag as the transcript has it; None for a language that the export writes in words."""
    tag = (language or "").strip().replace("_", "-")
    return tag if _LANGUAGE.match(tag) else None


def _channel(name: str | None) -> Channel | None:
    key = (name or "").strip().lower()
    return cast(Channel, key) if key in get_args(Channel) else _CHANNELS.get(key)


def _turn(index: int, piece: _Piece, origin: float) -> dict[str, Any]:
    said = piece.said
    turn: dict[str, Any] = {"index": index, "speaker": piece.role, "text": said.text}
    if said.start is not None:
        turn["start"] = round(said.start - origin, 3)
    if said.end is not None:
        turn["end"] = round(said.end - origin, 3)
    return turn


def _agent(pieces: list[_Piece]) -> str | None:
    """The agent who said most, where the export names agents. Bots are none."""
    words: Counter[str] = Counter()
    for piece in pieces:
        if piece.role == "agent" and piece.said.name and not piece.said.event:
            words[piece.said.name] += len(piece.said.text)
    return words.most_common(1)[0][0] if words else None


def _metadata(conversation: Conversation, pieces: list[_Piece], origin: float) -> dict[str, Any]:
    metadata = dict(conversation.metadata)
    if conversation.format != "native":
        metadata["format"] = conversation.format
    if conversation.language and not _tag(conversation.language):
        metadata["language"] = conversation.language
    if conversation.channel and not _channel(conversation.channel):
        metadata["channel"] = conversation.channel
    spoken_by = [piece.said.name or piece.said.speaker for piece in pieces]
    if len(set(spoken_by) - {"agent", "customer"}) > 0:
        metadata["spoken_by"] = spoken_by
    agents = list(dict.fromkeys(p.said.name for p in pieces if p.role == "agent" and p.said.name and not p.said.event))
    if len(agents) > 1:
        metadata["agents"] = agents
    fragments = {str(i): piece.fragments for i, piece in enumerate(pieces) if len(piece.fragments) > 1}
    if fragments:
        metadata["fragments"] = fragments
    if origin:
        metadata["origin"] = origin
    return metadata
