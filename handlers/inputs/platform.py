"""Which platform somebody works for, or something is about: one of the organisation's list, or another by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Input
from handlers.i18n.translations import N_
from handlers.inputs.text import TEXT, TextInput
from storage.plain_text import clean

_NAME = TextInput(1, 40, N_("Choose a platform, or write its name (up to 40 characters)."))


@dataclass(frozen=True)
class PlatformInput(Input[str]):
    """`other` is the last button, for none of the list: its id, its message, and what is kept."""

    other: Choice[str]

    adapter = TEXT
    is_a_name = True

    async def read(self, talk: Talk) -> str:
        text = _NAME.checked(talk, clean(talk.text))
        listed = talk.context.settings.joining.platforms
        return next((name for name in listed if name.casefold() == text.casefold()), text)

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        listed = [Choice(str(at), name, name) for at, name in enumerate(talk.context.settings.joining.platforms)]
        return [*listed, self.other._replace(label=talk._(self.other.label))]

    def show(self, talk: Talk, value: str) -> str:
        return talk._(self.other.label) if value == self.other.value else value
