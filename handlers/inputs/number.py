"""Whole numbers, typed or on buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input, NotAnAnswer
from storage.plain_text import clean_code

NUMBER = TypeAdapter(int)


@dataclass(frozen=True)
class NumberInput(Input[int]):
    """A number from `minimum` to `maximum`; or 0 by a button, if it has a meaning of its own."""

    minimum: int
    maximum: int
    hint: str
    ready: Sequence[int] = ()
    zero: str = ""
    """The message for 0."""

    adapter = NUMBER

    async def read(self, talk: Talk) -> int:
        text = clean_code(talk.text)
        if not (text.isascii() and text.isdigit() and len(text) < 19 and self.minimum <= int(text) <= self.maximum):
            raise NotAnAnswer(talk._(self.hint))
        return int(text)

    def choices(self, talk: Talk) -> Sequence[Choice[int]]:
        zero = [Choice("all", talk._(self.zero), 0)] if self.zero else []
        return [*zero, *(Choice(str(number), str(number), number) for number in self.ready)]

    def show(self, talk: Talk, value: int) -> str:
        return str(value) if value or not self.zero else talk._(self.zero)


@dataclass(frozen=True)
class NumberChoiceInput(Input[int]):
    """One of a few numbers on buttons, in words."""

    numbers: Sequence[int]
    words: Callable[[Talk, int], str] = lambda _talk, number: str(number)

    adapter = NUMBER

    def choices(self, talk: Talk) -> Sequence[Choice[int]]:
        return [Choice(str(number), self.words(talk, number), number) for number in self.numbers]

    def show(self, talk: Talk, value: int) -> str:
        return self.words(talk, value)
