"""A transcript: who said what, in which order and, where known, when.

Promise: a `Transcript` that exists is well formed. Its turns are numbered 0, 1, 2, ... without gaps, every speaker is
known, times (seconds from the start) are finite and never run backwards within a turn, and at least one turn is speech.
Turns that are wholly in brackets (`[hangs up]`, `[挂机]`, `[silencio]`) are events: they count for timing, not as words.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

__all__ = ["MAX_TURN_CHARACTERS", "Channel", "Speaker", "Transcript", "Turn"]

Speaker = Literal["agent", "customer"]
Channel = Literal["phone", "phone-outbound", "chat", "in-person"]

MAX_TURN_CHARACTERS = 20_000
"""No single turn of speech is longer than this (over an hour of monologue); a longer one is a broken export."""

_EVENT = re.compile(r"^\s*(?:[\[［【][^\]］】]*[\]］】]\s*)+$")

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Turn(BaseModel):
    """One uninterrupted contribution of one speaker. `start` and `end` are seconds from the start of the conversation."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: Annotated[int, Field(ge=0)]
    speaker: Speaker
    text: Annotated[str, StringConstraints(max_length=MAX_TURN_CHARACTERS)]
    start: Seconds | None = None
    end: Seconds | None = None

    @model_validator(mode="after")
    def _times_in_order(self) -> Turn:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"end ({self.end:g}) is before start ({self.start:g})")
        return self

    @property
    def is_event(self) -> bool:
        """True where nobody speaks: a bracketed event, or no text at all."""
        return not self.text.strip() or _EVENT.match(self.text) is not None


class Transcript(BaseModel):
    """One conversation. `language` is a BCP 47 tag (`en`, `zh-CN`, `es`) or None where it is not known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None = None
    channel: Channel | None = None
    agent: Annotated[str, StringConstraints(max_length=500)] | None = None
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _well_formed(self) -> Transcript:
        for position, turn in enumerate(self.turns):
            if turn.index != position:
                raise ValueError(f"turn {position} has index {turn.index}: indexes must count 0, 1, 2, ...")
        if all(turn.is_event for turn in self.turns):
            raise ValueError("no turn has any speech")
        return self

    @property
    def primary_language(self) -> str | None:
        """The language without region or script, in lower case: `zh` for `zh-CN`."""
        return self.language.split("-")[0].lower() if self.language else None

    @property
    def timed(self) -> bool:
        """True where every turn has a start and an end, so that timing criteria can be assessed."""
        return all(turn.start is not None and turn.end is not None for turn in self.turns)

    def content_hash(self) -> str:
        """SHA-256 (hex) of what a judge can see of the conversation; `id` and `metadata` do not enter it."""
        visible = self.model_dump_json(include={"language", "channel", "agent", "turns"})
        return hashlib.sha256(visible.encode()).hexdigest()
