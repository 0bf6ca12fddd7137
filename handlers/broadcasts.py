"""/broadcast: one message to many. Composing it; what happens then is in handlers/broadcast_panel.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from markupsafe import Markup

from handlers import broadcast_panel, forms, texts
from handlers.access import Right
from handlers.forms import Choice, Form, NotAnAnswer, Question, short_text
from handlers.incoming import Json
from handlers.routes import Routes
from handlers.talk import Button, Buttons, Talk
from handlers.texts import LANGUAGES, N_
from storage import broadcasts
from storage.broadcasts import Content, Topic
from storage.dialogues import Answers, Value
from storage.geodesy import is_place
from storage.segments import Segment

TOPICS: dict[Topic, str] = {
    Topic.ACTIVITIES: N_("🏀 Activities"),
    Topic.NEWS: N_("📰 News"),
    Topic.SURVEYS: N_("📋 Surveys"),
    Topic.TRAINING: N_("🎓 Training"),
    Topic.URGENT: N_("🚨 Urgent"),
}
_FILES = {"photo": "sendPhoto", "document": "sendDocument", "voice": "sendVoice", "video": "sendVideo"}


def register(routes: Routes) -> None:
    routes.command("broadcast", begin, about=N_("Write to many riders"), right=Right.BROADCAST)
    routes.form(BROADCAST)
    routes.press("mute", mute, str)
    routes.press("haveread", have_read, int)
    broadcast_panel.register(routes)


async def begin(talk: Talk) -> None:
    await forms.begin(talk, BROADCAST)


async def _read_content(talk: Talk) -> Value:
    """The message as it came, without its chat: files by their file_id, formatting as entities."""
    body = talk.incoming.body
    if "poll" in body:
        raise NotAnAnswer(
            talk._("A poll can't be sent to many: each rider would get another one. Write a text instead.")
        )
    if talk.text:
        params: Json = {"text": talk.text, "entities": body.get("entities", [])}
        return ["sendMessage", params]
    for kind, method in _FILES.items():
        if kind in body:
            file = body[kind][-1] if kind == "photo" else body[kind]
            params = {kind: file["file_id"], "caption": body.get("caption", ""),
                      "caption_entities": body.get("caption_entities", [])}  # fmt: skip
            return [method, params]
    place = talk.incoming.place
    if place is not None and is_place(place.latitude, place.longitude):
        return ["sendLocation", {"latitude": place.latitude, "longitude": place.longitude}]
    raise NotAnAnswer(talk._("Send a text, a picture, a document, a voice message or a location."))


async def _press_a_button(talk: Talk) -> Value:
    raise NotAnAnswer(talk._("Please press one of the buttons."))


async def _read_place(talk: Talk) -> Value:
    place = talk.incoming.place
    if place is None or not is_place(place.latitude, place.longitude):
        raise NotAnAnswer(talk._("Send the place as a location: 📎 → Location."))
    return [place.latitude, place.longitude]


async def _read_time(talk: Talk) -> Value:
    text = forms.clean(talk.text)
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=talk.house.organisation.zone)
    except ValueError:
        raise NotAnAnswer(talk._("Write the time like this: 2026-11-28 10:00")) from None
    if not talk.now < local < talk.now + timedelta(days=90):
        raise NotAnAnswer(talk._("The time must lie ahead, by 90 days at most."))
    return local.isoformat()


def _topics(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(topic.value, talk._(label), topic.value) for topic, label in TOPICS.items()]


def _languages(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    everyone = Choice("all", talk._("Everyone"), "")
    return [everyone, *(Choice(code, name, code) for code, name in LANGUAGES.items())]


def _days(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    ago = [Choice(str(days), talk._("in the last {n} days").format(n=days), days) for days in (7, 30, 90)]
    return [Choice("all", talk._("Everyone"), 0), *ago]


def _kilometres(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(str(km), texts.distance(km * 1_000, talk.language), km) for km in (1, 3, 5, 10, 30)]


def _yes_no(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("no", talk._("No"), 0), Choice("yes", talk._("Yes"), 1)]


def _times(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    zone = talk.house.organisation.zone
    tomorrow = datetime.combine(talk.local_today + timedelta(days=1), datetime.min.time(), zone).replace(hour=10)
    return [
        Choice("now", talk._("Now"), ""),
        Choice("hour", talk._("In an hour"), (talk.now + timedelta(hours=1)).isoformat()),
        Choice("tomorrow", talk._("Tomorrow 10:00"), tomorrow.isoformat()),
    ]


def _show_content(talk: Talk, value: Value) -> str:
    method, params = cast("list[Any]", value)
    if method == "sendMessage":
        return str(params["text"])[:80]
    return talk._("a message with a file or a place")


def _show_time(talk: Talk, value: Value) -> str:
    if not value:
        return talk._("Now")
    local = datetime.fromisoformat(str(value)).astimezone(talk.house.organisation.zone)
    return f"{local:%Y-%m-%d %H:%M}"


def _show_topic(talk: Talk, value: Value) -> str:
    return talk._(TOPICS[Topic(str(value))])


def _show_choice(_talk: Talk, value: Value) -> str:
    return LANGUAGES.get(str(value), str(value)) if value else "—"


BROADCAST = Form(
    name="broadcast",
    title=lambda talk: talk._("Broadcast"),
    questions=(
        Question(
            key="content", title=lambda talk: talk._("Message"), read=_read_content, show=_show_content,
            takes_location=True,
            ask=lambda talk, _: talk._(
                "Send me the message exactly as the riders are to get it: a text with its formatting, a picture, a "
                "document, a voice message or a location."
            ),
        ),
        Question(
            key="topic", title=lambda talk: talk._("Topic"), read=_press_a_button, choices=_topics, show=_show_topic,
            ask=lambda talk, _: talk._(
                "Which topic? Riders can mute each one but the urgent, so that they keep listening."
            ),
        ),
        Question(
            key="reason", title=lambda talk: talk._("Why urgent"),
            when=lambda answers: answers.get("topic") == "urgent",
            read=short_text(5, 300, lambda talk: talk._("5 to 300 characters, please.")),
            ask=lambda talk, _: talk._("Why is it urgent? It rings at night too. The reason is kept with your name."),
        ),
        Question(
            key="language", title=lambda talk: talk._("Language"), read=_press_a_button, choices=_languages,
            show=_show_choice, ask=lambda talk, _: talk._("To whom? By language:"),
        ),
        Question(
            key="days", title=lambda talk: talk._("Used the bot"), read=_press_a_button, choices=_days,
            show=_show_choice, ask=lambda talk, _: talk._("Only to those who used the bot lately?"),
        ),
        Question(
            key="place", title=lambda talk: talk._("Near"), read=_read_place, optional=True, takes_location=True,
            show=lambda _talk, value: ", ".join(f"{part:.4f}" for part in cast("list[float]", value)),
            ask=lambda talk, _: talk._(
                "Only to those near a place? Send it as a location, or skip. It reaches only who keeps an area here."
            ),
        ),
        Question(
            key="km", title=lambda talk: talk._("Within"), read=_press_a_button, choices=_kilometres,
            when=lambda answers: bool(answers.get("place")), ask=lambda talk, _: talk._("Within how far of it?"),
            show=lambda talk, value: texts.distance(float(str(value)) * 1_000, talk.language),
        ),
        Question(
            key="reading", title=lambda talk: talk._("Ask for reading"), read=_press_a_button, choices=_yes_no,
            show=lambda talk, value: talk._("Yes") if value else talk._("No"),
            ask=lambda talk, _: talk._("Shall it have a button “I have read this”?"),
        ),
        Question(
            key="time", title=lambda talk: talk._("When"), read=_read_time, choices=_times, show=_show_time,
            ask=lambda talk, _: talk._("When? Press, or write a time like 2026-11-28 10:00."),
        ),
    ),
    done=lambda talk, answers: _done(talk, answers),
)  # fmt: skip


def segment_of(answers: Answers) -> Segment:
    chosen: dict[str, tuple[tuple[str, Any], ...]] = {}
    if answers.get("language"):
        chosen["language"] = (("language", answers["language"]),)
    if answers.get("days"):
        chosen["active"] = (("days", answers["days"]),)
    place = cast("list[float] | None", answers.get("place"))
    if place:
        chosen["near"] = (("km", answers["km"]), ("latitude", place[0]), ("longitude", place[1]))
    return Segment(tuple(sorted(chosen.items())))


async def _done(talk: Talk, answers: Answers) -> None:
    """Keeps it as a draft, shows it as it will arrive, and asks for the last word with the count."""
    method, params = cast("tuple[str, Json]", answers["content"])
    content = Content(method, params, bool(answers.get("reading")))
    topic = Topic(str(answers["topic"]))
    starts_at = datetime.fromisoformat(str(answers["time"])) if answers.get("time") else talk.now
    row = await broadcasts.create(
        talk.session, talk.person.id, content, segment_of(answers), topic, starts_at, talk.now,
        str(answers.get("reason") or ""),
    )  # fmt: skip
    show_as_sent(talk, row.id, content, topic)
    await broadcast_panel.ask_to_send(talk, row)


def show_as_sent(talk: Talk, broadcast_id: int, content: Content, topic: Topic) -> None:
    buttons = sent_buttons(broadcast_id, content, topic, talk.language)
    talk.send(content.method, content.params, buttons)


def sent_buttons(broadcast_id: int, content: Content, topic: Topic, language: str) -> Buttons:
    """What stands under a broadcast at each recipient."""
    _ = texts.translator(language)
    rows = []
    if content.asks_reading:
        rows.append([Button(_("✅ I have read this"), f"haveread:{broadcast_id}")])
    if topic is not Topic.URGENT:
        rows.append([Button(_("🔕 No more of: {topic}").format(topic=_(TOPICS[topic])), f"mute:{topic.value}")])
    return rows


async def mute(talk: Talk, topic: str) -> None:
    """One tap: on, or off again."""
    if topic not in list(Topic) or topic == Topic.URGENT:
        broadcast_panel.forged()
    muted = await broadcasts.mute(talk.session, talk.person.id, Topic(topic))
    label = talk._(TOPICS[Topic(topic)])
    said = talk._("You get no more of {topic}. Press again to undo.") if muted else talk._("You get {topic} again.")
    talk.toast(said.format(topic=label), alert=muted)


async def have_read(talk: Talk, broadcast_id: int) -> None:
    await broadcasts.note_read(talk.session, broadcast_id, talk.person.id, talk.now)
    talk.toast(talk._("Thank you."))


def topic_words(talk: Talk, muted: set[str]) -> tuple[Markup, Buttons]:
    """The page of /my where topics are switched."""
    lines = [Markup("<b>{}</b>").format(talk._("What I may write to you about"))]
    rows = []
    for topic, label in TOPICS.items():
        if topic is not Topic.URGENT:
            sign = "🔕" if topic.value in muted else "🔔"
            rows.append([Button(f"{sign} {talk._(label)}", f"topic:{topic.value}")])
    lines.append(Markup("{}").format(talk._("Press to switch. Urgent news always comes, and is rare.")))
    return Markup("\n").join(lines), rows
