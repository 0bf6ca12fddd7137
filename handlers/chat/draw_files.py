"""A published draw, and the program with which anybody repeats it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from markupsafe import Markup

from handlers.chat.talk import Talk
from storage.draws import verify

_VERIFY = "verify_draw.py"


async def send(talk: Talk, name: str, content: bytes) -> None:
    said = talk._(
        "Anyone can repeat the draw: put the file and {program} in one folder and run “python {program} {file}”. "
        "Compare the SHA-256 with those you were told before, and look for your number in the list. It names no person."
    )
    talk.document(_VERIFY, await asyncio.to_thread(Path(verify.__file__).read_bytes), "")
    talk.document(name, content, said.format(program=_VERIFY, file=name))


def digest(said: str, value: str) -> Markup:
    """A line such as "SHA-256 of …: {digest}", with the digest to be copied."""
    return Markup(said).format(digest=Markup("<code>{}</code>").format(value))
