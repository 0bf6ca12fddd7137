"""Filling a SQLite file that nobody else has open: some millions of rows a minute, each by a statement that counts.

What is sealed is sealed where this program opens it, by functions that the statements call.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

from sqlalchemy import Table

from storage.database import Base
from storage.encryption import Vault
from storage.pseudonyms import Pseudonyms

_FAST = (
    "journal_mode = DELETE",
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -262144",
    "temp_store = MEMORY",
    "threads = 2",
)


class Counted:
    """Adds rows by their number, which is `n`. The indexes are made at the end, which is faster than row by row."""

    def __init__(self, file: str, vault: Vault, pseudonyms: Pseudonyms, now: datetime) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._now = now
        for pragma in _FAST:
            self._connection.execute(f"PRAGMA {pragma}")
        for name, count, function in (
            ("seal", 3, lambda plain, column, row: vault.seal(_bytes(plain), column, row)),
            ("seal_place", 4, vault.seal_place),
            ("blind", 2, vault.blind),
            ("sha256", 1, lambda plain: hashlib.sha256(_bytes(plain)).digest()),
            ("person", 1, pseudonyms.decrypt),
            ("pseudonym", 1, pseudonyms.encrypt),
        ):
            self._connection.create_function(name, count, function)
        found = self._connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        self._indexes = dict(found.fetchall())

    def __enter__(self) -> Self:
        for name in self._indexes:
            self._connection.execute(f"DROP INDEX {name}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for sql in self._indexes.values() if kind is None else ():
            self._connection.execute(sql)
        self._connection.close()

    def run(self, sql: str, *values: object) -> None:
        self._connection.execute(sql, values)

    def add(self, table: type[Base], columns: Mapping[str, str | int], low: int, high: int, **values: object) -> None:
        """The rows from `low` to `high`: by column, what it is in SQL; the others have the defaults of the table."""
        chosen = {**_defaults(table), **columns}
        self._connection.execute(
            f"INSERT INTO {table.__tablename__} ({', '.join(chosen)}) "  # noqa: S608 (all of it stands in the program)
            "WITH RECURSIVE numbers (n) AS (SELECT :low UNION ALL SELECT n + 1 FROM numbers WHERE n < :high) "
            f"SELECT {', '.join(map(str, chosen.values()))} FROM numbers",
            {"low": low, "high": high, "now": stored(self._now)[:19]}
            | {name: stored(value) for name, value in values.items()},
        )


def ago(count: str, unit: str) -> str:
    """The moment so long before now, in SQL."""
    return f"strftime('%Y-%m-%d %H:%M:%S', :now, -({count}) || ' {unit}') || '.000000'"


def stored(value: Any) -> Any:
    """As the columns of SQLite hold it."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _defaults(table: type[Base]) -> dict[str, str]:
    """What the program writes where it is told nothing."""
    found = {}
    for column in cast(Table, table.__table__).columns:
        default: Any = column.default
        if default is not None and default.is_scalar:
            found[column.name] = _literal(default.arg)
    return found


def _literal(value: str | bytes | int) -> str:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return f"'{value}'" if isinstance(value, str) else str(int(value))
