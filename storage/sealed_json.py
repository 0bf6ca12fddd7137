"""How a dataclass is kept in a sealed column: JSON with the names of its fields, and a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from pydantic import BeforeValidator, TypeAdapter

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = 1

Content = TypeVar("Content", bound="DataclassInstance")


class FromTheFuture(Exception):
    """It was stored by a newer version of the program."""


def once_a_list(kind: type[DataclassInstance]) -> BeforeValidator:
    """For a field that holds a `kind`: reads it also as version 0.7 stored it, a list of its fields in their order."""
    names = [field.name for field in fields(kind)]
    return BeforeValidator(lambda stored: _named(names, stored) if isinstance(stored, list) else stored)


def _named(names: Sequence[str], stored: Sequence[object]) -> dict[str, object]:
    return dict(zip(names, stored, strict=False))


class SealedJson(Generic[Content]):
    """Encodes and decodes the contents of one column: `{"version": 1, "content": {"kind": "text", …}}`."""

    def __init__(self, kind: type[Content]) -> None:
        self._kind = kind
        self._names = [field.name for field in fields(kind)]

    @cached_property
    def _adapter(self) -> TypeAdapter[Content]:
        """Made when it is first needed, which takes longer than reading with it."""
        return TypeAdapter(self._kind)

    def encode(self, content: Content) -> bytes:
        return orjson.dumps({"version": VERSION, "content": content})

    def decode(self, plain: bytes) -> Content:
        """The content; also as version 0.7 stored it, a list of its fields in their order.

        Raises:
            FromTheFuture: see the class.
            pydantic.ValidationError: something else stored it.
        """
        stored: Any = orjson.loads(plain)
        if isinstance(stored, list):
            return self._adapter.validate_python(_named(self._names, stored))
        if stored["version"] > VERSION:
            raise FromTheFuture(f"version {stored['version']}, this program knows {VERSION}")
        return self._adapter.validate_python(stored["content"])
