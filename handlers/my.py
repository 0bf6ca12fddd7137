"""/my: what is mine, in one place."""

from __future__ import annotations

from handlers.applications import status
from handlers.broadcasts import mutable, topic_words
from handlers.memberships import member_words
from handlers.routes import Routes
from handlers.talk import Talk
from handlers.texts import N_
from storage import applications, memberships, topics


def register(routes: Routes) -> None:
    routes.command("my", my, about=N_("What is mine"), writes=False)
    routes.press("topic", switch_topic, str)


async def my(talk: Talk) -> None:
    """Membership or application first, then what the person may be written to about."""
    member = await memberships.of(talk.session, talk.person.id)
    last = await applications.latest_of(talk.session, talk.person.id)
    if member is not None:
        talk.say(*member_words(talk, member))
    elif last is not None:
        talk.say(*status(talk, last))
    else:
        talk.say(talk._("You are not a member of the union. /join makes you one, in two minutes."))
    talk.say(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))


async def switch_topic(talk: Talk, topic: str) -> None:
    await topics.mute(talk.session, talk.person.id, mutable(topic))
    await talk.session.flush()
    talk.edit(*topic_words(talk, await topics.muted_topics(talk.session, talk.person.id)))
