"""Text that people type."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.i18n import translations
from storage.plain_text import clean, clean_code, clean_paragraph

TEXT = TypeAdapter(str)


def clean_lines(text: str) -> list[str]:
    """The lines of a typed text, each clean, without the empty ones."""
    return [line for line in map(clean, text.splitlines()) if line]


@dataclass(frozen=True)
class TextInput(Input[str]):
    """A line of `minimum` to `maximum` visible characters. `hint`, a message, tells of what kind another answer should
    be; without it the lengths are told."""

    minimum: int
    maximum: int
    hint: str = ""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        return self.checked(talk, clean(talk.text))

    def checked(self, talk: Talk, text: str) -> str:
        """The text itself.

        Raises:
            NotAnAnswer: it is too short or too long.
        """
        if not self.minimum <= len(text) <= self.maximum:
            raise NotAnAnswer(talk._(self.hint) if self.hint else self._lengths(talk))
        return text

    def _lengths(self, talk: Talk) -> str:
        return talk._("Please write {least} to {most} characters.").format(
            least=translations.number(self.minimum, talk.language),
            most=translations.number(self.maximum, talk.language),
        )


@dataclass(frozen=True)
class CalledInput(TextInput):
    """What somebody or something is called."""

    is_a_name = True


@dataclass(frozen=True)
class CodeInput(TextInput):
    """A number or code, in its plain form."""

    async def read(self, talk: Talk) -> str:
        return self.checked(talk, clean_code(talk.text))


@dataclass(frozen=True)
class ParagraphInput(TextInput):
    """The same over several lines, which are kept."""

    async def read(self, talk: Talk) -> str:
        return self.checked(talk, clean_paragraph(talk.text))


@dataclass(frozen=True)
class LinesInput(Input[tuple[str, ...]]):
    """Several texts, each on a line of its own: at most so many, of at most `longest` characters."""

    maximum: int
    longest: int
    hint: str

    adapter = TypeAdapter(tuple[str, ...])

    async def read(self, talk: Talk) -> tuple[str, ...]:
        lines = clean_lines(talk.text)
        if not 1 <= len(lines) <= self.maximum or any(len(line) > self.longest for line in lines):
            raise NotAnAnswer(talk._(self.hint))
        return tuple(lines)

    def show(self, talk: Talk, value: tuple[str, ...]) -> str:  # noqa: ARG002
        return " / ".join(value)
