"""Being asked for one's shift each day, at a time of one's own."""

from __future__ import annotations

from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.i18n.translations import clock
from handlers.pay import presses
from handlers.pay.form import WhenToAsk, reminding
from storage.pay import reminders
from storage.pay.notices import ShiftEnded


def register(routes: Routes) -> None:
    routes.press(presses.REMIND, begin)
    routes.press(presses.SKIP, skip, writes=False)
    routes.press(presses.STOP_REMINDING, stop)
    routes.form(_WHEN)
    routes.notice(ShiftEnded, asked_words, reader=RECIPIENT)


async def begin(talk: Talk) -> None:
    """When; or no more, if there is a time already."""
    at = await reminders.of(talk.session, talk.person.id)
    if at is not None:
        said = talk._("I ask you every day at {time}.").format(time=clock(at.hour, at.minute, talk.language))
        talk.edit(
            said,
            [[presses.STOP_REMINDING.button(talk._("🔕 Stop asking me"))], [presses.BOOK.button(talk._("◀ Back"))]],
        )
        return
    await forms.begin(talk, _WHEN)


async def _chosen(talk: Talk, draft: WhenToAsk) -> None:
    zone = talk.context.settings.organisation.zone
    await reminders.set_to(talk.session, talk.person.id, draft.clock, zone, talk.now)
    at = clock(draft.clock.hour, draft.clock.minute, talk.language)
    talk.say(
        talk._("I'll ask you every day at {time}.").format(time=at), [[presses.BOOK.button(talk._("📒 My pay book"))]]
    )


async def skip(talk: Talk) -> None:
    """Nothing to note; they are asked again tomorrow."""
    talk.edit(talk._("All right, nothing for today."), [[presses.BOOK.button(talk._("📒 My pay book"))]])


async def stop(talk: Talk) -> None:
    await reminders.stop(talk.session, talk.person.id)
    talk.edit(talk._("I won't ask any more."), [[presses.BOOK.button(talk._("📒 My pay book"))]])


def asked_words(view: View, _notice: ShiftEnded) -> Page:
    return view._("📒 How was your shift today?"), [
        [presses.NOTE.button(view._("➕ Note my shift"))],
        [presses.SKIP.button(view._("⏭ No shift today"))],
        [presses.STOP_REMINDING.button(view._("🔕 Don't ask any more"))],
    ]


_WHEN = reminding(_chosen)
