"""What somebody's phone shows of the bot's settings: its menu, the button below the chat, the text of an empty chat."""

from __future__ import annotations

from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.world import World

DEFAULT = "default"
"""The menu button of chats that have none of their own."""


def menu_of(world: World, person: Person) -> list[Json]:
    """The commands that this person's phone offers.

    https://core.telegram.org/bots/api#determining-list-of-commands
    """
    language = person.language_code.split("-")[0]
    for scope in (f"chat:{person.id}", "all_private_chats", "default"):
        for code in (language, ""):
            if (scope, code) in world.commands:
                return world.commands[scope, code]
    return []


def menu_button_of(world: World, person: Person) -> Json:
    """What stands below this person's private chat."""
    return world.menu_buttons.get(str(person.id)) or world.menu_buttons.get(DEFAULT) or {"type": "commands"}


def description_for(world: World, person: Person) -> str:
    """What an empty chat shows."""
    language = person.language_code.split("-")[0]
    return world.texts.get(("description", language)) or world.texts.get(("description", ""), "")
