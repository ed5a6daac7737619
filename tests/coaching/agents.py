"""Agents with graded conversations in a real database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from coach.auditor import audit
from coach.judges.embedded.judge import EmbeddedJudge
from coach.rewriting.rewriter import Rewriter
from coach.rubric import Rubric
from coach.store.database import Store
from coach.transcript import Transcript
from tests.builders import conversation

WELL = ("A: Hello, what may I do for you?", "C: Thank you", "A: You are welcome.")
HURRIES = ("A: Hello, what may I do for you?", "C: My parcel is lost", "A: Hurry up, the line is long.", "C: Oh")


def keep(path: Path, rubric: Rubric, agent: str, *spoken: tuple[str, ...]) -> Store:
    """A database with these conversations of `agent`, graded and rewritten."""
    judge = EmbeddedJudge(rubric)
    rewriter = Rewriter(judge)
    store = Store.open(path)
    run = store.start_run("test", rubric, judge.info)

    async def grade(transcript: Transcript) -> None:
        done = await rewriter.rewrite(transcript, await audit(transcript, judge))
        store.save_attempts(store.save(run, transcript, rubric, done.audit), done.attempts)

    for number, lines in enumerate(spoken):
        made = conversation(*lines, id=f"c-{number}").model_copy(update={"agent": agent})
        asyncio.run(grade(made))
    return store
