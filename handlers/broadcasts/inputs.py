"""Answers of which only broadcasts consist: the message itself, and what its button opens."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.inputs.link import NotALink, read_link
from handlers.inputs.place import sent_point
from handlers.inputs.record import record
from handlers.inputs.station import station_named
from storage.activities import activities
from storage.broadcasts.content import Opening
from storage.plain_text import clean

_FILES = {
    "photo": "sendPhoto",
    "animation": "sendAnimation",  # before document, which a message with an animation has too
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
}
_WITHOUT_CAPTION = {"video_note": "sendVideoNote", "sticker": "sendSticker"}
_CONTACT = ("phone_number", "first_name", "last_name", "vcard")


@dataclass(frozen=True, slots=True)
class Message:
    """A call of the Bot API without its chat."""

    method: str
    params: Json


class MessageInput(Input[Message]):
    """The message as it came: files by their file_id, formatting as entities. It is never copied from its author's chat
    when it is sent, since the author could change it there after it was approved."""

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
        if "contact" in body:
            return Message("sendContact", {name: body["contact"][name] for name in _CONTACT if name in body["contact"]})
        if "venue" in body:
            return _venue(body["venue"])
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
    for kind, method in _WITHOUT_CAPTION.items():
        if kind in body:
            return Message(method, {kind: body[kind]["file_id"]})
    return None


def _venue(venue: Json) -> Message:
    place = venue["location"]
    params = {"latitude": place["latitude"], "longitude": place["longitude"], "title": venue["title"]}
    return Message("sendVenue", {**params, "address": venue["address"]})


def _link(text: str) -> str | None:
    try:
        return str(read_link(text))
    except NotALink:
        return None


class OpeningInput(Input[Opening]):
    """The title of an activity, the name of a station, or words and an address."""

    adapter = record(Opening)

    async def read(self, talk: Talk) -> Opening:
        text = clean(talk.text)
        words, _, address = text.rpartition(" ")
        link = _link(address)
        if link is not None and 1 <= len(words) <= 40:
            return Opening("link", words, link)
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
