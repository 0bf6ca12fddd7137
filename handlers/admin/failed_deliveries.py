"""Notices that could not be sent: admins hear of them, and can let them be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.admin import presses
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from storage.deliveries import failed as failed_deliveries
from storage.people.access import Right

KIND = "set_aside"


def register(routes: Routes) -> None:
    routes.notice(KIND, words)
    routes.press(presses.TRY_AGAIN, try_again, right=Right.ADMINISTER)


def words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = _("A message ({kind}) could not be sent after {n} attempts: {trouble}").format(
        kind=params["kind"], n=params["tries"], trouble=params["trouble"]
    )
    return text, [[presses.TRY_AGAIN.button(_("🔁 Retry all"))]]


async def try_again(talk: Talk) -> None:
    count = await failed_deliveries.try_again(talk.session, talk.now)
    talk.toast(talk._("{n} will be retried.").format(n=count))
