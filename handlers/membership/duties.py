"""What waits for whoever reviews applications, on the page of /start."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import Duty
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.membership import presses
from storage.membership import reviews
from storage.people.access import Right


async def duties(talk: Talk) -> Sequence[Duty]:
    if not talk.person.may(Right.REVIEW):
        return []
    waiting = (await reviews.queue(talk.session, talk.person.id)).total
    if not waiting:
        return []
    words = talk._("Applications waiting: {n}").format(n=translations.number(waiting, talk.language))
    return [Duty(words, [presses.SHOW_QUEUE_AGAIN.button(talk._("📝 Review applications"))])]
