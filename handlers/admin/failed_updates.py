"""An update that ended the process twice: admins hear of which kind it was, and nothing of whoever sent it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.operations.notices import UpdateSetAside
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.notice(UpdateSetAside, words, reader=holding(Right.ADMINISTER))


def words(view: View, notice: UpdateSetAside) -> Page:
    text = view._(
        "⚠️ Something sent to the bot stopped it twice. It has been set aside and won't be retried; "
        "everything else works as usual. It was a <b>{kind}</b> for <b>{handler}</b> {place}. Its id in "
        "the log is <code>{id}</code>. Please tell whoever maintains the bot."
    )
    handler = notice.handler or "?"
    return Markup(text).format(kind=notice.update, handler=handler, place=notice.place, id=notice.error_id), []
