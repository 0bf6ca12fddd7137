"""A demand as an answer: a sentence, or a voice message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.inputs.record import record
from handlers.inputs.text import TextInput
from storage.campaigns.demands.gathering import Brought
from storage.campaigns.demands.personal import holds_personal_number
from storage.campaigns.demands.table import LONGEST, LONGEST_VOICE, SHORTEST


@dataclass(frozen=True)
class SentenceInput(TextInput):
    """A demand in words, without anybody's number."""

    minimum: int = SHORTEST
    maximum: int = LONGEST

    def checked(self, talk: Talk, text: str) -> str:
        """See TextInput."""
        if holds_personal_number(text):
            raise NotAnAnswer(
                talk._("There is a phone or ID number in it. Everybody will read this, so please leave numbers out.")
            )
        return super().checked(talk, text)


class DemandInput(Input[Brought]):
    """A sentence, or a voice message."""

    adapter = record(Brought)

    async def read(self, talk: Talk) -> Brought:
        voice: Any = talk.incoming.body.get("voice")
        if isinstance(voice, dict) and isinstance(voice.get("file_id"), str):
            if int(voice.get("duration") or 0) > LONGEST_VOICE:
                raise NotAnAnswer(talk._("That is too long. Please say it in a minute at most."))
            return Brought(voice=voice["file_id"])
        if not talk.text:
            raise NotAnAnswer(talk._("Please write one sentence, or send a voice message."))
        return Brought(text=await SentenceInput().read(talk))

    def show(self, talk: Talk, value: Brought) -> str:
        return value.text or talk._("🎤 voice message")
