"""Unexpected errors, as admins hear of them: each kind once, by its id in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.i18n import translations

KIND = "error"


def register(routes: Routes) -> None:
    routes.notice(KIND, words)


def words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = _(
        "⚠️ Something failed: <b>{kind}</b> at <code>{place}</code>. Its id in the log is "
        "<code>{id}</code>. If it happens again, it is only counted: /system"
    )
    return Markup(text).format(**params), []
