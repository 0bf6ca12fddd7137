"""What is wrong with the database, told by the codes of SQLite and PostgreSQL: away, full, damaged, another schema.

SQLite's result codes are at https://www.sqlite.org/rescode.html, SQLSTATEs in PostgreSQL's appendix A.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DatabaseAway(Exception):
    """No connection can be had. What the driver said is its cause."""


class SharedSession(Exception):
    """A connection to PostgreSQL is not always to the same session."""


class Cause(StrEnum):
    """Why the database did not do what it was asked."""

    AWAY = "away"
    LOCKED = "locked"
    REFUSED = "refused"
    POOLER = "pooler"
    FULL = "full"
    DISK = "disk"
    DAMAGED = "damaged"
    NOT_WRITABLE = "not_writable"
    SCHEMA = "schema"

    @property
    def sentence(self) -> str:
        """What an operator has to know, in plain English."""
        return _SENTENCES[self]

    @property
    def waits(self) -> bool:
        """Whether it passes without anybody's doing, so that what was asked is asked again."""
        return self in _WAITED_FOR


_WAITED_FOR = frozenset({Cause.AWAY, Cause.LOCKED, Cause.REFUSED})

_SENTENCES = {
    Cause.AWAY: "the database can't be reached",
    Cause.LOCKED: "the database is locked: another transaction holds it, or it has no connection left",
    Cause.REFUSED: "the database server refuses the account, its password or the database's name",
    Cause.POOLER: "a pooler in transaction mode is in between; use one in session mode",
    Cause.FULL: "the database's disk is full; make room on it",
    Cause.DISK: "the database's disk reports read or write errors; look at the system's log",
    Cause.DAMAGED: "the database is damaged; restore the last backup into a new place",
    Cause.NOT_WRITABLE: "the database can't be written: its file or folder is missing, read-only or another account's",
    Cause.SCHEMA: "the database lacks a table or column that this version needs",
}

_BY_RESULT_CODE = {
    sqlite3.SQLITE_BUSY: Cause.LOCKED,
    sqlite3.SQLITE_LOCKED: Cause.LOCKED,
    sqlite3.SQLITE_PROTOCOL: Cause.LOCKED,
    sqlite3.SQLITE_FULL: Cause.FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: Cause.FULL,  # the log's index can't grow
    sqlite3.SQLITE_IOERR: Cause.DISK,
    sqlite3.SQLITE_CORRUPT: Cause.DAMAGED,
    sqlite3.SQLITE_NOTADB: Cause.DAMAGED,
    sqlite3.SQLITE_READONLY: Cause.NOT_WRITABLE,
    sqlite3.SQLITE_PERM: Cause.NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: Cause.NOT_WRITABLE,
}
_MISSING = re.compile(r"no such (table|column)|table \S+ has no column named|ON CONFLICT clause does not match")
"""SQLite has one code for every statement that it can't prepare."""

_BY_SQLSTATE = {
    "25006": Cause.NOT_WRITABLE,  # read_only_sql_transaction
    "26000": Cause.POOLER,  # invalid_sql_statement_name: it was prepared on another connection
    "28": Cause.REFUSED,  # invalid_authorization_specification
    "3D000": Cause.REFUSED,  # invalid_catalog_name
    "3F000": Cause.SCHEMA,  # invalid_schema_name
    "40001": Cause.LOCKED,  # serialization_failure
    "40P01": Cause.LOCKED,  # deadlock_detected
    "42501": Cause.NOT_WRITABLE,  # insufficient_privilege
    "42703": Cause.SCHEMA,  # undefined_column
    "42P01": Cause.SCHEMA,  # undefined_table
    "42P05": Cause.POOLER,  # duplicate_prepared_statement
    "42P10": Cause.SCHEMA,  # invalid_column_reference: ON CONFLICT without its unique index
    "53100": Cause.FULL,  # disk_full
    "53300": Cause.LOCKED,  # too_many_connections
    "55P03": Cause.LOCKED,  # lock_not_available
    "57014": Cause.LOCKED,  # query_canceled, by a time-out
    "58030": Cause.DISK,  # io_error
    "58P01": Cause.DAMAGED,  # undefined_file
    "08": Cause.AWAY,  # connection_exception
    "53": Cause.AWAY,  # insufficient_resources
    "57": Cause.AWAY,  # operator_intervention: it starts or stops
    "XX001": Cause.DAMAGED,  # data_corrupted
    "XX002": Cause.DAMAGED,  # index_corrupted
}


def cause_of(error: BaseException) -> Cause | None:
    """What is wrong with the database; None if it is not the database, but a statement that it rightly refused."""
    for one in _chain(error):
        found = _by_code(one)
        if found is not None:
            return found
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Cause.AWAY
    if isinstance(error, DatabaseAway | ConnectionError) or _has_no_code(error):
        return Cause.AWAY
    return None


def is_outage(error: BaseException) -> bool:
    """Whether waiting helps, as opposed to what a person has to put right, and to a statement that was refused."""
    cause = cause_of(error)
    return cause is not None and cause.waits


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what the driver said before SQLAlchemy and we wrapped it."""
    yield error
    inner = (
        error.orig if isinstance(error, DBAPIError) else error.__cause__ if isinstance(error, DatabaseAway) else None
    )
    if isinstance(inner, BaseException):
        yield from _chain(inner)


def _by_code(error: BaseException) -> Cause | None:
    if isinstance(error, PoolTimeout):
        return Cause.LOCKED
    if isinstance(error, SharedSession):
        return Cause.POOLER
    if isinstance(error, sqlite3.Error):
        return _by_result_code(error)
    state = getattr(error, "sqlstate", None)
    return _BY_SQLSTATE.get(state) or _BY_SQLSTATE.get(state[:2]) if isinstance(state, str) else None


def _by_result_code(error: sqlite3.Error) -> Cause | None:
    code = getattr(error, "sqlite_errorcode", None)  # missing where Python's module itself refuses
    if code is None:
        return None
    if code == sqlite3.SQLITE_ERROR and _MISSING.search(str(error)):
        return Cause.SCHEMA
    return _BY_RESULT_CODE.get(code) or _BY_RESULT_CODE.get(code & 0xFF)


def _has_no_code(error: BaseException) -> bool:
    """A driver that lost its connection has no code to give; SQLite always has one."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    inner = error.orig
    return getattr(inner, "sqlstate", None) is None and getattr(inner, "sqlite_errorcode", None) is None
