"""How a database file comes to have the tables that this version of coach expects.

Promise: a file of any earlier version is brought up to date by the steps that it lacks, each applied once and named in
`_migrations`; if one fails, the file stays as it was. A step that has been released is never edited: append another.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

__all__ = ["MIGRATIONS", "migration_names"]


class _NamedInOwnTable(Migrations):
    migrations_table = "_migrations"


MIGRATIONS = _NamedInOwnTable("coach")

_JUDGE = {"judge_kind": str, "judge_model": str, "prompt_hash": str}
_USAGE = {"requests": int, "input_tokens": int, "cached_tokens": int, "output_tokens": int, "cost_usd": float}


def migration_names() -> list[str]:
    """The names of all steps that this version of coach knows, in order."""
    return [migration.name for migration in MIGRATIONS._migrations]


@MIGRATIONS(name="m001_transcripts")
def _m001_transcripts(db: Database) -> None:
    db.table("transcripts").create(
        {
            "id": int,
            "transcript": str,
            "content_hash": str,
            "language": str,
            "channel": str,
            "agent": str,
            "metadata": str,
            "added": str,
        },
        pk="id",
        not_null={"transcript", "content_hash", "metadata", "added"},
    ).create_index(["transcript", "content_hash"], unique=True)
    db.table("turns").create(
        {
            "id": int,
            "transcript_id": int,
            "turn": int,
            "speaker": str,
            "text": str,
            "start_seconds": float,
            "end_seconds": float,
            "words": str,
        },
        pk="id",
        not_null={"transcript_id", "turn", "speaker", "text", "words"},
        foreign_keys=[("transcript_id", "transcripts", "id")],
    ).create_index(["transcript_id", "turn"], unique=True)
    db.table("turns").enable_fts(["words"], tokenize="unicode61 remove_diacritics 2", create_triggers=True)


@MIGRATIONS(name="m002_runs")
def _m002_runs(db: Database) -> None:
    db.table("runs").create(
        {
            "id": int,
            "started": str,
            "finished": str,
            "state": str,
            "input": str,
            "rubric": str,
            "rubric_version": str,
            "rubric_hash": str,
            **_JUDGE,
            "graded": int,
            "known": int,
            "failed": int,
            **_USAGE,
        },
        pk="id",
        not_null={"started", "state", "input", "rubric", "rubric_version", "rubric_hash", *_JUDGE},
    )
    db.table("failures").create(
        {"id": int, "run_id": int, "transcript": str, "agent": str, "reason": str, "created": str},
        pk="id",
        not_null={"run_id", "transcript", "reason", "created"},
        foreign_keys=[("run_id", "runs", "id")],
    ).create_index(["run_id"])


@MIGRATIONS(name="m003_audits")
def _m003_audits(db: Database) -> None:
    db.table("audits").create(
        {
            "id": int,
            "run_id": int,
            "transcript_id": int,
            "transcript": str,
            "agent": str,
            "rubric": str,
            "rubric_version": str,
            "rubric_hash": str,
            **_JUDGE,
            "score": float,
            "passed": int,
            "assessed": float,
            "critical_failures": str,
            **_USAGE,
            "seconds": float,
            "created": str,
        },
        pk="id",
        not_null={
            "run_id",
            "transcript_id",
            "transcript",
            "rubric",
            "rubric_version",
            "rubric_hash",
            *_JUDGE,
            "created",
        },
        foreign_keys=[("run_id", "runs", "id"), ("transcript_id", "transcripts", "id")],
    ).create_index(["transcript_id", "rubric"])
    db.table("audits").create_index(["run_id"])
    db.table("audits").create_index(["created"])
    db.create_view(
        "current_audits",
        "select * from audits as audit where id = (select max(id) from audits as other"
        " where other.transcript_id = audit.transcript_id and other.rubric = audit.rubric)",
    )


@MIGRATIONS(name="m004_findings")
def _m004_findings(db: Database) -> None:
    db.table("findings").create(
        {
            "id": int,
            "audit_id": int,
            "criterion": str,
            "verdict": str,
            "scenario": str,
            "severity": str,
            "source": str,
            "confidence": float,
            "turn": int,
            "quote": str,
            "evidence": str,
            "rationale": str,
            "rewrite": str,
            "rewrite_turn": int,
            "rewrite_place": str,
            "withheld": str,
        },
        pk="id",
        not_null={"audit_id", "criterion", "verdict", "scenario", "severity", "source", "evidence", "rationale"},
        foreign_keys=[("audit_id", "audits", "id")],
    ).create_index(["audit_id"])
    db.table("findings").create_index(["criterion", "verdict"])
    db.table("occurrences").create(
        {"id": int, "audit_id": int, "scenario": str, "turns": str},
        pk="id",
        not_null={"audit_id", "scenario", "turns"},
        foreign_keys=[("audit_id", "audits", "id")],
    ).create_index(["audit_id"])


@MIGRATIONS(name="m005_qualifications")
def _m005_qualifications(db: Database) -> None:
    figures = {f"{name}{end}": float for name in ("kappa", "f1") for end in ("", "_low", "_high")}
    db.table("qualifications").create(
        {
            "id": int,
            "created": str,
            **_JUDGE,
            "endpoint": str,
            "rubrics": str,
            "conversations": int,
            "ungraded": int,
            **figures,
            "precision": float,
            "recall": float,
            "floor_f1": float,
            "floor_kappa": float,
            "qualified": int,
            "reasons": str,
            **_USAGE,
        },
        pk="id",
        not_null={"created", *_JUDGE, "rubrics", "conversations", "ungraded", "qualified", "reasons"},
    ).create_index(["judge_kind", "judge_model", "prompt_hash"])


@MIGRATIONS(name="m006_rewrite_attempts")
def _m006_rewrite_attempts(db: Database) -> None:
    db.table("rewrite_attempts").create(
        {
            "id": int,
            "audit_id": int,
            "turn": int,
            "criteria": str,
            "origin": str,
            "rewrite_turn": int,
            "rewrite_place": str,
            "rewrite": str,
            "reasons": str,
            "shown": int,
        },
        pk="id",
        not_null={"audit_id", "turn", "criteria", "origin", "reasons", "shown"},
        foreign_keys=[("audit_id", "audits", "id")],
    ).create_index(["audit_id"])


@MIGRATIONS(name="m007_audit_qualification")
def _m007_audit_qualification(db: Database) -> None:
    db.table("audits").add_column("qualification", str)


@MIGRATIONS(name="m008_run_prediction")
def _m008_run_prediction(db: Database) -> None:
    for part in ("predicted", "grading"):
        for name, kind in _USAGE.items():
            db.table("runs").add_column(f"{part}_{name}", kind)


@MIGRATIONS(name="m009_audit_rewriter")
def _m009_audit_rewriter(db: Database) -> None:
    db.table("audits").add_column("rewriter", str)
