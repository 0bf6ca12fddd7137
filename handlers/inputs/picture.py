"""Pictures, kept by their file_id."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.inputs.text import TEXT


def sent_picture(talk: Talk) -> str:
    """The picture of the message in its largest size; empty if it has none."""
    sizes = talk.incoming.body.get("photo")
    return str(sizes[-1]["file_id"]) if isinstance(sizes, list) and sizes else ""


@dataclass(frozen=True)
class PictureInput(Input[str]):
    """A picture in its largest size; `hint` is the message for anything else."""

    hint: str

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        picture = sent_picture(talk)
        if not picture:
            raise NotAnAnswer(talk._(self.hint))
        return picture

    def show(self, talk: Talk, value: str) -> str:  # noqa: ARG002 (nobody can read a file_id)
        return talk._("a picture")
