"""The phone number of an application: shared by its owner through Telegram, or typed, which proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from storage.dialogues import Answers


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` is as +8613800000001. It is `shared` where Telegram says that it is the sender's own."""

    number: str
    shared: bool = False


def _was_text(stored: object) -> object:
    """Version 0.7 stored the number alone; how it was given is not known."""
    return Phone(stored) if isinstance(stored, str) else stored


PHONE: TypeAdapter[Phone] = TypeAdapter(Annotated[Phone, BeforeValidator(_was_text)])


def phone_of(answers: Answers) -> Phone | None:
    """The phone number among the answers of an application or a member."""
    stored = answers.get("phone")
    return PHONE.validate_python(stored) if stored else None
