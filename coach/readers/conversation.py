"""What a format's reader hands over: a conversation as the export has it, before roles, order and limits are settled.

Promise: labels, words and times are the export's own. Deciding who is an agent, merging fragments and refusing what is
malformed happens in one place for all formats (`assembly.py`), so that no format has rules of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from coach.errors import TranscriptError
from coach.transcript import Transcript

__all__ = ["BadRecord", "Conversation", "Place", "Ready", "Utterance", "explain"]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One conversation (or one whole input) that could not be read; `error` says where, why and what to do."""

    error: TranscriptError


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read: for messages, and for the id of a conversation that has none of its own."""

    source: str
    default_id: str
    line: int | None = None

    def at(self, line: int | None) -> Place:
        """The same source, another line."""
        return Place(self.source, self.default_id, line)

    def error(self, message: str, *, line: int | None = None, hint: str = "") -> TranscriptError:
        """An error here, or at `line` of the same source."""
        return TranscriptError(message, source=self.source, line=self.line if line is None else line, hint=hint)

    def invalid(self, error: ValidationError, what: str) -> TranscriptError:
        """The error for data that is not `what` (for example "a Genesys Cloud transcript")."""
        return self.error(f"not {what}: {explain(error)}")


def explain(error: ValidationError) -> str:
    """The first problem of a validation error with its path, and how many others there are."""
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    path = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{path}: {message}{others}" if path else f"{message}{others}"


@dataclass(slots=True)
class Utterance:
    """One piece of speech or one message. `speaker` is the export's label; `role` is set only where the format itself
    says who that is. `start` and `end` are seconds from any fixed moment. `line` is where it stands in the source."""

    speaker: str
    text: str
    role: Literal["agent", "customer", "bot"] | None = None
    name: str | None = None
    start: float | None = None
    end: float | None = None
    line: int | None = None
    event: bool = False


@dataclass(slots=True)
class Conversation:
    """`origin` is the moment (same clock as the utterances) at which the conversation began; None: the times already
    count from its start. `language` and
    `channel` are the export's own words for them. `fragmentary`: the format cuts speech into pieces that are no turns of their own."""

    id: str
    utterances: list[Utterance]
    place: Place
    format: str
    language: str | None = None
    channel: str | None = None
    agent: str | None = None
    origin: float | None = None
    fragmentary: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A transcript that needs no assembly, because it was written by coach."""

    transcript: Transcript
    place: Place
