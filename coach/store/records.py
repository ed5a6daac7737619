"""What the store hands out besides transcripts and audits: rows of its tables, as values.

Promise: plain and light. Whoever only needs the names (a report, a test) imports no database.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from coach.findings import Audit, JudgeInfo, Usage
from coach.transcript import Speaker

__all__ = ["Failure", "Hit", "Run", "RunState", "StoredAudit"]

_EARLIEST, _LATEST = 631_152_000, 4_102_444_800
"""1990 and 2100, in seconds since 1970: an origin outside is a count from some other beginning."""

RunState = Literal["running", "finished", "interrupted"]


@dataclass(frozen=True)
class Failure:
    """A conversation that could not be graded, and why. `transcript` is its id, or the file and line where it has none."""

    transcript: str
    reason: str
    agent: str | None = None


@dataclass(frozen=True)
class Hit:
    """A turn that holds the words searched for."""

    transcript: str
    agent: str | None
    turn: int
    speaker: Speaker
    text: str


@dataclass(frozen=True)
class Run:
    """One `coach audit`. `graded` were judged in it, `known` answered from the store, `failed` could not be graded.

    A run that still says `running` is under way, or was killed. Times are in UTC, `finished` is None until it ends.
    `predicted` is what an endpoint was predicted to take for grading what was graded, `grading` what it took; None where
    no endpoint was asked, or before the run ended. `usage` holds rewrites and failed conversations besides.
    """

    id: int
    started: datetime
    finished: datetime | None
    state: RunState
    input: str
    rubric: str
    rubric_version: str
    judge: JudgeInfo
    graded: int
    known: int
    failed: int
    usage: Usage
    predicted: Usage | None = None
    grading: Usage | None = None


@dataclass(frozen=True)
class StoredAudit:
    """An audit with where it came from. `created` is when it was saved, in UTC; `transcript_id` is the row, not the name.

    `metadata` is that of the conversation.
    """

    id: int
    run_id: int
    transcript_id: int
    rubric_hash: str
    created: datetime
    audit: Audit
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> datetime:
        """When the conversation took place, as far as it says so: `date` (ISO 8601) or `origin` (seconds since 1970) of the
        metadata; else when it was audited. Without a zone: UTC.
        """
        date, origin = self.metadata.get("date"), self.metadata.get("origin")
        if isinstance(date, str):
            with suppress(ValueError):
                moment = datetime.fromisoformat(date.strip())
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(origin, int | float) and _EARLIEST <= origin <= _LATEST:
            return datetime.fromtimestamp(origin, UTC)
        return self.created
