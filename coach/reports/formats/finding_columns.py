"""The columns of a table with one row per finding, the same in CSV and in a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coach.findings import Audit, Finding
from coach.reports.labels import Labels
from coach.reports.standing import standing_line
from coach.rubric import Rubric, in_language

__all__ = ["COLUMNS", "Cell", "failure_cells", "finding_cells"]

Cell = str | int | float | bool | None

COLUMNS = (
    "transcript",
    "agent",
    "score",
    "passed",
    "assessed",
    "criterion",
    "title",
    "verdict",
    "severity",
    "error_class",
    "scenario",
    "turn",
    "quote",
    "rationale",
    "rewrite",
    "rewrite_turn",
    "rewrite_place",
    "withheld",
    "clause",
    "manual_quote",
    "confidence",
    "source",
    "rubric",
    "rubric_version",
    "judge_kind",
    "judge_model",
    "qualification",
    "qualification_note",
    "error",
)


def finding_cells(audit: Audit, rubrics: Mapping[str, Rubric], language: str | None) -> Iterator[dict[str, Cell]]:
    """One row per finding; a conversation without findings has one row too, so that none is missing."""
    rubric = rubrics[audit.rubric]
    shared: dict[str, Cell] = {
        "transcript": audit.transcript,
        "agent": audit.agent,
        "score": audit.score,
        "passed": audit.passed,
        "assessed": audit.assessed,
        "rubric": audit.rubric,
        "rubric_version": audit.rubric_version,
        "judge_kind": audit.judge.kind,
        "judge_model": audit.judge.model,
        "qualification": audit.qualification.status if audit.qualification else "untested",
        "qualification_note": standing_line(audit.qualification, Labels("en")),
    }
    for finding in audit.findings:
        yield {**shared, **_of_finding(finding, rubric, language or rubric.language)}
    if not audit.findings:
        yield shared


def failure_cells(transcript: str, reason: str) -> dict[str, Cell]:
    """The row of a conversation that could not be graded."""
    return {"transcript": transcript, "error": reason}


def _of_finding(finding: Finding, rubric: Rubric, language: str) -> dict[str, Cell]:
    criterion = rubric.by_id[finding.criterion]
    first = finding.evidence[0] if finding.evidence else None
    rewrite = finding.rewrite
    return {
        "criterion": finding.criterion,
        "title": in_language(criterion.title, language),
        "verdict": finding.verdict,
        "severity": finding.severity,
        "error_class": criterion.error_class,
        "scenario": finding.scenario,
        "turn": first.turn if first else None,
        "quote": first.quote if first else None,
        "rationale": finding.rationale,
        "rewrite": rewrite.text if rewrite else None,
        "rewrite_turn": rewrite.turn if rewrite else None,
        "rewrite_place": rewrite.place if rewrite else None,
        "withheld": finding.withheld,
        "clause": criterion.clause,
        "manual_quote": criterion.quote,
        "confidence": finding.confidence,
        "source": finding.source,
    }
