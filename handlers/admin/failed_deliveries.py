"""Notices that could not be sent: admins hear of them, and can let them be tried again."""

from __future__ import annotations

from handlers.admin import presses
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.deliveries import failed as failed_deliveries
from storage.operations.notices import DeliveryFailed
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.notice(DeliveryFailed, words, reader=holding(Right.ADMINISTER))
    routes.press(presses.TRY_AGAIN, try_again, right=Right.ADMINISTER)


def words(view: View, notice: DeliveryFailed) -> Page:
    text = view._("A message ({kind}) could not be sent after {n} attempts: {trouble}").format(
        kind=notice.message, n=notice.tries, trouble=notice.trouble
    )
    return text, [[presses.TRY_AGAIN.button(view._("🔁 Retry all"))]]


async def try_again(talk: Talk) -> None:
    count = await failed_deliveries.try_again(talk.session, talk.now)
    talk.answer_callback(talk._("{n} will be retried.").format(n=count))
