"""One of several ready answers, on buttons alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input
from handlers.i18n.translations import N_

T = TypeVar("T")


@dataclass(frozen=True)
class ButtonInput(Input[T]):
    """Ready answers of the type that `adapter` reads; without `options`, the question itself has them."""

    adapter: TypeAdapter[T]
    options: Callable[[Talk], Sequence[Choice[T]]] | None = None
    shown: Callable[[Talk, T], str] | None = None
    """In words; without it, as on its button."""

    def choices(self, talk: Talk) -> Sequence[Choice[T]]:
        return self.options(talk) if self.options is not None else ()

    def show(self, talk: Talk, value: T) -> str:
        if self.shown is not None:
            return self.shown(talk, value)
        return next((choice.label for choice in self.choices(talk) if choice.value == value), str(value))


@dataclass(frozen=True)
class ChoiceInput(Input[T]):
    """One of a fixed set of strings or of an enum's members, each with its message."""

    labels: Mapping[T, str]
    _by_stored: Mapping[object, T] = field(init=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_stored", {_stored(value): value for value in self.labels})

    def choices(self, talk: Talk) -> Sequence[Choice[T]]:
        """What is kept as the empty text has the button "all"."""
        return [Choice(_stored(value) or "all", talk._(label), value) for value, label in self.labels.items()]

    def show(self, talk: Talk, value: T) -> str:
        return talk._(self.labels[value])

    def encode(self, value: T) -> str:
        return _stored(value)

    def decode(self, stored: object) -> T:
        if not isinstance(stored, str) or stored not in self._by_stored:
            raise ValueError(stored)
        return self._by_stored[stored]


def _stored(value: object) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)


@dataclass(frozen=True)
class YesNoInput(Input[bool]):
    """Two buttons with their messages."""

    yes: str = N_("Yes")
    no: str = N_("No")

    adapter = TypeAdapter(bool)

    def choices(self, talk: Talk) -> Sequence[Choice[bool]]:
        return [Choice("no", talk._(self.no), value=False), Choice("yes", talk._(self.yes), value=True)]

    def show(self, talk: Talk, value: bool) -> str:  # noqa: FBT001 (the value that this input reads)
        return talk._(self.yes if value else self.no)
