"""coach's own format: one transcript a line, as `coach convert` writes it.

Promise: reading what was written gives the same transcript back, metadata and all. Keys that are not the transcript's (the
labels of a golden case, the source of a data set) are passed over, and a missing `index` is filled in.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.readers.conversation import Conversation, Place, Ready, Utterance
from coach.readers.format import JsonFormat, Read
from coach.readers.options import ReadOptions
from coach.transcript import MAX_TURN_CHARACTERS, Channel, Transcript

__all__ = ["NATIVE"]


class _Turn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    speaker: str
    text: str
    start: float | None = None
    end: float | None = None


class _Document(BaseModel):
    """The transcript before its speakers are known."""

    model_config = ConfigDict(extra="ignore")

    id: str
    turns: Annotated[list[_Turn], Field(min_length=1)]
    language: str | None = None
    channel: Channel | None = None
    agent: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


def _recognises(document: Any) -> bool:
    return isinstance(document, dict) and isinstance(document.get("turns"), list)


def _read(document: Any, place: Place, options: ReadOptions) -> Read:
    turns = document.get("turns") if isinstance(document, dict) else None
    if not isinstance(turns, list):
        raise place.error('not a transcript: it needs "id" and "turns", a list')
    plain = not options.roles and not options.merge_fragments
    for position, turn in enumerate(turns):
        if not isinstance(turn, dict):
            raise place.error(f"turn {position} is not an object with speaker and text")
        turn.setdefault("index", position)
        text = turn.get("text")
        if isinstance(text, str) and len(text) > MAX_TURN_CHARACTERS:
            raise place.error(f"turn {position} has {len(text):,} characters; the limit is {MAX_TURN_CHARACTERS:,}")
        plain = plain and turn.get("speaker") in ("agent", "customer")
    try:
        yield Ready(Transcript.model_validate(document), place) if plain else _conversation(document, place)
    except ValidationError as error:
        raise place.invalid(error, "a transcript") from None


def _conversation(document: dict[str, Any], place: Place) -> Conversation:
    for position, turn in enumerate(document["turns"]):
        if turn["index"] != position:
            raise place.error(f"turn {position} has index {turn['index']}: indexes must count 0, 1, 2, ...")
    parsed = _Document.model_validate(document)
    return Conversation(
        id=parsed.id,
        utterances=[
            Utterance(turn.speaker, turn.text, start=turn.start, end=turn.end, event=not turn.text.strip())
            for turn in parsed.turns
        ],
        place=place,
        format="native",
        language=parsed.language,
        channel=parsed.channel,
        agent=parsed.agent,
        metadata=parsed.metadata,
    )


NATIVE = JsonFormat("native", "coach's own JSON Lines", _recognises, _read)
