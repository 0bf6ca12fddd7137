"""Values of several named parts, as they are stored."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, TypeAdapter

T = TypeVar("T")


def record(kind: type[T]) -> TypeAdapter[T]:
    """Reads and writes a dataclass by the names of its fields; also reads the list of them, in their order, which was
    kept until version 0.7."""
    return TypeAdapter(_by_name(kind))


def records(kind: type[T]) -> TypeAdapter[tuple[T, ...]]:
    """The same for several."""
    return TypeAdapter(tuple[_by_name(kind), ...])  # type: ignore[misc]


def _by_name(kind: Any) -> Any:
    names = [field.name for field in fields(kind)]

    def named(stored: Any) -> Any:
        return dict(zip(names, stored, strict=True)) if isinstance(stored, list) else stored

    return Annotated[kind, BeforeValidator(named)]
