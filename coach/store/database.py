"""The SQLite file that holds every conversation, run, audit and finding, in flat tables that any tool can read.

Promise: what was saved comes back equal, and an audit is on disk before `save` returns: a process killed at any moment
loses at most the conversations it was grading. Several processes may write to one file. Rows are added, never changed:
where a conversation was graded again, the newest audit answers and the earlier ones stay. `docs/database.md` describes
the tables; `current_audits` is the view without superseded rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from sqlite_utils import Database

from coach.errors import ConfigError, StoreError
from coach.findings import Audit, JudgeInfo, Usage
from coach.rubric import Rubric
from coach.store.connection import connect, store_error, transaction
from coach.store.qualifications import Qualification, qualification_from_row, qualification_row
from coach.store.records import Failure, Hit, Run, RunState, StoredAudit
from coach.store.rows import (
    attempt_rows,
    audit_from_rows,
    audit_row,
    finding_rows,
    occurrence_rows,
    run_from_row,
    turn_rows,
)
from coach.store.words import match_expression
from coach.transcript import Transcript, Turn

if TYPE_CHECKING:
    from coach.rewriting.trial import Attempt

__all__ = ["Store"]

_PAGE = 400
"""Audits fetched at a time: memory stays flat however many there are."""


class Store:
    """An open database file. Use one per process and thread; as a context manager it closes at the end."""

    def __init__(self, db: Database, path: Path) -> None:
        self._db, self.path = db, path

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True) -> Store:
        """Open the file, make it where there is none (unless not `create`), and bring its tables up to date.

        Raises `StoreError` where it cannot be opened, is no SQLite database, belongs to another program or was written
        by a newer coach.
        """
        file = Path(path)
        if not create and not file.is_file():
            raise StoreError(f"{file}: there is no such database; `coach audit --db {file}` makes one")
        return cls(connect(file), file)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything saved is on disk already."""
        self._db.close()

    def find(
        self, transcript: Transcript, rubric: Rubric, judge: JudgeInfo, *, rewriter: str | None = None
    ) -> Audit | None:
        """The newest audit of the same conversation (content and id) by the same rubric (id, version, content) and judge.

        Where its rewrites were not made by `rewriter` (a `Rewriter.version`; None asks for none), it comes without them.
        """
        rows = self._rows(
            "select audits.* from audits join transcripts on transcripts.id = audits.transcript_id"
            " where transcripts.transcript = :transcript and transcripts.content_hash = :content_hash"
            " and rubric = :rubric and rubric_version = :rubric_version and rubric_hash = :rubric_hash"
            " and judge_kind = :judge_kind and judge_model = :judge_model and prompt_hash = :prompt_hash"
            " order by audits.id desc limit 1",
            {"transcript": transcript.id, "content_hash": transcript.content_hash(), **_grading(rubric, judge)},
        )
        found = next((stored.audit for stored in self._with_findings(rows)), None)
        return found if found is None or rewriter in (None, rows[0]["rewriter"]) else _without_rewrites(found)

    def start_run(self, input: str, rubric: Rubric, judge: JudgeInfo) -> int:
        """Note that a run begins; `input` says of what, for people. Returns the run's id."""
        row = {"started": _now(), "state": "running", "input": input, **_grading(rubric, judge)}
        with self._writing() as db:
            return _insert(db, "runs", row)

    def finish_run(
        self,
        run_id: int,
        *,
        state: RunState = "finished",
        known: int = 0,
        usage: Usage | None = None,
        predicted: Usage | None = None,
        grading: Usage | None = None,
    ) -> None:
        """Note that a run is over. `known` counts the conversations answered from the store; `usage` is what the whole
        run cost where that is more than the saved audits add up to (failed conversations cost too). `predicted` is what
        grading the saved conversations was predicted to take, `grading` what it took (rewrites in neither).
        """
        with self._writing() as db:
            saved = db.execute(
                "select count(*), coalesce(sum(requests), 0), coalesce(sum(input_tokens), 0),"
                " coalesce(sum(cached_tokens), 0), coalesce(sum(output_tokens), 0), sum(cost_usd)"
                " from audits where run_id = ?",
                [run_id],
            ).fetchone()
            failed = db.execute("select count(*) from failures where run_id = ?", [run_id]).fetchone()[0]
            names = ("requests", "input_tokens", "cached_tokens", "output_tokens", "cost_usd")
            spent = usage.model_dump() if usage is not None else dict(zip(names, saved[1:], strict=True))
            for part, figures in (("predicted", predicted), ("grading", grading)):
                if figures is not None:
                    spent.update({f"{part}_{name}": value for name, value in figures.model_dump().items()})
            db.table("runs").update(
                run_id,
                {"finished": _now(), "state": state, "graded": saved[0], "known": known, "failed": failed, **spent},
            )

    def save(
        self,
        run_id: int,
        transcript: Transcript,
        rubric: Rubric,
        audit: Audit,
        *,
        created: datetime | None = None,
        rewriter: str | None = None,
    ) -> int:
        """Add an audit (and the conversation, where it is new); on disk on return. `rewriter` is the version of what made
        its rewrites. Returns the audit's id."""
        with self._writing() as db:
            transcript_id = self._keep_transcript(db, transcript)
            row = audit_row(audit, rubric.content_hash, _stamp(created) if created else _now())
            audit_id = _insert(
                db, "audits", {"run_id": run_id, "transcript_id": transcript_id, "rewriter": rewriter, **row}
            )
            _insert_all(db, "findings", finding_rows(audit_id, audit))
            _insert_all(db, "occurrences", occurrence_rows(audit_id, audit))
        return audit_id

    def save_attempts(self, audit_id: int, attempts: Iterable[Attempt]) -> None:
        """Add what was tried for the rewrites of an audit: each proposal, why it was not shown, or that it was."""
        rows = attempt_rows(audit_id, attempts)
        if rows:
            with self._writing() as db:
                _insert_all(db, "rewrite_attempts", rows)

    def record_failure(self, run_id: int, transcript: str, reason: str, *, agent: str | None = None) -> None:
        """Add a conversation that could not be read or graded in this run; `transcript` is its id, or where it stands."""
        row = {"transcript": transcript, "agent": agent, "reason": reason}
        with self._writing() as db:
            _insert(db, "failures", {"run_id": run_id, **row, "created": _now()})

    def failures(self, run_id: int | None = None) -> list[Failure]:
        """The conversations that could not be graded, of one run or of all, oldest first."""
        where = "" if run_id is None else " where run_id = :run_id"
        rows = self._rows(f"select * from failures{where} order by id", {"run_id": run_id})
        return [Failure(row["transcript"], row["reason"], row["agent"]) for row in rows]

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        return [run_from_row(row) for row in self._rows("select * from runs order by id", {})]

    def audits(
        self,
        *,
        rubric: str | None = None,
        agent: str | None = None,
        run_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        history: bool = False,
    ) -> Iterator[StoredAudit]:
        """Audits in the order they were saved: `since` <= created < `until` (without a zone: UTC).

        Of several audits of one conversation by one rubric only the newest comes, or all of them with `history`.
        """
        asked = {"rubric": rubric, "agent": agent, "run_id": run_id}
        conditions = [f"{name} = :{name}" for name, value in asked.items() if value is not None]
        conditions += ["created >= :since"] if since else []
        conditions += ["created < :until"] if until else []
        parameters = {**asked, "since": _stamp(since) if since else None, "until": _stamp(until) if until else None}
        where = " and ".join(["id > :after", *conditions])
        table = "audits" if history else "current_audits"
        after = 0
        while True:
            page = self._rows(
                f"select * from {table} where {where} order by id limit {_PAGE}", {**parameters, "after": after}
            )
            yield from self._with_findings(page)
            if len(page) < _PAGE:
                return
            after = page[-1]["id"]

    def rubrics(self) -> list[str]:
        """The ids of the rubrics that audits in the file were graded by, sorted."""
        return [row["rubric"] for row in self._rows("select distinct rubric from audits order by rubric", {})]

    def transcript(self, transcript_id: int) -> Transcript:
        """The conversation of a `StoredAudit`. Raises `StoreError` where it was deleted from the file."""
        found = self._rows("select * from transcripts where id = :id", {"id": transcript_id})
        if not found:
            raise StoreError(f"{self.path}: there is no conversation in row {transcript_id} of transcripts")
        turns = self._rows("select * from turns where transcript_id = :id order by turn", {"id": transcript_id})
        row = found[0]
        return Transcript(
            id=row["transcript"],
            language=row["language"],
            channel=row["channel"],
            agent=row["agent"],
            metadata=json.loads(row["metadata"]),
            turns=tuple(
                Turn(
                    index=turn["turn"],
                    speaker=turn["speaker"],
                    text=turn["text"],
                    start=turn["start_seconds"],
                    end=turn["end_seconds"],
                )
                for turn in turns
            ),
        )

    def save_qualification(self, qualification: Qualification) -> None:
        """Add what `coach eval qualify` found; earlier ones of the same judge stay."""
        with self._writing() as db:
            _insert(db, "qualifications", qualification_row(qualification))

    def qualification(self, judge: JudgeInfo) -> Qualification | None:
        """The newest qualification of exactly this judge: kind, model and prompt hash."""
        rows = self._rows(
            "select * from qualifications where judge_kind = :kind and judge_model = :model"
            " and prompt_hash = :prompt_hash order by id desc limit 1",
            judge.model_dump(),
        )
        return qualification_from_row(rows[0]) if rows else None

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Turns that hold all of `words`, the best match first; case and accents do not matter, in any language.

        `"quoted words"` must stand next to each other, `deliver*` finds every word that starts so. Raises `ConfigError`
        where there is nothing to look for.
        """
        expression = match_expression(words)
        if not expression:
            raise ConfigError(f"there is no word to search for in {words!r}")
        rows = self._rows(
            "select transcripts.transcript, transcripts.agent, turns.turn, turns.speaker, turns.text from turns_fts"
            " join turns on turns.id = turns_fts.rowid join transcripts on transcripts.id = turns.transcript_id"
            " where turns_fts match :expression order by turns_fts.rank, turns.id limit :limit",
            {"expression": expression, "limit": limit},
        )
        return [Hit(**row) for row in rows]

    def _keep_transcript(self, db: Database, transcript: Transcript) -> int:
        content_hash = transcript.content_hash()
        known = db.execute(
            "select id from transcripts where transcript = ? and content_hash = ?", [transcript.id, content_hash]
        ).fetchone()
        if known is not None:
            return int(known[0])
        row = {
            "transcript": transcript.id,
            "content_hash": content_hash,
            "language": transcript.language,
            "channel": transcript.channel,
            "agent": transcript.agent,
            "metadata": to_json(transcript.metadata, fallback=str, inf_nan_mode="null").decode(),
            "added": _now(),
        }
        transcript_id = _insert(db, "transcripts", row)
        _insert_all(db, "turns", turn_rows(transcript_id, transcript))
        return transcript_id

    def _with_findings(self, rows: Sequence[dict[str, Any]]) -> Iterator[StoredAudit]:
        ids = to_json([row["id"] for row in rows]).decode()
        parts: dict[str, dict[int, list[dict[str, Any]]]] = {}
        for table in ("findings", "occurrences"):
            grouped: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
            sql = f"select * from {table} where audit_id in (select value from json_each(:ids)) order by id"
            for part in self._rows(sql, {"ids": ids}):
                grouped[part["audit_id"]].append(part)
            parts[table] = grouped
        transcripts = to_json([row["transcript_id"] for row in rows]).decode()
        sql = "select id, metadata from transcripts where id in (select value from json_each(:ids))"
        metadata = {row["id"]: row["metadata"] for row in self._rows(sql, {"ids": transcripts})}
        for row in rows:
            yield StoredAudit(
                id=row["id"],
                run_id=row["run_id"],
                transcript_id=row["transcript_id"],
                rubric_hash=row["rubric_hash"],
                created=datetime.fromisoformat(row["created"]),
                audit=audit_from_rows(row, parts["findings"][row["id"]], parts["occurrences"][row["id"]]),
                metadata=json.loads(metadata.get(row["transcript_id"], "{}")),
            )

    def _rows(self, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return list(self._db.query(sql, parameters))
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        try:
            with transaction(self._db):
                yield self._db
        except sqlite3.Error as error:
            raise store_error(self.path, error) from error


def _without_rewrites(audit: Audit) -> Audit:
    bare = tuple(finding.model_copy(update={"rewrite": None, "withheld": None}) for finding in audit.findings)
    return audit.model_copy(update={"findings": bare})


def _insert(db: Database, table: str, row: dict[str, Any]) -> int:
    key = db.table(table).insert(row).last_pk
    assert isinstance(key, int)
    return key


def _insert_all(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.table(table).insert_all(rows)


def _grading(rubric: Rubric, judge: JudgeInfo) -> dict[str, str]:
    return {
        "rubric": rubric.id,
        "rubric_version": rubric.version,
        "rubric_hash": rubric.content_hash,
        "judge_kind": judge.kind,
        "judge_model": judge.model,
        "prompt_hash": judge.prompt_hash,
    }


def _stamp(moment: datetime) -> str:
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="milliseconds")


def _now() -> str:
    return _stamp(datetime.now(UTC))
