"""Answers of which only broadcasts consist: the message itself, and what its button opens."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.chat.incoming import Json
from handlers.chat.questions import Input, NotAnAnswer
from handlers.chat.talk import Talk
from handlers.inputs.link import is_link
from handlers.inputs.place import sent_point
from handlers.inputs.record import record
from handlers.inputs.station import station_named
from storage.activities import activities
from storage.broadcasts.content import Opening
from storage.plain_text import clean

_COPIED = ("animation", "audio", "video_note", "sticker", "contact", "venue", "dice")
_FILES = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice", "video": "sendVideo"}


@dataclass(frozen=True, slots=True)
class Message:
    """A call of the Bot API without its chat."""

    method: str
    params: Json


class MessageInput(Input[Message]):
    """The message as it came: files by their file_id, formatting as entities."""

    adapter = record(Message)
    takes_location = True

    async def read(self, talk: Talk) -> Message:
        body = talk.incoming.body
        if "poll" in body:
            raise NotAnAnswer(
                talk._("Polls can't be broadcast: each rider would get a separate poll. Please write a text instead.")
            )
        if talk.text:
            return Message("sendMessage", {"text": talk.text, "entities": body.get("entities", [])})
        file = _file(body)
        if file is not None:
            return file
        if any(kind in body for kind in _COPIED):
            return Message("copyMessage", {"from_chat_id": talk.chat_id, "message_id": talk.incoming.message_id})
        point = sent_point(talk)
        if point is not None:
            return Message("sendLocation", {"latitude": point.latitude, "longitude": point.longitude})
        raise NotAnAnswer(talk._("Send a text, a picture, a document, a voice message or a location."))

    def show(self, talk: Talk, value: Message) -> str:
        if value.method == "sendMessage":
            return str(value.params["text"])[:80]
        return talk._("a message with a file or a location")


def _file(body: Json) -> Message | None:
    for kind, method in _FILES.items():
        if kind in body:
            file = body[kind][-1] if kind == "photo" else body[kind]
            params = {
                kind: file["file_id"],
                "caption": body.get("caption", ""),
                "caption_entities": body.get("caption_entities", []),
            }
            return Message(method, params)
    return None


class OpeningInput(Input[Opening]):
    """The title of an activity, the name of a station, or words and an address."""

    adapter = record(Opening)

    async def read(self, talk: Talk) -> Opening:
        text = clean(talk.text)
        words, _, address = text.rpartition(" ")
        if is_link(address) and 1 <= len(words) <= 40:
            return Opening("link", words, address)
        for activity in await activities.coming(talk.session, talk.now):
            if text.casefold() == activity.title.casefold():
                return Opening("activity", activity.title[:40], activity.id)
        row, index = station_named(talk, text), talk.context.directory.index
        if row is not None:
            return Opening("station", index.names[row][:40], int(index.keys[row]))
        raise NotAnAnswer(
            talk._(
                "Write the title of an activity, the name of a station, or a label and a link: Sign up "
                "https://example.org/form"
            )
        )

    def show(self, talk: Talk, value: Opening) -> str:  # noqa: ARG002
        return f"{value.words} → {value.target}"
