"""What staff are told about broadcasts: one waits for approval, one was tampered with."""

from __future__ import annotations

from handlers.broadcasts import presses
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.view import View
from handlers.i18n.few import plural_of, with_count
from storage.broadcasts.notices import BroadcastDoubted, BroadcastWaits
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.notice(BroadcastWaits, waits_words, reader=holding(Right.BROADCAST))
    routes.notice(BroadcastDoubted, doubted_words, reader=holding(Right.ADMINISTER))


def waits_words(view: View, notice: BroadcastWaits) -> Page:
    """The notice to those who may approve."""
    text = view.plural(
        "A broadcast to {n} person is waiting for a second coordinator.",
        "A broadcast to {n} people is waiting for a second coordinator.",
        plural_of(notice.count),
    )
    return with_count(text, view.language, notice.count), [[presses.LOOK.button(view._("View"), notice.broadcast_id)]]


def doubted_words(view: View, notice: BroadcastDoubted) -> Page:
    text = view._(
        "⚠️ Something other than the bot has changed broadcast {id} in the database. It is not sent. Please tell "
        "whoever runs the server."
    )
    return text.format(id=notice.broadcast_id), []
