"""Addresses of web pages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.chat.questions import Input, NotAnAnswer
from handlers.chat.talk import Talk
from handlers.inputs.text import TEXT
from storage.plain_text import clean

MAX_LENGTH = 300


def is_link(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s/]+\S*", text) is not None


@dataclass(frozen=True)
class LinkInput(Input[str]):
    """`hint` is the message for anything else."""

    hint: str

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        text = clean(talk.text)
        if not is_link(text) or len(text) > MAX_LENGTH:
            raise NotAnAnswer(talk._(self.hint))
        return text
