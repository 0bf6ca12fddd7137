"""Answers of contests: the message that is the entry, and a channel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import TypeAdapter

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.i18n.translations import N_
from storage.contests import teams
from storage.contests.entries import Kind
from storage.plain_text import clean, clean_code, clean_paragraph
from storage.telegram_ids import ChatId

MOST_TEXT = 2_000
MOST_NAMED_BYTES = 20 << 20
"""What a bot can fetch from Telegram, to give it another name: https://core.telegram.org/bots/api#getfile"""
_LINK = re.compile(r"team_([A-Za-z0-9_-]{6,40})")
_CHANNEL = re.compile(r"-100\d{5,15}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is entered: Telegram's id of its file and how it was named, or its text."""

    kind: Kind
    file_id: str = ""
    file_name: str = ""
    text: str = ""
    is_large: bool = False
    """Too large to be fetched and given another name."""


class EntryInput(Input[Sent]):
    """A video, a picture, a document, or a text."""

    adapter = TypeAdapter(Sent)

    async def read(self, talk: Talk) -> Sent:
        body = talk.incoming.body
        if "photo" in body:
            return Sent(Kind.PHOTO, str(body["photo"][-1]["file_id"]))
        for kind in (Kind.VIDEO, Kind.DOCUMENT):
            if kind.value in body and "animation" not in body:
                return _file(kind, body[kind.value])
        text = clean_paragraph(talk.text)
        if not text:
            raise NotAnAnswer(talk._("Please send a video, a picture, a document or a text."))
        if not 10 <= len(text) <= MOST_TEXT:
            raise NotAnAnswer(talk._("A text has 10 to 2,000 characters. Or send a video, a picture or a document."))
        return Sent(Kind.TEXT, text=text)

    def show(self, talk: Talk, value: Sent) -> str:
        if value.kind is Kind.TEXT:
            return value.text if len(value.text) <= 60 else f"{value.text[:60]}…"
        return {
            Kind.PHOTO: talk._("a picture"),
            Kind.VIDEO: talk._("a video"),
            Kind.DOCUMENT: talk._("a document"),
        }[value.kind]


def _file(kind: Kind, file: Json) -> Sent:
    name = clean(str(file.get("file_name") or ""))[-120:]
    return Sent(kind, str(file["file_id"]), name, is_large=int(file.get("file_size") or 0) > MOST_NAMED_BYTES)


class ChannelInput(Input[ChatId]):
    """A channel by a message that was forwarded from it, or by its number."""

    adapter = TypeAdapter(ChatId)

    async def read(self, talk: Talk) -> ChatId:
        origin = talk.incoming.body.get("forward_origin")
        chat = origin.get("chat") if isinstance(origin, dict) else None
        found = str(chat["id"]) if isinstance(chat, dict) and "id" in chat else clean_code(talk.text)
        if not _CHANNEL.fullmatch(found):
            raise NotAnAnswer(talk._("Forward me a message from the channel, or write its number (-100…)."))
        return ChatId(int(found))


ASK_FOR_CODE = N_("Write the code that your team's captain told you, or paste the link that they sent.")


class CodeInput(Input[str]):
    """The code of a team, or the link in which it stands."""

    adapter = TypeAdapter(str)

    async def read(self, talk: Talk) -> str:
        if not talk.text:
            raise NotAnAnswer(talk._(ASK_FOR_CODE))
        found = _LINK.search(talk.text)
        code = found[1] if found else re.sub(r"\s", "", clean_code(talk.text))
        if await teams.invited_to(talk.session, code) is None:
            raise NotAnAnswer(talk._("I know no team with this code. Check it with your captain: it may have changed."))
        return code

    def show(self, _talk: Talk, value: str) -> str:
        return value
