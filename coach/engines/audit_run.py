"""One run of `coach audit`: what is read goes to the store or to a judge, and comes back in order.

Promise: a conversation that the store already has (same content, rubric, judge and prompt) is not graded again unless
forced; each new audit is on disk before the next result is handed out; what could not be read or graded is listed with
its reason, and stays for the next run. Every audit says how the judge that graded it qualified.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coach.engines.budget import Budget
from coach.engines.local import Graded, Job, Ungraded, run
from coach.engines.prediction import Comparison, Prediction
from coach.errors import ConfigError, RubricError
from coach.findings import Audit, JudgeInfo, Standing, Usage
from coach.judges.base import Judge
from coach.judges.choice import JudgeChoice
from coach.readers import BadRecord
from coach.rubric import Rubric
from coach.rubric_choice import RubricChoice
from coach.store.qualifications import standing_of
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
        self._standings: dict[tuple[JudgeInfo, str], Standing] = {}
        self._grading: dict[int, Usage] = {}
        self._predictions: dict[str, Prediction] = {}
        self._allowance: Budget | None = None
        self.counts = Counts()

    def results(self, records: Iterable[Transcript | BadRecord]) -> Iterator[Graded | Ungraded]:
        """Audits and failures in the order of the input, each as soon as it and all before it are there."""
        finished = False
        in_flight = self._judge_choice.in_flight
        with asyncio.Runner() as runner:
            runner.run(self._judge_choice.prepare())
            self._open_budget()
            complete = self._rewrite if self._rewrites else None
            stream = run(self._jobs(records), in_flight=in_flight, keep=self._keep, admission=self, complete=complete)
            try:
                while (result := runner.run(_next(stream))) is not None:
                    self._count(result)
                    yield replace(result, audit=self._stamped(result.audit)) if isinstance(result, Graded) else result
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
                rewriter = self._rewriter_for(judge).version if self._rewrites else None
                known = self._store.find(record, judge.rubric, judge.info, rewriter=rewriter)
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

    async def admit(self, job: Job) -> str | None:
        """A reason not to begin another conversation: it, and what is under way, would go over the budget."""
        if self._allowance is None or self._judge_choice.client is None:
            return None
        return await self._allowance.admit(self._prediction_for(job.judge.rubric).expected_cost(job.transcript))

    def settle(self, job: Job, audit: Audit | None) -> None:
        """Count what was admitted."""
        if self._allowance is not None and self._judge_choice.client is not None:
            # A conversation that only had its rewrites done says little about what the next one costs.
            self._allowance.settle(None if audit is None or job.graded is not None else audit.usage.cost_usd)

    def _spent(self) -> float:
        client = self._judge_choice.client
        return (client.spent.cost_usd or 0.0) if client is not None else 0.0

    def _open_budget(self) -> None:
        client = self._judge_choice.client
        if self._budget is None or client is None:
            return
        if not client.priced:
            raise ConfigError(f"--budget: no price is known for {client.model}; give one in a file: --prices FILE")
        self._allowance = Budget(self._budget, self._spent)

    def _prediction_for(self, rubric: Rubric) -> Prediction:
        if rubric.id not in self._predictions:
            choice = self._judge_choice
            assert choice.client is not None
            self._predictions[rubric.id] = Prediction(
                rubric, choice.settings, model=choice.client.model, masked=choice.masked
            )
        return self._predictions[rubric.id]

    @property
    def comparisons(self) -> list[Comparison]:
        """For each rubric, what an endpoint was predicted to take for the conversations graded, and what it took."""
        return [each.comparison for each in self._predictions.values() if each.comparison.conversations]

    @property
    def besides(self) -> Usage:
        """What was asked of the endpoint and is in none of the `comparisons`: rewrites, and conversations not graded."""
        client = self._judge_choice.client
        if client is None:
            return Usage()
        took = sum((each.took for each in self.comparisons), Usage())
        spent = client.spent
        known = spent.cost_usd is not None
        return Usage(
            requests=spent.requests - took.requests,
            input_tokens=spent.input_tokens - took.input_tokens,
            cached_tokens=spent.cached_tokens - took.cached_tokens,
            output_tokens=spent.output_tokens - took.output_tokens,
            cost_usd=(spent.cost_usd or 0.0) - (took.cost_usd or 0.0) if known else None,
        )

    async def _rewrite(self, job: Job, audit: Audit) -> Audit:
        """The audit with rewrites; what was tried is kept until the audit is saved."""
        self._grading[id(job)] = audit.usage
        rewritten = await self._rewriter_for(job.judge).rewrite(job.transcript, audit)
        if self._store is not None:
            self._attempts[id(job)] = rewritten.attempts
        return rewritten.audit

    def _rewriter_for(self, judge: Judge) -> Rewriter:
        name = judge.rubric.id
        if name not in self._rewriters:
            self._rewriters[name] = self._judge_choice.rewriter(judge)
        return self._rewriters[name]

    def _stamped(self, audit: Audit) -> Audit:
        """The audit with how its judge stands today."""
        key = audit.judge, audit.rubric
        if key not in self._standings:
            self._standings[key] = standing_of(audit.judge, audit.rubric, self._store)
        return audit.model_copy(update={"qualification": self._standings[key]})

    def _keep(self, job: Job, audit: Audit) -> None:
        self.counts.usage += audit.usage
        grading = self._grading.pop(id(job), audit.usage)
        if self._judge_choice.client is not None and job.graded is None:
            self._prediction_for(job.judge.rubric).add(job.transcript, grading)
        for finding in audit.findings:
            self.counts.rewritten += finding.rewrite is not None
            self.counts.withheld += finding.withheld is not None
        if self._store is not None:
            run_id, rubric = self._run_of(job.judge), job.judge.rubric
            version = self._rewriter_for(job.judge).version if self._rewrites else None
            audit_id = self._store.save(run_id, job.transcript, rubric, self._stamped(audit), rewriter=version)
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
        if self._store is None:
            return
        client = self._judge_choice.client
        # With several rubrics nobody can say which of them a failed conversation's requests belong to.
        whole = client.spent if client is not None and len(self._runs) == 1 else None
        for name, run_id in self._runs.items():
            state: RunState = "finished" if finished else "interrupted"
            compared = self._predictions[name].comparison if name in self._predictions else None
            self._store.finish_run(
                run_id,
                state=state,
                known=self._known.get(name, 0),
                usage=whole,
                predicted=compared.predicted if compared else None,
                grading=compared.took if compared else None,
            )


def _unwritten(audit: Audit) -> bool:
    """True where a violated finding has neither a rewrite nor a reason for having none."""
    return any(finding.rewrite is None and finding.withheld is None for finding in audit.violated())


async def _next(stream: AsyncGenerator[Graded | Ungraded, None]) -> Graded | Ungraded | None:
    return await anext(stream, None)
