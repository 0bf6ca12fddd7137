"""An agreement as coordinators send it: a file, or its text in one message or several."""

from __future__ import annotations

import asyncio
import io

from pydantic import TypeAdapter

from handlers.chat.ports import NotFetched
from handlers.chat.talk import StatelessTalk, Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.i18n.translations import N_
from storage.campaigns.agreements import files
from storage.campaigns.agreements.files import MOST_BYTES, BadAgreementFile, FileFault

FAULTS: dict[FileFault, str] = {
    FileFault.KIND: N_("Please send a .docx, .txt or .md file, or paste the text."),
    FileFault.SIZE: N_("The file is too large: at most 5 MB, 5,000 paragraphs and 150,000 characters."),
    FileFault.UNREADABLE: N_("I can't read this file. Save it as .docx or .txt, or paste the text."),
}


async def fetch_text(talk: StatelessTalk, _draft: object) -> str | FileFault | NotFetched | None:
    """Before the transaction: the text of a file that was sent, or why there is none; None for a message."""
    document = talk.incoming.body.get("document")
    if not isinstance(document, dict):
        return None
    name, size = str(document.get("file_name", "")), int(document.get("file_size") or 0)
    if not name.lower().endswith(files.KINDS):
        return FileFault.KIND
    if size > MOST_BYTES:
        return FileFault.SIZE
    content = io.BytesIO()
    try:
        await talk.context.ports.download_file(str(document["file_id"]), MOST_BYTES, content)
        return await asyncio.to_thread(files.text_of, name, content.getvalue())
    except NotFetched as failure:
        return failure
    except BadAgreementFile as bad:
        return bad.fault


class AgreementInput(Input[tuple[str, ...]]):
    """The text of an agreement, in parts."""

    adapter = TypeAdapter(tuple[str, ...])
    collects = True

    async def read(self, talk: Talk) -> tuple[str, ...]:
        fetched = talk.fetched
        if isinstance(fetched, FileFault):
            raise NotAnAnswer(talk._(FAULTS[fetched]))
        if isinstance(fetched, NotFetched):
            raise NotAnAnswer(talk._("I couldn't get the file from Telegram. Please send it again."))
        if isinstance(fetched, str):
            return (fetched,)
        text = talk.text
        if not text.strip():
            raise NotAnAnswer(talk._(FAULTS[FileFault.KIND]))
        return (text,)
