"""The questions of /broadcast."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from handlers.broadcasts.segments import WHOM
from handlers.chat.incoming import Json
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question
from handlers.chat.talk import Talk
from handlers.i18n.translations import LANGUAGES, N_
from handlers.inputs.station import station_named
from handlers.inputs.text import clean, moment_ahead, press_a_button, short_text
from storage.activities import activities
from storage.broadcasts.topics import Topic
from storage.dialogues import Answers, Value
from storage.geodesy import is_place
from storage.people.access import Right

TOPICS: dict[Topic, str] = {
    Topic.ACTIVITIES: N_("🏀 Activities"),
    Topic.NEWS: N_("📰 News"),
    Topic.SURVEYS: N_("📋 Surveys"),
    Topic.TRAINING: N_("🎓 Training"),
    Topic.URGENT: N_("🚨 Urgent"),
}
DEFAULTS: Answers = {
    "other": None,
    "opens": None,
    "language": "",
    "members": "",
    "platform": "",
    "district": "",
    "days": 0,
    "place": None,
    "reading": 0,
    "spread": 0,
    "time": "",
}
"""To everyone, at once, now, without buttons."""
_COPIED = ("animation", "audio", "video_note", "sticker", "contact", "venue", "dice")
_FILES = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice", "video": "sendVideo"}


async def _read_content(talk: Talk) -> Value:
    """The message as it came, without its chat: files by their file_id, formatting as entities."""
    body = talk.incoming.body
    if "poll" in body:
        raise NotAnAnswer(
            talk._("Polls can't be broadcast: each rider would get a separate poll. Please write a text instead.")
        )
    if talk.text:
        params: Json = {"text": talk.text, "entities": body.get("entities", [])}
        return ["sendMessage", params]
    for kind, method in _FILES.items():
        if kind in body:
            file = body[kind][-1] if kind == "photo" else body[kind]
            params = {
                kind: file["file_id"],
                "caption": body.get("caption", ""),
                "caption_entities": body.get("caption_entities", []),
            }
            return [method, params]
    if any(kind in body for kind in _COPIED):
        return ["copyMessage", {"from_chat_id": talk.chat_id, "message_id": talk.incoming.message_id}]
    place = talk.incoming.place
    if place is not None and is_place(place.latitude, place.longitude):
        return ["sendLocation", {"latitude": place.latitude, "longitude": place.longitude}]
    raise NotAnAnswer(talk._("Send a text, a picture, a document, a voice message or a location."))


async def _read_opens(talk: Talk) -> Value:
    """A button: its words and address, or the activity or station whose page it opens."""
    text = clean(talk.text)
    words, _, address = text.rpartition(" ")
    if re.fullmatch(r"https?://[^\s/]+\S*", address) and 1 <= len(words) <= 40:
        return ["link", words, address]
    for activity in await activities.coming(talk.session, talk.now):
        if text.casefold() == activity.title.casefold():
            return ["activity", activity.title[:40], activity.id]
    row, index = station_named(talk, text), talk.context.directory.index
    if row is not None:
        return ["station", index.names[row][:40], int(index.keys[row])]
    raise NotAnAnswer(
        talk._(
            "Write the title of an activity, the name of a station, or a label and a link: Sign up "
            "https://example.org/form"
        )
    )


_READ_TIME = moment_ahead(
    timedelta(days=90),
    lambda talk: talk._("Write the time like this: 2026-11-28 10:00"),
    lambda talk: talk._("The time must be in the future, within 90 days."),
)


def _topics(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(topic.value, talk._(label), topic.value) for topic, label in TOPICS.items()]


def _yes_no(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("no", talk._("No"), 0), Choice("yes", talk._("Yes"), 1)]


def _times(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    zone = talk.context.settings.organisation.zone
    tomorrow = datetime.combine(talk.local_today + timedelta(days=1), datetime.min.time(), zone).replace(hour=10)
    return [
        Choice("now", talk._("Now"), ""),
        Choice("hour", talk._("In an hour"), (talk.now + timedelta(hours=1)).isoformat()),
        Choice("tomorrow", talk._("Tomorrow 10:00"), tomorrow.isoformat()),
    ]


def _spreads(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    hours = [Choice(str(hours), talk._("{n} h").format(n=hours), hours) for hours in (1, 3, 6)]
    return [Choice("0", talk._("All at once"), 0), *hours]


def other_language(talk: Talk) -> str:
    """The language that the organisation's is not."""
    return next(language for language in LANGUAGES if language != talk.context.settings.organisation.language)


def _ask_other(talk: Talk, _answers: Answers) -> str:
    language = LANGUAGES[other_language(talk)]
    return talk._("Is there a version in {language}? Send it, or skip: then everyone gets the first one.").format(
        language=language
    )


def _show_content(talk: Talk, value: Value) -> str:
    method, params = cast("list[Any]", value)
    if method == "sendMessage":
        return str(params["text"])[:80]
    return talk._("a message with a file or a location")


def _show_time(talk: Talk, value: Value) -> str:
    if not value:
        return talk._("Now")
    local = datetime.fromisoformat(str(value)).astimezone(talk.context.settings.organisation.zone)
    return f"{local:%Y-%m-%d %H:%M}"


def _show_topic(talk: Talk, value: Value) -> str:
    return talk._(TOPICS[Topic(str(value))])


def correcting(done: Callable[[Talk, Answers], Awaitable[None]]) -> Form:
    """Two questions, for a broadcast that has been sent; its number comes with the answers, as `id`."""
    first, other = composing(done).questions[:2]
    return Form(
        name="correct",
        title=lambda talk: talk._("Correction"),
        questions=(first, other),
        done=done,
        right=Right.BROADCAST,
    )


def composing(done: Callable[[Talk, Answers], Awaitable[None]]) -> Form:
    """The form; `done` gets its answers."""
    return Form(
        name="broadcast",
        title=lambda talk: talk._("Broadcast"),
        questions=(
            Question(
                key="content",
                title=lambda talk: talk._("Message"),
                read=_read_content,
                show=_show_content,
                takes_location=True,
                ask=lambda talk, _: talk._(
                    "Send me the message exactly as riders should receive it: a text with formatting, a picture, a "
                    "document, a voice message or a location."
                ),
            ),
            Question(
                key="other",
                title=lambda talk: talk._("Other language"),
                read=_read_content,
                show=_show_content,
                optional=True,
                takes_location=True,
                ask=_ask_other,
            ),
            Question(
                key="opens",
                title=lambda talk: talk._("Button"),
                read=_read_opens,
                optional=True,
                show=lambda _talk, value: " → ".join(str(part) for part in cast("list[Any]", value)[1:]),
                ask=lambda talk, _: talk._(
                    "Add a button below it? Write the title of an activity, the name of a station, or a label and a "
                    "link, for example: Sign up https://example.org/form"
                ),
            ),
            Question(
                key="topic",
                title=lambda talk: talk._("Topic"),
                read=press_a_button,
                choices=_topics,
                show=_show_topic,
                ask=lambda talk, _: talk._(
                    "Which topic? Riders can mute any topic except urgent ones, so that they keep reading."
                ),
            ),
            Question(
                key="reason",
                title=lambda talk: talk._("Why urgent"),
                when=lambda answers: answers.get("topic") == "urgent",
                read=short_text(5, 300, lambda talk: talk._("5 to 300 characters, please.")),
                ask=lambda talk, _: talk._(
                    "Why is it urgent? It makes a sound even at night. The reason is recorded with your name."
                ),
            ),
            *WHOM,
            Question(
                key="reading",
                title=lambda talk: talk._("Ask for read confirmation"),
                read=press_a_button,
                choices=_yes_no,
                show=lambda talk, value: talk._("Yes") if value else talk._("No"),
                ask=lambda talk, _: talk._("Add an “I have read this” button?"),
            ),
            Question(
                key="spread",
                title=lambda talk: talk._("Spread over time"),
                read=press_a_button,
                choices=_spreads,
                show=lambda talk, value: talk._("{n} h").format(n=value) if value else talk._("All at once"),
                ask=lambda talk, _: talk._(
                    "Send it all at once, or spread it over some hours so that not everyone comes at the same time?"
                ),
            ),
            Question(
                key="time",
                title=lambda talk: talk._("When"),
                read=_READ_TIME,
                choices=_times,
                show=_show_time,
                ask=lambda talk, _: talk._("When? Choose, or write a time like 2026-11-28 10:00."),
            ),
        ),
        done=done,
        send_label=lambda talk: talk._("👁 Preview"),
        right=Right.BROADCAST,
    )
