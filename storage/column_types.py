"""Types of columns: a moment in UTC, one of the values of an enum; and the order of what columns hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, DateTime, Dialect, SmallInteger, String, TypeDecorator, literal, tuple_

Number = TypeVar("Number", bound=IntEnum)
Word = TypeVar("Word", bound=StrEnum)


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

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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


def beyond(columns: Sequence[Column[Any]], last: Sequence[Any]) -> ColumnElement[bool]:
    """The rows after this one in the order of these columns, as the database orders what it holds."""
    return tuple_(*columns) > tuple_(*(literal(value, one.type) for one, value in zip(columns, last, strict=True)))
