"""The file: brought up to date, shared between processes, safe from a kill, and never another program's."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from coach.errors import StoreError
from coach.store.database import Store
from coach.store.migrations import MIGRATIONS, migration_names
from tests.store.parcels import JUDGE, make_audit, make_rubric, make_transcript

WRITER = """
import sys
from coach.store.database import Store
from tests.store.parcels import JUDGE, make_audit, make_rubric, make_transcript

path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.stdin.readline()
with Store.open(path) as store:
    rubric = make_rubric()
    run = store.start_run(name, rubric, JUDGE)
    for number in range(count):
        transcript = make_transcript(f"{name}-{number}")
        store.save(run, transcript, rubric, make_audit(transcript))
        print(number, flush=True)
    store.finish_run(run)
"""


def start_writer(database: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database), name, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_two_processes_make_and_fill_one_file(database: Path) -> None:
    writers = [start_writer(database, name, 60) for name in ("left", "right")]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    outcomes = [(writer.communicate()[1], writer.returncode) for writer in writers]
    assert outcomes == [("", 0), ("", 0)]
    with Store.open(database) as store:
        saved = [stored.audit.transcript for stored in store.audits()]
        assert sorted(saved) == sorted(f"{name}-{number}" for name in ("left", "right") for number in range(60))
        assert [(run.state, run.graded) for run in store.runs()] == [("finished", 60)] * 2


def test_a_killed_process_loses_nothing_that_it_reported_saved(database: Path) -> None:
    writer = start_writer(database, "doomed", 100_000)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    reported = [int(writer.stdout.readline()) for _ in range(25)]
    writer.send_signal(signal.SIGKILL)
    # Not communicate(): it reads past the lines that readline() has buffered already, and would lose them.
    reported += [int(line) for line in writer.stdout.read().split("\n") if line]
    writer.communicate()
    with Store.open(database) as store:
        kept = [stored.audit for stored in store.audits()]
        assert len(kept) in (len(reported), len(reported) + 1)
        assert all(audit == make_audit(make_transcript(audit.transcript)) for audit in kept)
        assert store.runs()[0].state == "running"


def test_every_migration_is_applied_once_and_named(database: Path) -> None:
    for _ in range(2):
        Store.open(database).close()
    names = [row["name"] for row in Database(database)["_migrations"].rows]
    assert names == migration_names()


def test_a_file_of_an_earlier_version_is_brought_up_to_date_with_its_rows(database: Path) -> None:
    earlier = Database(database)
    MIGRATIONS.apply(earlier, stop_before="m003_audits")
    earlier.table("runs").insert(
        {"id": 1, "started": "2026-01-01T00:00:00.000+00:00", "state": "running", "input": "old", "rubric": "r"}
        | {"rubric_version": "1.0.0", "rubric_hash": "h", "judge_kind": "llm", "judge_model": "m", "prompt_hash": "p"}
    )
    earlier.close()
    transcript = make_transcript()
    with Store.open(database) as store:
        store.save(1, transcript, make_rubric(), make_audit(transcript))
        assert [run.input for run in store.runs()] == ["old"]
        assert store.find(transcript, make_rubric(), JUDGE) is not None


def test_a_file_of_a_newer_coach_is_refused(database: Path) -> None:
    Store.open(database).close()
    with Database(database) as db:
        db["_migrations"].insert({"migration_set": "coach", "name": "m999_teams", "applied_at": "later"})
    with pytest.raises(StoreError, match=r"newer coach.*m999_teams.*update coach"):
        Store.open(database)


def test_a_file_that_is_no_database_is_refused_and_left_alone(database: Path) -> None:
    database.write_text("id,text\n" * 500)
    before = database.read_bytes()
    with pytest.raises(StoreError, match="is not an SQLite database"):
        Store.open(database)
    assert database.read_bytes() == before


def test_the_database_of_another_program_is_refused_and_left_alone(database: Path) -> None:
    with sqlite3.connect(database) as other:
        other.execute("create table customers (name text)")
    other.close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(database)
    assert Database(database).table_names() == ["customers"]


def test_tables_that_others_add_do_no_harm(database: Path) -> None:
    Store.open(database).close()
    with Database(database) as db:
        db["notes"].insert({"text": "mine"})
    with Store.open(database) as store:
        assert list(store.audits()) == []


@pytest.mark.parametrize("name", ["missing/coach.db", "."])
def test_a_path_that_cannot_be_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match=r"there is no folder|cannot be opened"):
        Store.open(tmp_path / name)


def test_reading_does_not_make_a_database(database: Path) -> None:
    with pytest.raises(StoreError, match="no such database"):
        Store.open(database, create=False)
    assert not database.exists()


def test_the_file_is_in_write_ahead_mode(database: Path) -> None:
    Store.open(database).close()
    assert Database(database).journal_mode == "wal"
