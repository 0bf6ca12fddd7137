"""The pages that Telegram opens inside itself: where they are, and the buttons that lead there."""

from __future__ import annotations

from handlers.chat.press import Button
from handlers.chat.view import View
from handlers.i18n.translations import N_
from storage.operations.organisation import Settings

MENU_BUTTON = N_("Map")
MAP, MINE = "map", "me"
"""The pages, as their addresses name them."""


def address(settings: Settings, page: str) -> str:
    """Where a page is; "" where Telegram can't open any."""
    return f"{settings.pages_url}/app?page={page}" if settings.pages_url else ""


def map_buttons(view: View) -> list[Button]:
    """The button of the map of all stations, where it can be opened."""
    app = address(view.context.settings, MAP)
    return [Button(view._("🗺 Map"), app=app)] if app else []
