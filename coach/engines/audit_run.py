"""One run of `coach audit`: what is read goes to the store or to a judge, and comes back in order.

Promise: a conversation that the store already has (same content, rubric, judge and prompt) is not graded again unless
forced; each new audit is on disk before the next result is handed out; what could not be read or graded is listed with
its reason, and stays for the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coach.engines.local import Graded, Job, Ungraded, run
from coach.errors import RubricError
from coach.findings import Audit, Usage
from coach.judges.base import Judge
from coach.judges.choice import JudgeChoice
from coach.readers import BadRecord
from coach.rubric import Rubric
from coach.rubric_choice import RubricChoice
from coach.store.records import RunState
from coach.transcript import Transcript

if TYPE_CHECKING:
    from coach.rewriting.rewriter import Rewriter
    from coach.rewriting.trial import Attempt
    from coach.store.database import Store

__all__ = ["AuditRun", "Counts"]


@dataclass
class Counts:
    """What has come of a run so far. `usage` sums what this run spent; answers from the store cost nothing again."""

    graded: int = 0
    from_store: int = 0
    unreadable: int = 0
    ungraded: int = 0
    rewritten: int = 0
    withheld: int = 0
    usage: Usage = field(default_factory=Usage)

    @property
    def total(self) -> int:
        """Conversations dealt with."""
        return self.graded + self.from_store + self.unreadable + self.ungraded


class AuditRun:
    """Grades conversations with the rubrics and the judge chosen. `source` describes the input to people."""

    def __init__(
        self,
        rubrics: RubricChoice,
        judges: JudgeChoice,
        *,
        store: Store | None = None,
        force: bool = False,
        budget_usd: float | None = None,
        source: str = "",
        rewrites: bool = False,
    ) -> None:
        self._choice, self._judge_choice, self._store = rubrics, judges, store
        self._force, self._budget, self._source = force, budget_usd, source
        self._rewrites = rewrites
        self._rewriters: dict[str, Rewriter] = {}
        self._attempts: dict[int, tuple[Attempt, ...]] = {}
        self._judges: dict[str, Judge] = {}
        self.rubrics: dict[str, Rubric] = {}
        """The rubrics that were needed so far, by id."""
        self._runs: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._begun = 0
        self.counts = Counts()

    def results(self, records: Iterable[Transcript | BadRecord]) -> Iterator[Graded | Ungraded]:
        """Audits and failures in the order of the input, each as soon as it and all before it are there."""
        finished = False
        in_flight = self._judge_choice.in_flight
        with asyncio.Runner() as runner:
            runner.run(self._judge_choice.prepare())
            complete = self._rewrite if self._rewrites else None
            stream = run(
                self._jobs(records), in_flight=in_flight, keep=self._keep, refuse=self._refuse, complete=complete
            )
            try:
                while (result := runner.run(_next(stream))) is not None:
                    self._count(result)
                    yield result
                finished = True
            finally:
                runner.run(stream.aclose())
                runner.run(self._judge_choice.close())
                self._finish(finished)

    def _jobs(self, records: Iterable[Transcript | BadRecord]) -> Iterator[Job | Graded | Ungraded]:
        for record in records:
            if isinstance(record, BadRecord):
                yield Ungraded("", str(record.error), "input")
                continue
            try:
                judge = self._judge_for(record)
            except RubricError as error:
                yield Ungraded(record.id, str(error), "input")
                continue
            known = None
            if self._store is not None and not self._force:
                known = self._store.find(record, judge.rubric, judge.info)
            if known is not None and self._rewrites and _unwritten(known):
                # What the grading cost was counted when it was done.
                yield Job(record, judge, known.model_copy(update={"usage": Usage(cost_usd=0.0), "seconds": 0.0}))
            elif known is not None:
                yield Graded(record, known, from_store=True)
            else:
                yield Job(record, judge)

    def _judge_for(self, transcript: Transcript) -> Judge:
        rubric = self._choice.rubric_for(transcript)
        if rubric.id not in self._judges:
            self._judges[rubric.id] = self._judge_choice.judge(rubric)
            self.rubrics[rubric.id] = rubric
        return self._judges[rubric.id]

    def _refuse(self) -> str | None:
        """A reason not to begin another conversation: what is under way, at the mean so far, would go over the budget."""
        client = self._judge_choice.client
        spent = (client.spent if client is not None else self.counts.usage).cost_usd or 0.0
        done = self.counts.graded
        under_way = self._begun - done - self.counts.ungraded
        mean = spent / done if done else 0.0
        if self._budget is not None and spent + mean * (under_way + 1) > self._budget:
            return f"not begun: the budget of {self._budget:g} USD is used up ({spent:.4f} USD spent)"
        self._begun += 1
        return None

    async def _rewrite(self, job: Job, audit: Audit) -> Audit:
        """The audit with rewrites; what was tried is kept until the audit is saved."""
        name = job.judge.rubric.id
        if name not in self._rewriters:
            self._rewriters[name] = self._judge_choice.rewriter(job.judge)
        rewritten = await self._rewriters[name].rewrite(job.transcript, audit)
        if self._store is not None:
            self._attempts[id(job)] = rewritten.attempts
        return rewritten.audit

    def _keep(self, job: Job, audit: Audit) -> None:
        self.counts.usage += audit.usage
        for finding in audit.findings:
            self.counts.rewritten += finding.rewrite is not None
            self.counts.withheld += finding.withheld is not None
        if self._store is not None:
            audit_id = self._store.save(self._run_of(job.judge), job.transcript, job.judge.rubric, audit)
            self._store.save_attempts(audit_id, self._attempts.pop(id(job), ()))

    def _run_of(self, judge: Judge) -> int:
        assert self._store is not None
        name = judge.rubric.id
        if name not in self._runs:
            self._runs[name] = self._store.start_run(self._source, judge.rubric, judge.info)
        return self._runs[name]

    def _count(self, result: Graded | Ungraded) -> None:
        if isinstance(result, Ungraded):
            if result.kind == "input":
                self.counts.unreadable += 1
            else:
                self.counts.ungraded += 1
            if self._store is not None and self._runs:
                self._store.record_failure(next(reversed(self._runs.values())), result.transcript, result.reason)
        elif result.from_store:
            self.counts.from_store += 1
            self._known[result.audit.rubric] = self._known.get(result.audit.rubric, 0) + 1
        else:
            self.counts.graded += 1

    def _finish(self, finished: bool) -> None:
        if self._store is not None:
            for name, run_id in self._runs.items():
                state: RunState = "finished" if finished else "interrupted"
                self._store.finish_run(run_id, state=state, known=self._known.get(name, 0))


def _unwritten(audit: Audit) -> bool:
    """True where a violated finding has neither a rewrite nor a reason for having none."""
    return any(finding.rewrite is None and finding.withheld is None for finding in audit.violated())


async def _next(stream: AsyncGenerator[Graded | Ungraded, None]) -> Graded | Ungraded | None:
    return await anext(stream, None)
