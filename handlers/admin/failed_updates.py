"""An update that ended the process twice: admins hear of which kind it was, and nothing of who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.i18n import translations

KIND = "update_set_aside"


def register(routes: Routes) -> None:
    routes.notice(KIND, words)


def words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = _(
        "⚠️ Something sent to the bot stopped it twice. It has been set aside and won't be retried; "
        "everything else works as usual. It was a <b>{kind}</b> for <b>{handler}</b> {place}. Its id in "
        "the log is <code>{id}</code>. Please tell whoever maintains the bot."
    )
    params = {**params, "handler": params["handler"] or "?"}
    return Markup(text).format(**params), []
