"""What a person may be written to about: muting a topic under a broadcast, or on a page of /my."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.broadcasts import presses
from handlers.broadcasts.form import TOPICS
from handlers.chat.feature import Overview
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.people import topics
from storage.people.topics import Topic


def register(routes: Routes) -> None:
    routes.press(presses.MUTE, mute)
    routes.press(presses.SHOW_TOPICS, show_topics, writes=False)
    routes.press(presses.SWITCH_TOPIC, switch_topic)


def mutable(topic: str) -> Topic:
    """The topic of a button. Raises InvalidCallback for one that is none, or that can't be muted."""
    if topic not in list(Topic) or topic == Topic.URGENT:
        raise InvalidCallback
    return Topic(topic)


async def mute(talk: Talk, topic: str) -> None:
    """One tap: on, or off again."""
    chosen = mutable(topic)
    muted = await topics.mute(talk.session, talk.person.id, chosen)
    label = talk._(TOPICS[chosen])
    said = talk._("{topic} is muted. Press again to undo.") if muted else talk._("{topic} is no longer muted.")
    talk.answer_callback(said.format(topic=label), alert=muted)


async def switch_topic(talk: Talk, topic: str) -> None:
    await topics.mute(talk.session, talk.person.id, mutable(topic))
    talk.edit(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))


async def overview(talk: Talk) -> Overview:
    return Overview(settings=[presses.SHOW_TOPICS.button(talk._("✉️ Messages I get"))])


async def show_topics(talk: Talk) -> None:
    talk.say(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))


async def privacy_lines(talk: Talk) -> Sequence[str]:
    return [talk._("which topics you muted, and which messages you received and confirmed as read")]


def topic_words(talk: Talk, muted: set[Topic]) -> tuple[Markup, Buttons]:
    """The page where topics are switched."""
    lines = [Markup("<b>{}</b>").format(talk._("What I can write to you about"))]
    rows = []
    for topic, label in TOPICS.items():
        if topic is not Topic.URGENT:
            sign = "🔕" if topic.value in muted else "🔔"
            rows.append([presses.SWITCH_TOPIC.button(f"{sign} {talk._(label)}", topic.value)])
    lines.append(
        Markup("{}").format(talk._("Press to switch on or off. Urgent messages always arrive; they are rare."))
    )
    return Markup("\n").join(lines), rows
