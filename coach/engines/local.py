"""Audit many conversations on this machine, with as many under way at once as the judge can use.

Promise: results come in the order of the input whatever order they finish in; each is handed to `keep` the moment it is
there, so that an interruption loses at most what is under way; memory does not grow with the number of conversations.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from coach.auditor import audit
from coach.errors import JudgeError
from coach.findings import Audit
from coach.judges.base import Judge
from coach.transcript import Transcript

__all__ = ["Admission", "Graded", "Job", "Ungraded", "run"]

_WINDOW = 8
"""Finished conversations that wait for a slower one before them: at most so many times those in flight."""


@dataclass(frozen=True)
class Job:
    """One conversation to grade, and the judge (with its rubric) to grade it."""

    transcript: Transcript
    judge: Judge
    graded: Audit | None = None
    """What an earlier run said of it, where only `complete` is still to be done."""


@dataclass(frozen=True)
class Graded:
    """A conversation with its audit; `from_store` where an earlier run had graded it already."""

    transcript: Transcript
    audit: Audit
    from_store: bool = False


@dataclass(frozen=True)
class Ungraded:
    """A conversation that could not be read (`input`) or graded (`judge`), and why. The next run tries it again."""

    transcript: str
    reason: str
    kind: Literal["input", "judge"] = "judge"


class Admission(Protocol):
    """Decides whether another conversation may begin."""

    async def admit(self, job: Job) -> str | None:
        """None, or the reason why the conversation stays ungraded. It may wait for others to come to their end."""
        ...

    def settle(self, job: Job, audit: Audit | None) -> None:
        """What was admitted has come to its end: with an audit, or it could not be graded."""
        ...


async def run(
    jobs: Iterable[Job | Graded | Ungraded],
    *,
    in_flight: int,
    keep: Callable[[Job, Audit], None] | None = None,
    admission: Admission | None = None,
    complete: Callable[[Job, Audit], Awaitable[Audit]] | None = None,
) -> AsyncGenerator[Graded | Ungraded, None]:
    """Grade `jobs`, at most `in_flight` conversations at once; what is not a `Job` passes through in its place.

    `admission` is asked before each conversation is begun.
    `complete` may add to an audit (rewrites) before it is kept; it holds the conversation's place in flight meanwhile.
    """
    gate = asyncio.Semaphore(in_flight)
    window = in_flight * _WINDOW if in_flight > 1 else 1
    pending: deque[asyncio.Task[Graded | Ungraded]] = deque()
    try:
        for job in jobs:
            pending.append(asyncio.create_task(_one(job, gate, keep, admission, complete)))
            await asyncio.sleep(0)  # its first request leaves before the next conversation is read
            while pending and (len(pending) >= window or pending[0].done()):
                yield await pending.popleft()
        while pending:
            yield await pending.popleft()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def _one(
    job: Job | Graded | Ungraded,
    gate: asyncio.Semaphore,
    keep: Callable[[Job, Audit], None] | None,
    admission: Admission | None,
    complete: Callable[[Job, Audit], Awaitable[Audit]] | None,
) -> Graded | Ungraded:
    if not isinstance(job, Job):
        return job
    async with gate:
        if admission is not None and (reason := await admission.admit(job)):
            return Ungraded(job.transcript.id, reason)
        result: Audit | None = None
        try:
            result = job.graded or await audit(job.transcript, job.judge)
            if complete is not None:
                result = await complete(job, result)
        except JudgeError as error:
            result = None
            return Ungraded(job.transcript.id, str(error))
        finally:
            if admission is not None:
                admission.settle(job, result)
    if keep is not None:
        keep(job, result)
    return Graded(job.transcript, result)
