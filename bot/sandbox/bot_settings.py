"""The Bot API's methods about the bot itself: who it is, its menus and descriptions, its files."""

from __future__ import annotations

import re

from bot.sandbox.menus import description_for, menu_of
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.world import World


def get_me(world: World, _params: Params) -> Json:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(params: Params) -> str:
    scope = params.parsed("scope") or {"type": "default"}
    return f"{scope.get('type')}:{scope['chat_id']}" if "chat_id" in scope else str(scope.get("type"))


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.parsed("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("expected an Array of at most 100 BotCommand")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = _scope(params)
    if scope.startswith("chat:"):
        world.reachable(scope.removeprefix("chat:"))
    world.commands[scope, params.text("language_code")] = commands
    for person in world.people.values():
        world.tell(person.id, {"type": "menu", "commands": menu_of(world, person)})
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get((_scope(params), params.text("language_code")), [])


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop((_scope(params), params.text("language_code")), None)
    world.changes += 1
    return True


def _set_text(world: World, params: Params, name: str, limit: int) -> bool:
    text = params.text(name)
    if len(text) > limit:
        raise bad(f"{name} is too long")
    world.texts[name, params.text("language_code")] = text
    for person in world.people.values():
        world.tell(person.id, {"type": "description", "text": description_for(world, person)})
    return True


def set_my_description(world: World, params: Params) -> bool:
    return _set_text(world, params, "description", 512)


def set_my_short_description(world: World, params: Params) -> bool:
    return _set_text(world, params, "short_description", 120)


def get_my_description(world: World, params: Params) -> Json:
    return {"description": world.texts.get(("description", params.text("language_code")), "")}


def get_my_short_description(world: World, params: Params) -> Json:
    return {"short_description": world.texts.get(("short_description", params.text("language_code")), "")}


def get_file(world: World, params: Params) -> Json:
    file_id = params.text("file_id")
    upload = world.files.get(file_id)
    if upload is None:
        raise bad("invalid file_id")
    if len(upload.content) > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file_id.removeprefix("SBX"),
        "file_size": len(upload.content),
        "file_path": f"files/{file_id}",
    }


def get_chat(world: World, params: Params) -> Json:
    chat = world.chats.get(params.whole("chat_id"))
    if chat is None:
        raise bad("chat not found")
    gifts = {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    }
    return {**world.describe(chat), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}
