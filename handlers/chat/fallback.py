"""What is said when nothing else fits."""

from __future__ import annotations

from handlers.chat.keyboards import location_keyboard
from handlers.chat.talk import Talk


async def stray_text(talk: Talk) -> None:
    talk.say(
        talk._("Send me your location and I'll show you the nearest station. See what else I can do: /help"),
        keyboard=location_keyboard(talk),
    )


async def stray_other(talk: Talk) -> None:
    talk.say(
        talk._("I can't do anything with that. Send a location to find the nearest station, or see /help."),
        keyboard=location_keyboard(talk),
    )
