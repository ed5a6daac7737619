"""An eval report: figures overall and by manual, severity, kind and criterion, beside judges that know nothing.

Data first, rendering second: `EvalReport` is what `--format json` prints; `sections` and `checks` are for people and CI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from coach.evals.rendering import Check, Section, interval, percent
from coach.evals.results import CaseResult, EvalRun, Figures, Row, figures, three_class
from coach.evals.runner import BASELINES, baseline
from coach.findings import JudgeInfo, Usage
from coach.rubric import Criterion

__all__ = [
    "EvalReport",
    "as_json",
    "checks",
    "difference",
    "differences",
    "judge_names",
    "kind_of",
    "make_report",
    "sections",
]

_COLUMNS = (
    "", "kappa", "AC1", "alpha", "precision", "recall", "F1", "scenario F1", "generosity", "open"
)  # fmt: skip


@dataclass(frozen=True)
class EvalReport:
    """`failed` are cases that could not be graded, with the reason; `criteria` counts `LABEL-VERDICT` pairs per criterion.

    `by_kind` is by what a criterion asks for (see `kind_of`). `by_criterion` is empty unless it was asked for.
    `usage.cost_usd` is None where the price of the model is not known.
    """

    judges: tuple[JudgeInfo, ...]
    overall: Figures
    by_manual: dict[str, Figures]
    by_severity: dict[str, Figures]
    by_kind: dict[str, Figures]
    baselines: dict[str, Figures]
    criteria: dict[str, dict[str, int]]
    failed: dict[str, str]
    usage: Usage
    by_criterion: dict[str, Figures] = field(default_factory=dict)


def make_report(run: EvalRun, *, by_criterion: bool = False) -> EvalReport:
    """All figures over the results of `run`."""
    results = run.results
    manuals = sorted({case.rubric.id for case in run.cases})
    usage = Usage()
    for result in results:
        usage += result.usage
    return EvalReport(
        judges=tuple(sorted(set(run.judges.values()), key=lambda info: info.prompt_hash)),
        overall=figures(results),
        by_manual={name: figures([r for r in results if r.rubric == name]) for name in manuals},
        by_severity={
            name: figures(results, lambda row, name=name: row.severity == name)  # type: ignore[misc]
            for name in ("critical", "major", "minor")
        },
        by_kind=_by_kind(run),
        baselines={name: figures(baseline(name, run.cases)) for name in BASELINES},
        criteria=_criteria(results),
        failed=run.failed,
        usage=usage,
        by_criterion=_by_criterion(results) if by_criterion else {},
    )


def kind_of(criterion: Criterion) -> str:
    """What a criterion asks for, as its checks show: `never to be said`, `to be said`, `timing`; `no check` without any."""
    if criterion.assess == "timing":
        return "timing"
    if not criterion.checks:
        return "no check"
    return "never to be said" if all(check.check == "forbid" for check in criterion.checks) else "to be said"


def _by_kind(run: EvalRun) -> dict[str, Figures]:
    """Figures by `kind_of`, of the kinds that there are."""
    kinds = {criterion.id: kind_of(criterion) for case in run.cases for criterion in case.rubric.assessable}
    return {
        kind: figures(run.results, lambda row, kind=kind: kinds[row.criterion] == kind)  # type: ignore[misc]
        for kind in ("never to be said", "to be said", "timing", "no check")
        if kind in kinds.values()
    }


def _criteria(results: Sequence[CaseResult]) -> dict[str, dict[str, int]]:
    """Criterion -> how often `LABEL-VERDICT`, for pairs where either says that it applied."""
    counts: dict[str, dict[str, int]] = {}
    for result in results:
        for row in result.rows:
            if (row.label, row.verdict) != ("not_applicable", "not_applicable"):
                pairs = counts.setdefault(row.criterion, {})
                key = f"{row.label}-{row.verdict}"
                pairs[key] = pairs.get(key, 0) + 1
    return counts


def _by_criterion(results: Sequence[CaseResult]) -> dict[str, Figures]:
    """Figures of every criterion that a label or a verdict says applied somewhere."""
    cases: dict[str, list[CaseResult]] = {}
    for result in results:
        for row in result.rows:
            cases.setdefault(row.criterion, []).append(result.model_copy(update={"rows": [row]}))
    applied = _criteria(results)
    return {name: figures(of, resamples=1000) for name, of in cases.items() if name in applied}


def as_json(report: EvalReport) -> dict[str, Any]:
    """The report as plain data."""
    data = asdict(report)
    data["judges"] = [judge.model_dump() for judge in report.judges]
    data["usage"] = report.usage.model_dump()
    return data


def judge_names(judges: Sequence[JudgeInfo]) -> str:
    """The judges in a few words: kind, model, the first digits of the prompt hashes."""
    hashes: dict[str, list[str]] = {}
    for judge in judges:
        hashes.setdefault(f"{judge.kind} {judge.model}", []).append(judge.prompt_hash[:8])
    return ", ".join(f"{name} ({', '.join(digits)})" for name, digits in hashes.items()) or "none"


def sections(report: EvalReport) -> list[Section]:
    """The report for people."""
    overall = report.overall
    head = (
        f"Judge: {judge_names(report.judges)}. {overall.cases} conversations, {overall.labels} labels, "
        f"{overall.violations} of them violated. Brackets: 95% intervals, by bootstrap over conversations. "
        "Precision, recall and F1 are those of violations; generosity is the judge's pass rate minus that of the labels; "
        "open is the share of applicable criteria that were not assessed."
    )
    parts = {"all": overall, **report.by_manual, **report.by_severity, **report.by_kind}
    parts.update({f"({name})": part for name, part in report.baselines.items()})
    found = [Section(notes=[head], columns=_COLUMNS, rows=[_row(name, part) for name, part in parts.items()])]
    if report.by_criterion:
        names = ("criterion", "labels", "violated", "agreement", "AC1", "precision", "recall", "F1", "open")
        rows = [_criterion_row(name, part) for name, part in report.by_criterion.items()]
        found.append(Section("By criterion", columns=names, rows=rows))
    found.append(Section(notes=list(_closing(report))))
    if report.failed:
        items = [f"{case}: {reason}" for case, reason in report.failed.items()]
        found.append(Section(f"{len(items)} conversations could not be graded", items=items))
    return found


def _closing(report: EvalReport) -> list[str]:
    notes = [
        "(always-met) and (all-met) know nothing of the conversations; all-met is even told which scenarios arose."
    ]
    if report.overall.verbatim is not None:
        at = percent(report.overall.evidence_turn)
        where = f" Violations that were found are cited at the labelled turn in {at}." if at else ""
        notes.append(f"Findings of a violation with a verbatim quote: {percent(report.overall.verbatim)}.{where}")
    usage = report.usage
    if usage.requests:
        cost = "cost not known" if usage.cost_usd is None else f"{usage.cost_usd:.4f} USD"
        notes.append(f"{usage.requests} requests, {usage.input_tokens} + {usage.output_tokens} tokens, {cost}.")
    return notes


def _row(name: str, part: Figures) -> list[str]:
    cells = (
        part.kappa, part.ac1, part.alpha, part.precision, part.recall, part.f1, part.scenario_f1, part.generosity
    )  # fmt: skip
    return [name, *(interval(cell) for cell in cells), percent(part.not_assessed)]


def _criterion_row(name: str, part: Figures) -> list[str]:
    cells = (part.agreement, part.ac1, part.precision, part.recall, part.f1)
    counts = [str(part.labels), str(part.violations)]
    return [name, *counts, *(interval(cell) for cell in cells), percent(part.not_assessed)]


def checks(run: EvalRun) -> list[Check]:
    """One test case per conversation, an error where it could not be graded. Verdicts that differ from their labels are its
    output, not failures: how many are too many is for a baseline to say."""
    return [
        Check(
            result.rubric, result.case, error=result.failed, output=[difference(row) for row in differences([result])]
        )
        for result in run.results
    ]


def differences(results: Sequence[CaseResult]) -> list[Row]:
    """The rows whose verdict differs from the label."""
    return [row for result in results for row in result.rows if three_class(row.verdict) != row.label]


def difference(row: Row) -> str:
    """Label and verdict of a row in one line."""
    doubt = " (ambiguous)" if row.ambiguous else ""
    at = f" turn {row.turn} {row.quote!r}" if row.turn is not None else ""
    return f"{row.case} {row.criterion}: label {row.label}{doubt}, judge {row.verdict}{at}: {row.reason}"
