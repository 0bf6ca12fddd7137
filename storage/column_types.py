"""Types of columns: a moment in UTC, an enum, what is sealed, a large key; and the order of what columns hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    TypeDecorator,
    literal,
    tuple_,
)

Number = TypeVar("Number", bound=IntEnum)
Word = TypeVar("Word", bound=StrEnum)

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit primary key that SQLite can count up by itself."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC. SQLite keeps it without a zone, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """One call a value, where SQLAlchemy's way takes three: they were a twentieth of loading all stations."""
        return _of_sqlite if dialect.name == "sqlite" else _of_postgresql


def _of_sqlite(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def _of_postgresql(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class IntEnumColumn(TypeDecorator[Number]):
    """An enum that is kept as a small number."""

    impl = SmallInteger
    cache_ok = True

    def __init__(self, kind: type[Number]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Number | None, _dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Number | None:
        return None if value is None else self.kind(value)


class StrEnumColumn(TypeDecorator[Word]):
    """An enum that is kept as its value, of at most `length` characters."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[Word], length: int) -> None:
        super().__init__(length)
        self.kind = kind
        self.length = length

    def process_bind_param(self, value: Word | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Word | None:
        return None if value is None else self.kind(value)


class Sealed(TypeDecorator[bytes]):
    """What a Vault has sealed for this column and row. The type tells these columns from other bytes.

    `bound_to` names the columns that say whose row it is, where the primary key does not: the value opens only as long
    as they say the same (see storage/sealed_columns.py).
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, bound_to: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.bound_to = bound_to


def beyond(columns: Sequence[Column[Any]], last: Sequence[Any]) -> ColumnElement[bool]:
    """The rows after this one in the order of these columns, as the database orders what it holds."""
    return tuple_(*columns) > tuple_(*(literal(value, one.type) for one, value in zip(columns, last, strict=True)))
