"""Opening the database file, and what every write to it needs.

Promise: a file that is not ours (no SQLite, another program's, a newer coach's) is refused before anything in it changes,
and a process waits for another that is writing instead of failing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from coach.errors import StoreError
from coach.store.migrations import MIGRATIONS, migration_names

__all__ = ["BUSY_SECONDS", "connect", "store_error", "transaction"]

BUSY_SECONDS = 30.0
"""How long a process waits for another one that is writing to the same file."""


def connect(file: Path) -> Database:
    """Open `file`, make it where there is none, and bring its tables up to date. Raises `StoreError`."""
    if not file.parent.is_dir():
        raise StoreError(f"{file}: there is no folder {file.parent}; make it first")
    db: Database | None = None
    try:
        db = Database(sqlite3.connect(file, timeout=BUSY_SECONDS))
        _prepare(db, file)
    except (sqlite3.Error, StoreError) as error:
        if db is not None:
            db.close()
        if isinstance(error, sqlite3.Error):
            raise store_error(file, error) from error
        raise
    return db


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """One write transaction: all of the block, or nothing of it."""
    # IMMEDIATE takes the write lock at once, where waiting for another writer works; a transaction that begins by
    # reading would fail without waiting when it came to write.
    db.conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    db.commit()


def _prepare(db: Database, file: Path) -> None:
    tables = set(db.table_names())
    if tables and MIGRATIONS.migrations_table not in tables:
        raise StoreError(f"{file}: is the database of another program; name a new file for --db")
    _refuse_newer(db, file)
    # Changing the journal mode does not wait for other processes by itself.
    busy = Retrying(
        retry=retry_if_exception_type(sqlite3.OperationalError),
        stop=stop_after_delay(BUSY_SECONDS),
        wait=wait_random(0.01, 0.1),
        reraise=True,
    )
    busy(db.enable_wal)
    # A commit survives the death of the process; after a power cut the last few may be missing, the file stays sound.
    db.execute("pragma synchronous = normal")
    db.execute("pragma foreign_keys = on")
    if not tables or MIGRATIONS.pending(db):
        with transaction(db):
            MIGRATIONS.apply(db)


def _refuse_newer(db: Database, file: Path) -> None:
    known = set(migration_names())
    newer = [migration.name for migration in MIGRATIONS.applied(db) if migration.name not in known]
    if newer:
        raise StoreError(
            f"{file}: was written by a newer coach (it has {', '.join(newer)}); update coach, or name another file for --db"
        )


def store_error(file: Path, error: sqlite3.Error) -> StoreError:
    """What went wrong with `file`, and what to do about it."""
    text = str(error)
    if "not a database" in text:
        return StoreError(f"{file}: is not an SQLite database; name another file for --db")
    if "unable to open" in text:
        return StoreError(f"{file}: cannot be opened; is it a file that you may read and write?")
    if "locked" in text:
        return StoreError(f"{file}: another program has held it for {BUSY_SECONDS:g} s; close it and run again")
    return StoreError(f"{file}: {text}")
