"""/broadcast: one message to many. Composing it; what happens then is in handlers/broadcasts/panel.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.broadcasts import acts, panel, presses, scheduled
from handlers.broadcasts.form import (
    BroadcastDraft,
    composing,
    draft_for,
)
from handlers.broadcasts.inputs import Message
from handlers.broadcasts.shown import show_as_sent
from handlers.chat.audience import AudiencePart, segment_of
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.translations import N_
from storage.activities import activities
from storage.activities.ids import ActivityId
from storage.broadcasts import broadcasts
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts.content import Opening
from storage.broadcasts.ids import BroadcastId
from storage.people.access import Right
from storage.people.topics import Topic


def register(routes: Routes, audience: Sequence[AudiencePart[Any]]) -> None:
    """`audience`: the questions of all features about whom it is for."""
    composer = _Composer(audience)
    routes.command("broadcast", composer.command, about=N_("Send a broadcast"), right=Right.BROADCAST)
    routes.form(composer.form)
    routes.press(presses.BEGIN, composer.begin, right=Right.BROADCAST)
    routes.press(presses.BEGIN_WITH_THIS, composer.begin_with_this, right=Right.BROADCAST)
    routes.press(presses.WRITE_TO_ALL, composer.write_to_all, right=Right.BROADCAST)
    routes.press(presses.HAVE_READ, have_read)


class _Composer:
    """The form of a broadcast, whose questions about the audience come from all features."""

    def __init__(self, audience: Sequence[AudiencePart[Any]]) -> None:
        self._audience = audience
        self._draft = draft_for(audience)
        self.form = composing(self._draft, self._done)

    async def command(self, talk: Talk) -> None:
        """What is scheduled, if anything is; else the first question at once."""
        page = await scheduled.page(talk)
        if page is None:
            await self.begin(talk)
        else:
            talk.say(*page)

    async def begin(self, talk: Talk) -> None:
        """Two questions; the rest has a default, and stands on the page where each can be changed."""
        await forms.begin(talk, self.form)

    async def begin_with_this(self, talk: Talk) -> None:
        """With the text of the message whose button was pressed, which can still be changed."""
        message = talk.incoming.body.get("message") or {}
        params = {name: message[name] for name in ("text", "entities") if name in message}
        if "text" not in params:
            raise InvalidCallback
        known: dict[str, Any] = {"content": Message("sendMessage", params)}
        await forms.begin(talk, self.form, self._draft(**known))

    async def write_to_all(self, talk: Talk, activity_id: ActivityId) -> None:
        """From an activity: the same form, to those who signed up for it."""
        row = await activities.published(talk.session, activity_id)
        known: dict[str, Any] = {
            "activity": row.id,
            "topic": Topic.ACTIVITIES,
            "opens": Opening("activity", row.title[:40], row.id),
        }
        await forms.begin(talk, self.form, self._draft(**known))

    async def _done(self, talk: Talk, draft: BroadcastDraft) -> None:
        """Keeps it as a draft, shows it as it will arrive, and asks for the last word with the count."""
        row = await acts.keep(talk, draft, segment_of(draft, self._audience))
        content = broadcasts.content_of(talk.session, row)
        show_as_sent(talk, row.id, content, draft.topic)
        await panel.ask_to_send(talk, row)


async def have_read(talk: Talk, broadcast_id: BroadcastId) -> None:
    """The confirmation; the button then says that it was pressed."""
    await broadcast_reads.note_read(talk.session, broadcast_id, talk.person.id, talk.now)
    talk.answer_callback(talk._("Thank you."))
    talk.relabel(presses.HAVE_READ.button(talk._("✅ Read"), broadcast_id))
