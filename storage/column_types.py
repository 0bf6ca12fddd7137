"""Types of columns that hold one of the values of an enum."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TypeVar

from sqlalchemy import Dialect, SmallInteger, String, TypeDecorator

Number = TypeVar("Number", bound=IntEnum)
Word = TypeVar("Word", bound=StrEnum)


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
