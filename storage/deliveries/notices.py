"""What somebody is told. Each feature declares its notices in `storage/<feature>/notices.py`, where the code that
queues them can make them; their words are registered by type in handlers (`Routes.notice`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import orjson
from pydantic import BeforeValidator, TypeAdapter


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice with what fills its words.

    `kind` names it in the table for good. `former_keys` are the names under which fields were stored by version 0.7.
    One that `is_silent_at_night` makes no sound in the quiet hours: it can wait until somebody looks.
    """

    kind: ClassVar[str]
    is_silent_at_night: ClassVar[bool] = False
    former_keys: ClassVar[Mapping[str, str]] = {}


Subject = TypeVar("Subject", bound=int)


@dataclass(frozen=True, slots=True)
class SubjectNotice(Notice, Generic[Subject]):
    """A notice that is about something, of which the rest is read when it is sent."""

    former_keys: ClassVar[Mapping[str, str]] = {"id": "subject"}

    subject: Subject


Decoded = TypeVar("Decoded", bound=Notice)
Value = TypeVar("Value")

OrNone = Annotated[Value | None, BeforeValidator(lambda value: value or None)]
"""An optional value, which version 0.7 stored as an empty text where there is none."""


_ADAPTERS: dict[type[Notice], TypeAdapter[Any]] = {}


def encode(notice: Notice) -> bytes | None:
    """JSON with the names of the fields; None if there is none but the subject, which has a column."""
    names = {field.name for field in fields(notice)} - {"subject"}
    return orjson.dumps(notice) if names or not isinstance(notice, SubjectNotice) else None


def decode(notice: type[Decoded], stored: Mapping[str, object], subject: int | None) -> Decoded:
    """The notice that `encode` stored, or version 0.7.

    Raises:
        pydantic.ValidationError: it was stored by something else.
    """
    values = {notice.former_keys.get(name, name): value for name, value in stored.items()}
    if subject is not None:
        values["subject"] = subject
    decoded: Decoded = _adapter(notice).validate_python(values)
    return decoded


def _adapter(notice: type[Notice]) -> TypeAdapter[Any]:
    found = _ADAPTERS.get(notice)
    if found is None:
        found = _ADAPTERS[notice] = TypeAdapter(notice)
    return found
