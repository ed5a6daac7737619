"""Ask a scripted endpoint, in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from coach.config import Settings
from coach.findings import Finding
from coach.judges.base import Judgement
from coach.judges.llm.client import ChatClient
from coach.judges.llm.judge import LLMJudge, Redactor
from coach.rubric import Criterion, Rubric
from coach.transcript import Transcript
from tests.builders import conversation
from tests.judges.llm.endpoint import Endpoint
from tests.judges.llm.rubrics import small_rubric

__all__ = ["CALL", "by_id", "grade", "grade_all"]

CALL = conversation(
    "A: Shop, good morning.",
    "C: My parcel is broken, you idiots!",
    "A: That is your own fault.",
    "C: Well.",
    "A: [hangs up]",
)
"""A complaint, untimed: turns 0, 2 and 4 are the agent's."""


def grade_all(
    served: Endpoint,
    transcripts: Sequence[Transcript],
    *,
    rubric: Rubric | None = None,
    criteria: Sequence[Criterion] | None = None,
    redactor: Redactor | None = None,
    in_turn: bool = False,
    **flags: Any,
) -> tuple[list[Judgement | Exception], ChatClient]:
    """What the judge says of each conversation, or what it raised, and the client used; graded at the same time or in turn."""
    settings = Settings.read({}, **{"base_url": served.url, "model": "small-model", "timeout": 5.0, **flags})

    async def run() -> tuple[list[Judgement | Exception], ChatClient]:
        client = ChatClient(settings, model="small-model")
        judge = LLMJudge(rubric or small_rubric(), client, redactor=redactor)
        try:
            work = [judge.grade(transcript, criteria) for transcript in transcripts]
            batches = [[one] for one in work] if in_turn else [work]
            results = [result for batch in batches for result in await asyncio.gather(*batch, return_exceptions=True)]
        finally:
            await judge.close()
        kept: list[Judgement | Exception] = []
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Exception):
                raise result
            kept.append(result)
        return kept, client

    return asyncio.run(run())


def grade(served: Endpoint, transcript: Transcript = CALL, **options: Any) -> Judgement:
    """What the judge says of one conversation; raises what it raises."""
    (result,), _ = grade_all(served, [transcript], **options)
    if isinstance(result, Exception):
        raise result
    return result


def by_id(judgement: Judgement) -> dict[str, Finding]:
    """Findings by the short code of their criterion."""
    return {finding.criterion.removeprefix("shop:"): finding for finding in judgement.findings}
