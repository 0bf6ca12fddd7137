"""/my: what is mine, in one place."""

from __future__ import annotations

from handlers.broadcasts import mutable, topic_words
from handlers.routes import Routes
from handlers.talk import Talk
from handlers.texts import N_
from storage import topics


def register(routes: Routes) -> None:
    routes.command("my", my, about=N_("What is mine"), writes=False)
    routes.press("topic", switch_topic, str)


async def my(talk: Talk) -> None:
    talk.say(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))


async def switch_topic(talk: Talk, topic: str) -> None:
    await topics.mute(talk.session, talk.person.id, mutable(topic))
    await talk.session.flush()
    talk.edit(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))
