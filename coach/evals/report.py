"""An eval report: figures overall and by manual, severity and criterion, beside judges that know nothing.

Data first, rendering second: `EvalReport` is what `--format json` prints; text and Markdown are written from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coach.evals.agreement import Interval
from coach.evals.golden import Case
from coach.evals.results import CaseResult, Figures, figures
from coach.evals.runner import BASELINES, baseline
from coach.findings import JudgeInfo, Usage

__all__ = ["EvalReport", "as_json", "as_markdown", "make_report"]


@dataclass(frozen=True)
class EvalReport:
    """`failed` are cases that could not be graded, with the reason; `criteria` has kappa-free counts per criterion."""

    judges: tuple[JudgeInfo, ...]
    overall: Figures
    by_manual: dict[str, Figures]
    by_severity: dict[str, Figures]
    baselines: dict[str, Figures]
    criteria: dict[str, dict[str, int]]
    failed: dict[str, str]
    usage: Usage


def make_report(cases: Sequence[Case], results: Sequence[CaseResult], judges: Sequence[JudgeInfo]) -> EvalReport:
    """All figures over `results`, which belong to `cases`."""
    manuals = sorted({case.rubric.id for case in cases})
    usage = Usage()
    for result in results:
        usage += result.usage
    return EvalReport(
        judges=tuple(judges),
        overall=figures(results),
        by_manual={name: figures([r for r in results if r.rubric == name]) for name in manuals},
        by_severity={
            name: figures(results, lambda row, name=name: row.severity == name)  # type: ignore[misc]
            for name in ("critical", "major", "minor")
        },
        baselines={name: figures(baseline(name, cases)) for name in BASELINES},
        criteria=_criteria(results),
        failed={result.case: result.failed for result in results if result.failed is not None},
        usage=usage,
    )


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


def as_json(report: EvalReport) -> dict[str, Any]:
    """The report as plain data."""
    data = asdict(report)
    data["judges"] = [judge.model_dump() for judge in report.judges]
    data["usage"] = report.usage.model_dump()
    return data


def as_markdown(report: EvalReport) -> str:
    """The report as tables, for a terminal and for a CI summary."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: EvalReport) -> Iterator[str]:
    judges = ", ".join(f"{judge.kind} {judge.model} ({judge.prompt_hash[:8]})" for judge in report.judges)
    yield f"Judge: {judges or 'none'}. {report.overall.cases} conversations, {report.overall.labels} labels, "
    yield f"{report.overall.violations} of them violated. Brackets: 95% intervals, by bootstrap over conversations."
    yield ""
    yield "| | kappa | AC1 | alpha | violated: precision | recall | F1 | scenario F1 | generosity | not assessed |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield _row("all", report.overall)
    for name, part in (*report.by_manual.items(), *report.by_severity.items()):
        yield _row(name, part)
    for name, part in report.baselines.items():
        yield _row(f"*{name}*", part)
    if report.overall.evidence_turn is not None:
        yield f"\nViolations found at the labelled turn: {report.overall.evidence_turn:.0%}."
    if report.failed:
        yield f"\n{len(report.failed)} conversations could not be graded:"
        yield from (f"- {case}: {reason}" for case, reason in report.failed.items())
    if report.usage.requests:
        cost = "" if report.usage.cost_usd is None else f", {report.usage.cost_usd:.4f} USD"
        yield f"\n{report.usage.requests} requests, {report.usage.input_tokens} + {report.usage.output_tokens} tokens{cost}."


def _row(name: str, part: Figures) -> str:
    cells = (
        part.kappa, part.ac1, part.alpha, part.precision, part.recall, part.f1, part.scenario_f1, part.generosity
    )  # fmt: skip
    open_share = "" if part.not_assessed is None else f"{part.not_assessed:.0%}"
    return f"| {name} | " + " | ".join(_interval(cell) for cell in cells) + f" | {open_share} |"


def _interval(figure: Interval) -> str:
    if figure.value is None:
        return "no data"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"
