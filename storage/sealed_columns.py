"""Sealed columns: to what a value is bound, and sealing and opening one of a row.

A value is bound to its column, to the primary key of its row, and to the columns that say whose row that is. Whoever
can write to the database but has no key can give somebody's row to somebody else; what is sealed in it no longer opens
then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from storage.column_types import Sealed
from storage.database import Base, vault_of

SealedAttribute = InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]


class SealedColumn(NamedTuple):
    """A sealed column, with the primary key and the other columns that its values are bound to."""

    table: Table
    column: Column[Any]
    keys: tuple[Column[Any], ...]
    bound_to: tuple[Column[Any], ...]

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def sealed_columns() -> list[SealedColumn]:
    """All of the schema."""
    return [
        _described(table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]


def _described(table: Table, column: Column[Any]) -> SealedColumn:
    assert isinstance(column.type, Sealed)
    bound_to = tuple(table.c[name] for name in column.type.bound_to)
    return SealedColumn(table, column, tuple(table.primary_key.columns), bound_to)


def identity(*values: object) -> str:
    """What a value is bound to in its row: the primary key, then the columns that the type names, as Python has them;
    nothing stands for NULL."""
    return "/".join("" if value is None else str(value) for value in values)


def seal(
    session: AsyncSession,
    row: DeclarativeBase,
    column: SealedAttribute,
    plain: bytes,
) -> None:
    """Keeps the plain value, sealed. The row has its primary key by then, and says whose it is."""
    setattr(row, column.key, vault_of(session).seal(plain, *_place(row, column.key)))


def opened(session: AsyncSession, row: DeclarativeBase, column: SealedAttribute) -> bytes:
    """The plain value.

    Raises:
        CannotDecrypt: the value was sealed for another row, or this row for somebody else.
    """
    return vault_of(session).open(getattr(row, column.key), *_place(row, column.key))


def _place(row: DeclarativeBase, column: str) -> tuple[str, str]:
    name, bound = _names(type(row), column)
    return name, identity(*(getattr(row, one) for one in bound))


@lru_cache
def _names(kind: type[DeclarativeBase], column: str) -> tuple[str, tuple[str, ...]]:
    """The column with its table, and the attributes that its values are bound to."""
    table = kind.__table__
    assert isinstance(table, Table)
    found = _described(table, table.c[column])
    return found.name, tuple(one.name for one in (*found.keys, *found.bound_to))
