"""Values of several named parts, as they are stored."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter

from storage.sealed_json import once_a_list

T = TypeVar("T")


def record(kind: type[T]) -> TypeAdapter[T]:
    """Reads and writes a dataclass by the names of its fields; also reads the list of them, in their order, which was
    kept until version 0.7."""
    return TypeAdapter(_by_name(kind))


def records(kind: type[T]) -> TypeAdapter[tuple[T, ...]]:
    """The same for several."""
    return TypeAdapter(tuple[_by_name(kind), ...])  # type: ignore[misc]


def _by_name(kind: Any) -> Any:
    return Annotated[kind, once_a_list(kind)]
