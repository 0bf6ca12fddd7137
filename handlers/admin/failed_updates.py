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
        "⚠️ Something that was sent to the bot stopped it twice. It is set aside and not tried again; the bot goes on "
        "with everything else. It was a <b>{kind}</b> for <b>{handler}</b> {place}. Its id in the log is "
        "<code>{id}</code>. Please tell those who maintain the bot."
    )
    params = {**params, "handler": params["handler"] or "?"}
    return Markup(text).format(**params), []
