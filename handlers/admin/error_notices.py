"""Unexpected errors, as admins hear of them: each kind once, by its id in the log."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.operations.notices import ErrorReported
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.notice(ErrorReported, words, reader=holding(Right.ADMINISTER))


def words(view: View, notice: ErrorReported) -> Page:
    text = view._(
        "⚠️ Something failed: <b>{kind}</b> at <code>{place}</code>. Its id in the log is "
        "<code>{id}</code>. If it happens again, it is only counted: /system"
    )
    return Markup(text).format(kind=notice.error, place=notice.place, id=notice.error_id), []
