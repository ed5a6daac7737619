"""A database as a quality team has it after some weeks: the labelled conversations of the `dev` split, graded by the
embedded judge with rewrites, spread over agents, teams and weeks under new names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

from coach.auditor import audit
from coach.evals.golden import read_cases
from coach.findings import Audit
from coach.judges.embedded.judge import EmbeddedJudge
from coach.resources import golden_folder
from coach.rewriting.rewriter import Rewriter
from coach.rubric import Rubric
from coach.store.database import Store
from coach.transcript import Transcript

FIRST_DAY = date(2026, 8, 31)
WEEKS = 10
AGENTS = tuple(f"A-{number}" for number in range(101, 113))

Graded = tuple[Rubric, Transcript, Audit]


def graded(names: Sequence[str], each: int | None = None) -> list[Graded]:
    """The `dev` conversations of these manuals (the first `each` of every one), graded and rewritten."""
    found: list[Graded] = []
    for name in names:
        cases = read_cases([golden_folder() / f"{name}.jsonl"])[:each]
        judge = EmbeddedJudge(cases[0].rubric)
        rewriter = Rewriter(judge)

        async def grade(transcript: Transcript, judge: EmbeddedJudge = judge, rewriter: Rewriter = rewriter) -> Audit:
            return (await rewriter.rewrite(transcript, await audit(transcript, judge))).audit

        found += [(case.rubric, case.transcript, asyncio.run(grade(case.transcript))) for case in cases]
    return found


def spread(path: Path, results: Sequence[Graded], count: int) -> Path:
    """A database of `count` audits: agents come unequally often, one in fifty conversations has no date."""
    random = Random(7)
    shares = [1.6] * 3 + [1.0] * 6 + [0.25] * 3
    source = cycle(results)
    with Store.open(path) as store:
        runs = {
            rubric.id: store.start_run("golden", rubric, found.judge)
            for rubric, _, found in {
                rubric.id: (rubric, transcript, found) for rubric, transcript, found in results
            }.values()
        }
        for number in range(count):
            rubric, transcript, found = next(source)
            agent = random.choices(AGENTS, shares)[0]
            day = FIRST_DAY + timedelta(days=random.randrange(7 * WEEKS))
            metadata = {"team": "North" if agent < "A-107" else "South"}
            if number % 50:
                metadata["date"] = f"{day}T{random.randrange(8, 20):02}:15:00"
            name = f"{transcript.id}-{number:05}"
            renamed = transcript.model_copy(update={"id": name, "agent": agent, "metadata": metadata})
            store.save(runs[rubric.id], renamed, rubric, found.model_copy(update={"transcript": name, "agent": agent}))
        for rubric_id, run in runs.items():
            if rubric_id == results[0][0].id:
                store.record_failure(run, "lost-1", "the endpoint did not answer", agent=AGENTS[0])
            store.finish_run(run)
    return path
