"""/broadcast: one message to many. Composing it; what happens then is in handlers/broadcasts/panel.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from handlers.activities import presses as activities_presses
from handlers.broadcasts import panel, presses
from handlers.broadcasts.form import DEFAULTS, TOPICS, composing, correcting, other_language
from handlers.broadcasts.segments import segment_of
from handlers.chat import forms
from handlers.chat.incoming import Json
from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.stations import presses as stations_presses
from storage.activities import activities
from storage.broadcasts import broadcasts
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts.broadcasts import Content
from storage.broadcasts.topics import Topic
from storage.dialogues import Answers
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.command("broadcast", begin, about=N_("Send a broadcast"), right=Right.BROADCAST)
    routes.form(composing(_done))
    routes.form(correcting(_corrected))
    routes.press(presses.CORRECT, correct, right=Right.BROADCAST)
    routes.press(presses.WRITE_TO_ALL, write_to_all, right=Right.BROADCAST)
    routes.press(presses.HAVE_READ, have_read)


async def begin(talk: Talk) -> None:
    """Two questions; the rest has a default, and stands on the page where each can be changed."""
    await forms.begin(talk, composing(_done), dict(DEFAULTS))


async def write_to_all(talk: Talk, activity_id: int) -> None:
    """From an activity: the same form, to those who signed up for it."""
    row = await activities.published(talk.session, activity_id)
    preset: Answers = {
        "_activity": row.id,
        "topic": Topic.ACTIVITIES.value,
        "opens": ["activity", row.title[:40], row.id],
    }
    await forms.begin(talk, composing(_done), {**DEFAULTS, **preset})


async def _done(talk: Talk, answers: Answers) -> None:
    """Keeps it as a draft, shows it as it will arrive, and asks for the last word with the count."""
    opens = cast("list[Any] | None", answers.get("opens"))
    content = _said(talk, answers, Content("", {}, bool(answers.get("reading")), opens))
    topic = Topic(str(answers["topic"]))
    starts_at = datetime.fromisoformat(str(answers["time"])) if answers.get("time") else talk.now
    row = await broadcasts.create(
        talk.session,
        talk.person.id,
        content,
        segment_of(answers),
        topic,
        starts_at,
        talk.now,
        str(answers.get("reason") or ""),
        timedelta(hours=int(str(answers.get("spread") or 0))),
    )
    show_as_sent(talk, row.id, content, topic)
    await panel.ask_to_send(talk, row)


def _said(talk: Talk, answers: Answers, around: Content) -> Content:
    """What the answers say, in both languages, with the buttons that `around` has."""
    method, params = cast("tuple[str, Json]", answers["content"])
    other = cast("list[Any] | None", answers.get("other"))
    return replace(around, method=method, params=params, other=[other_language(talk), *other] if other else None)


async def correct(talk: Talk, broadcast_id: int) -> None:
    await forms.begin(talk, correcting(_corrected), {"id": broadcast_id})


async def _corrected(talk: Talk, answers: Answers) -> None:
    row = await broadcasts.find(talk.session, int(str(answers["id"])))
    if row is None:
        raise broadcasts.NotNow
    content = _said(talk, answers, broadcasts.content_of(talk.session, row))
    count = await broadcasts.correct(talk.session, row, content, talk.now)
    talk.say(
        talk.plural(
            "Corrected; {n} person who already has it gets the new version.",
            "Corrected; {n} people who already have it get the new version.",
            count,
        ).format(n=count)
    )


def show_as_sent(talk: Talk, broadcast_id: int, content: Content, topic: Topic) -> None:
    """Every version, as its readers will see it."""
    for language in content.languages(talk.context.settings.organisation.language):
        talk.send(*content.call_in(language), sent_buttons(broadcast_id, content, topic, language))


def sent_buttons(broadcast_id: int, content: Content, topic: Topic, language: str) -> Buttons:
    """What stands under a broadcast at each recipient."""
    _ = translations.translator(language)
    rows = []
    if content.opens:
        rows.append([_opening(*content.opens)])
    if content.asks_reading:
        rows.append([presses.HAVE_READ.button(_("✅ I have read this"), broadcast_id)])
    if topic is not Topic.URGENT:
        rows.append([presses.MUTE.button(_("🔕 Mute {topic}").format(topic=_(TOPICS[topic])), topic.value)])
    return rows


def _opening(kind: str, words: str, target: Any) -> Button:
    if kind == "link":
        return Button(words, url=str(target))
    if kind == "activity":
        return activities_presses.OPEN_CARD.button(f"🏀 {words}", target)
    return stations_presses.PAGE.button(f"🏠 {words}", 0, target)


async def have_read(talk: Talk, broadcast_id: int) -> None:
    await broadcast_reads.note_read(talk.session, broadcast_id, talk.person.id, talk.now)
    talk.answer_callback(talk._("Thank you."))
