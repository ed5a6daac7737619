"""docs/database.md says what the file holds, and its statements run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlite_utils import Database

from coach.rubric import Rubric
from coach.store.database import Store
from tests.store.parcels import JUDGE, make_audit, make_transcript

DOCUMENT = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
STATEMENTS = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
SECTIONS = dict(re.findall(r"^### (\w+)[^\n]*\n(.*?)(?=^##)", DOCUMENT, re.MULTILINE | re.DOTALL))


@pytest.fixture
def db(database: Path, rubric: Rubric) -> Database:
    with Store.open(database) as store:
        run = store.start_run("calls/", rubric, JUDGE)
        for name in ("c-1", "c-2"):
            transcript = make_transcript(name)
            store.save(run, transcript, rubric, make_audit(transcript))
            store.record_failure(run, name, "a reason")
    return Database(database)


def test_every_table_is_described(db: Database) -> None:
    tables = {name for name in db.table_names() if not name.startswith("turns_fts")}
    assert tables == set(SECTIONS)


@pytest.mark.parametrize("table", [name for name in SECTIONS if name != "_migrations"])
def test_every_column_is_described_and_no_other(db: Database, table: str) -> None:
    first_cells = re.findall(r"^\| (`[^|]*) \|", SECTIONS[table], re.MULTILINE)
    assert {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)} == set(db[table].columns_dict)


@pytest.mark.parametrize("sql", [text for text in STATEMENTS if text.startswith("select")])
def test_the_example_queries_run(db: Database, sql: str) -> None:
    assert isinstance(list(db.query(sql)), list)


def test_a_conversation_can_be_forgotten_whole(db: Database) -> None:
    db.conn.executescript(STATEMENTS[-1])
    kept = {name: db[name].count for name in ("transcripts", "turns", "audits", "findings", "occurrences", "failures")}
    assert kept == {"transcripts": 1, "turns": 4, "audits": 1, "findings": 2, "occurrences": 1, "failures": 1}
    with Store.open(db.conn.execute("pragma database_list").fetchone()[2]) as store:
        assert [hit.transcript for hit in store.search("camión")] == ["c-2"]
