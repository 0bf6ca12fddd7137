"""What is said when nothing else fits."""

from __future__ import annotations

from handlers.chat import presses
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import Button
from handlers.chat.routes import Routes, line_of
from handlers.chat.subjects import fitting
from handlers.chat.talk import Danger, Talk

_OFFERED = 3


def commands_meant(talk: Talk, routes: Routes) -> list[list[Button]]:
    """Buttons for the commands whose subject the text is about, the best first."""
    if talk.danger is not Danger.NONE or talk.incoming.is_of_others:
        return []
    subjects = {name: route.subject for name, route in routes.commands.items() if route.subject is not None}
    return [
        [presses.COMMAND.button(line_of(subjects[name].label, talk.language), name)]
        for name in fitting(subjects, talk.text, _OFFERED)
    ]


async def stray_text(talk: Talk, routes: Routes) -> None:
    meant = commands_meant(talk, routes)
    if meant:
        talk.say(talk._("Are you looking for this? See what else I can do: /help"), meant)
        return
    talk.say(
        talk._("Send me your location and I'll show you the nearest station. See what else I can do: /help"),
        keyboard=location_keyboard(talk),
    )


async def stray_other(talk: Talk) -> None:
    talk.say(
        talk._("I can't do anything with that. Send a location to find the nearest station, or see /help."),
        keyboard=location_keyboard(talk),
    )
