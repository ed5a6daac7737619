"""Grade labelled cases with a judge, and lay its verdicts beside the labels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from coach.auditor import audit
from coach.errors import JudgeError
from coach.evals.golden import Case
from coach.evals.results import CaseResult, EvalRun, Row, ScenarioCounts
from coach.findings import Audit, Finding
from coach.judges.base import Judge
from coach.judges.choice import JudgeChoice
from coach.rubric import ALWAYS, Criterion

__all__ = ["BASELINES", "baseline", "compare", "grade", "run_cases"]


async def run_cases(
    cases: Sequence[Case], judges: JudgeChoice, *, done: Callable[[CaseResult], None] = lambda _: None
) -> list[CaseResult]:
    """Grade all `cases`, in order of input; what cannot be graded is a result with `failed`."""
    await judges.prepare()
    made: dict[int, Judge] = {}
    gate = asyncio.Semaphore(judges.in_flight)

    async def one(case: Case) -> CaseResult:
        judge = made.get(id(case.rubric)) or made.setdefault(id(case.rubric), judges.judge(case.rubric))
        async with gate:
            try:
                result = compare(case, await audit(case.transcript, judge))
            except JudgeError as error:
                nothing = ScenarioCounts(hits=0, invented=0, missed=0)
                result = CaseResult(
                    case=case.transcript.id, rubric=case.rubric.id, rows=[], scenarios=nothing, failed=str(error)
                )
        done(result)
        return result

    try:
        return list(await asyncio.gather(*(one(case) for case in cases)))
    finally:
        await judges.close()


async def grade(
    cases: Sequence[Case],
    judges: JudgeChoice,
    *,
    repeatable: bool,
    runs: int = 1,
    done: Callable[[CaseResult], None] = lambda _: None,
) -> list[EvalRun]:
    """Grade all `cases` `runs` times. `repeatable`: equal input is known to get equal answers (embedded, recorded)."""
    results = await run_cases([*cases] * runs, judges, done=done)
    infos = {case.rubric.id: judges.judge(case.rubric).info for case in {c.rubric.id: c for c in cases}.values()}
    size = len(cases)
    return [
        EvalRun(tuple(cases), tuple(results[run * size : (run + 1) * size]), infos, repeatable) for run in range(runs)
    ]


def compare(case: Case, audited: Audit) -> CaseResult:
    """The rows of one case: every criterion that a transcript can settle, closed-world on both sides."""
    findings = {finding.criterion: finding for finding in audited.findings}
    rows: list[Row] = []
    for criterion in case.rubric.assessable:
        finding, label = findings.get(criterion.id), case.labels.get(criterion.id)
        evidence = finding.evidence[0] if finding and finding.evidence else None
        rows.append(
            Row(
                case=case.transcript.id,
                rubric=case.rubric.id,
                criterion=criterion.id,
                scenario=criterion.scenario,
                severity=criterion.severity,
                label=case.verdict(criterion.id),
                verdict=finding.verdict if finding else "not_applicable",
                ambiguous=bool(label and label.ambiguous),
                confidence=finding.confidence if finding else None,
                label_turn=label.turn if label else None,
                turn=evidence.turn if evidence else None,
                quote=evidence.quote if evidence else "",
                verbatim=_verbatim(case, finding),
                reason=finding.rationale if finding else "",
            )
        )
    arose = {occurrence.scenario for occurrence in audited.scenarios}
    counts = ScenarioCounts(
        hits=len(arose & case.scenarios), invented=len(arose - case.scenarios), missed=len(case.scenarios - arose)
    )
    return CaseResult(
        case=case.transcript.id,
        rubric=case.rubric.id,
        rows=rows,
        scenarios=counts,
        score=audited.score,
        usage=audited.usage,
        arose=tuple(sorted(arose)),
    )


def _verbatim(case: Case, finding: Finding | None) -> bool | None:
    if finding is None or finding.verdict != "violated":
        return None
    turns = case.transcript.turns
    return bool(finding.evidence) and all(e.quote and e.quote in turns[e.turn].text for e in finding.evidence)


def _always_met(case: Case, criterion: Criterion) -> str:  # noqa: ARG001
    return "met" if criterion.scenario == ALWAYS else "not_applicable"


def _all_met(case: Case, criterion: Criterion) -> str:
    return "met" if criterion.scenario == ALWAYS or criterion.scenario in case.scenarios else "not_applicable"


BASELINES: dict[str, Callable[[Case, Criterion], str]] = {"always-met": _always_met, "all-met": _all_met}
"""Judges that know nothing: one calls the criteria of `always` met, the other is even told which scenarios arose."""


def baseline(name: str, cases: Sequence[Case]) -> list[CaseResult]:
    """What a judge that knows nothing would have said. A real judge has to beat both."""
    say = BASELINES[name]
    results: list[CaseResult] = []
    for case in cases:
        rows = [
            Row.model_validate(
                {
                    "case": case.transcript.id,
                    "rubric": case.rubric.id,
                    "criterion": criterion.id,
                    "scenario": criterion.scenario,
                    "severity": criterion.severity,
                    "label": case.verdict(criterion.id),
                    "verdict": say(case, criterion),
                }
            )
            for criterion in case.rubric.assessable
        ]
        counts = ScenarioCounts(hits=0, invented=0, missed=len(case.scenarios))
        results.append(CaseResult(case=case.transcript.id, rubric=case.rubric.id, rows=rows, scenarios=counts))
    return results
