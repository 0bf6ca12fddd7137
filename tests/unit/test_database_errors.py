"""What is wrong with a database is told by its codes, on real errors of SQLite and on every SQLSTATE that matters."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.database_errors import Cause, DatabaseAway, cause_of, is_outage


@contextlib.contextmanager
def filled(file: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO people (name) VALUES (?)", [("x" * 500,)] * 200)
        yield connection


def full(file: Path) -> None:
    with filled(file) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.executemany("INSERT INTO people (name) VALUES (?)", [("x" * 500,)] * 200)


def locked(file: Path) -> None:
    with filled(file) as connection, contextlib.closing(sqlite3.connect(file, timeout=0)) as other:
        connection.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")


def no_database(file: Path) -> None:
    file.write_bytes(b"not a database" * 100)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT * FROM sqlite_master")


def torn(file: Path) -> None:
    with filled(file):
        pass
    content = bytearray(file.read_bytes())
    content[4_096:] = b"\xff" * (len(content) - 4_096)
    file.write_bytes(content)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("SELECT * FROM people").fetchall()


def read_only(file: Path) -> None:
    with filled(file):
        pass
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.execute("DELETE FROM people")


def without_folder(file: Path) -> None:
    sqlite3.connect(file / "missing" / "x.db")


def without_column(file: Path) -> None:
    with filled(file) as connection:
        connection.execute("SELECT phone FROM people")


def without_table(file: Path) -> None:
    with filled(file) as connection:
        connection.execute("INSERT INTO stations VALUES (1)")


def into_no_column(file: Path) -> None:
    with filled(file) as connection:
        connection.execute("INSERT INTO people (phone) VALUES (1)")


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (full, Cause.FULL),
        (locked, Cause.LOCKED),
        (no_database, Cause.DAMAGED),
        (torn, Cause.DAMAGED),
        (read_only, Cause.NOT_WRITABLE),
        (without_folder, Cause.NOT_WRITABLE),
        (without_column, Cause.SCHEMA),
        (without_table, Cause.SCHEMA),
        (into_no_column, Cause.SCHEMA),
    ],
)
def test_sqlite(fault: Callable[[Path], None], cause: Cause, tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        fault(tmp_path / "x.db")
    wrapped = OperationalError("SELECT 1", {}, raised.value)
    away = DatabaseAway("OperationalError")
    away.__cause__ = wrapped
    assert cause_of(raised.value) is cause_of(wrapped) is cause_of(away) is cause
    assert is_outage(wrapped) is (cause is Cause.LOCKED)


class Answered(Exception):
    """What a driver of PostgreSQL raises."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("an answer of the server")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "cause"),
    [
        ("08006", Cause.AWAY),
        ("57P01", Cause.AWAY),
        ("57P03", Cause.AWAY),
        ("53200", Cause.AWAY),
        (None, Cause.AWAY),
        ("53300", Cause.LOCKED),
        ("55P03", Cause.LOCKED),
        ("40P01", Cause.LOCKED),
        ("57014", Cause.LOCKED),
        ("28P01", Cause.REFUSED),
        ("3D000", Cause.REFUSED),
        ("53100", Cause.FULL),
        ("58030", Cause.DISK),
        ("XX001", Cause.DAMAGED),
        ("25006", Cause.NOT_WRITABLE),
        ("42501", Cause.NOT_WRITABLE),
        ("42703", Cause.SCHEMA),
        ("42P01", Cause.SCHEMA),
        ("42P05", Cause.POOLER),
        ("26000", Cause.POOLER),
    ],
)
def test_postgresql(sqlstate: str | None, cause: Cause) -> None:
    assert cause_of(OperationalError("SELECT 1", {}, Answered(sqlstate))) is cause
    assert is_outage(OperationalError("SELECT 1", {}, Answered(sqlstate))) is cause.waits


def test_a_statement_that_is_wrong_is_not_the_databases_fault() -> None:
    assert cause_of(ProgrammingError("SELECT", {}, Answered("42601"))) is None
    assert cause_of(IntegrityError("INSERT", {}, Answered("23505"))) is None
    assert cause_of(ValueError()) is None
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(":memory:").execute("SELEKT")
    assert cause_of(OperationalError("SELEKT", {}, raised.value)) is None


def test_without_a_connection_it_is_away_or_busy() -> None:
    refused, exhausted = DatabaseAway(), DatabaseAway()
    refused.__cause__, exhausted.__cause__ = ConnectionRefusedError(), PoolTimeout()
    assert cause_of(refused) is Cause.AWAY
    assert cause_of(exhausted) is Cause.LOCKED


def test_only_what_passes_by_itself_is_waited_for() -> None:
    assert {cause for cause in Cause if cause.waits} == {Cause.AWAY, Cause.LOCKED, Cause.REFUSED}
    assert all(cause.sentence for cause in Cause)
