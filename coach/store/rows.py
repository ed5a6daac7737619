"""Between the models and the rows of the tables.

Promise: `audit_from_rows` is the inverse of the functions that make rows: an audit read back equals the one saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from coach.findings import Audit, Evidence, Finding, JudgeInfo, Occurrence, Rewrite, Standing, Usage
from coach.store.records import Run
from coach.store.words import index_words
from coach.transcript import Transcript

if TYPE_CHECKING:
    from coach.rewriting.trial import Attempt

__all__ = [
    "attempt_rows",
    "audit_from_rows",
    "audit_row",
    "finding_rows",
    "occurrence_rows",
    "run_from_row",
    "turn_rows",
]

Row = dict[str, Any]


def turn_rows(transcript_id: int, transcript: Transcript) -> list[Row]:
    """One row of `turns` per turn."""
    return [
        {
            "transcript_id": transcript_id,
            "turn": turn.index,
            "speaker": turn.speaker,
            "text": turn.text,
            "start_seconds": turn.start,
            "end_seconds": turn.end,
            "words": index_words(turn.text),
        }
        for turn in transcript.turns
    ]


def audit_row(audit: Audit, rubric_hash: str, created: str) -> Row:
    """The row of `audits`, but for the keys of the run and the transcript."""
    return {
        "transcript": audit.transcript,
        "agent": audit.agent,
        "rubric": audit.rubric,
        "rubric_version": audit.rubric_version,
        "rubric_hash": rubric_hash,
        "judge_kind": audit.judge.kind,
        "judge_model": audit.judge.model,
        "prompt_hash": audit.judge.prompt_hash,
        "score": audit.score,
        "passed": audit.passed,
        "assessed": audit.assessed,
        "critical_failures": to_json(audit.critical_failures).decode(),
        **audit.usage.model_dump(),
        "seconds": audit.seconds,
        "created": created,
        "qualification": audit.qualification.model_dump_json() if audit.qualification else None,
    }


def finding_rows(audit_id: int, audit: Audit) -> list[Row]:
    """One row of `findings` per finding; `turn` and `quote` are those of the first evidence."""
    return [_finding_row(audit_id, finding) for finding in audit.findings]


def _finding_row(audit_id: int, finding: Finding) -> Row:
    first = finding.evidence[0] if finding.evidence else None
    return {
        "audit_id": audit_id,
        "criterion": finding.criterion,
        "verdict": finding.verdict,
        "scenario": finding.scenario,
        "severity": finding.severity,
        "source": finding.source,
        "confidence": finding.confidence,
        "turn": first.turn if first else None,
        "quote": first.quote if first else None,
        "evidence": to_json(finding.evidence).decode(),
        "rationale": finding.rationale,
        "rewrite": finding.rewrite.text if finding.rewrite else None,
        "rewrite_turn": finding.rewrite.turn if finding.rewrite else None,
        "rewrite_place": finding.rewrite.place if finding.rewrite else None,
        "withheld": finding.withheld,
    }


def occurrence_rows(audit_id: int, audit: Audit) -> list[Row]:
    """One row of `occurrences` per scenario that arose; `turns` is a JSON list."""
    return [
        {"audit_id": audit_id, "scenario": arose.scenario, "turns": to_json(arose.turns).decode()}
        for arose in audit.scenarios
    ]


def attempt_rows(audit_id: int, attempts: Iterable[Attempt]) -> list[Row]:
    """One row of `rewrite_attempts` per attempt; `criteria` and `reasons` are JSON lists."""
    return [
        {
            "audit_id": audit_id,
            "turn": attempt.turn,
            "criteria": to_json(attempt.criteria).decode(),
            "origin": attempt.origin,
            "rewrite_turn": attempt.rewrite.turn,
            "rewrite_place": attempt.rewrite.place,
            "rewrite": attempt.rewrite.text,
            "reasons": to_json(attempt.reasons).decode(),
            "shown": attempt.shown,
        }
        for attempt in attempts
    ]


def audit_from_rows(row: Row, findings: list[Row], occurrences: list[Row]) -> Audit:
    """The audit again, from its row and those of its findings and occurrences in the order they were saved."""
    return Audit(
        transcript=row["transcript"],
        agent=row["agent"],
        rubric=row["rubric"],
        rubric_version=row["rubric_version"],
        judge=_judge(row),
        scenarios=tuple(Occurrence(scenario=r["scenario"], turns=tuple(json.loads(r["turns"]))) for r in occurrences),
        findings=tuple(_finding(finding) for finding in findings),
        score=row["score"],
        passed=None if row["passed"] is None else bool(row["passed"]),
        critical_failures=tuple(json.loads(row["critical_failures"])),
        assessed=row["assessed"],
        usage=_usage(row),
        seconds=row["seconds"],
        qualification=Standing.model_validate_json(row["qualification"]) if row["qualification"] else None,
    )


def _finding(row: Row) -> Finding:
    rewrite = None
    if row["rewrite"] is not None:
        rewrite = Rewrite(turn=row["rewrite_turn"], place=row["rewrite_place"], text=row["rewrite"])
    return Finding(
        criterion=row["criterion"],
        verdict=row["verdict"],
        scenario=row["scenario"],
        severity=row["severity"],
        source=row["source"],
        confidence=row["confidence"],
        evidence=tuple(Evidence(**evidence) for evidence in json.loads(row["evidence"])),
        rationale=row["rationale"],
        rewrite=rewrite,
        withheld=row["withheld"],
    )


def run_from_row(row: Row) -> Run:
    """A row of `runs`; the counts are 0 until the run is finished."""
    return Run(
        id=row["id"],
        started=datetime.fromisoformat(row["started"]),
        finished=datetime.fromisoformat(row["finished"]) if row["finished"] else None,
        state=row["state"],
        input=row["input"],
        rubric=row["rubric"],
        rubric_version=row["rubric_version"],
        judge=_judge(row),
        graded=row["graded"] or 0,
        known=row["known"] or 0,
        failed=row["failed"] or 0,
        usage=_usage(row),
        predicted=_usage(row, "predicted_") if row["predicted_requests"] is not None else None,
        grading=_usage(row, "grading_") if row["grading_requests"] is not None else None,
    )


def _judge(row: Row) -> JudgeInfo:
    return JudgeInfo(kind=row["judge_kind"], model=row["judge_model"], prompt_hash=row["prompt_hash"])


def _usage(row: Row, prefix: str = "") -> Usage:
    names = ("requests", "input_tokens", "cached_tokens", "output_tokens")
    counts = {name: row[f"{prefix}{name}"] or 0 for name in names}
    return Usage(**counts, cost_usd=row[f"{prefix}cost_usd"])
