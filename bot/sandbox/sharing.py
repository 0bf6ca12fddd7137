"""What people pass on: messages of others, and people that a key of the keyboard asked for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.messages import content_of, forwarded
from bot.sandbox.params import Json, bad
from bot.sandbox.people import Chat, Person
from bot.sandbox.world import World


async def forwards(world: World, person: Person, message_id: int, source: Chat, target: Chat) -> Json:
    """Passes a message on, which loses its buttons.

    Raises:
        Refusal: it is gone, protected, or a notice of Telegram's.
    """
    message = source.messages.get(message_id)
    if message is None:
        raise bad("message to forward not found")
    if message.get("has_protected_content") or not content_of(message):
        raise bad("the message can't be forwarded")
    return await world.sends(person, forwarded(message), target)


async def shares_users(world: World, person: Person, request_id: int, chosen: Sequence[int]) -> Json:
    """Picks people for the key of the keyboard that has this number.

    Raises:
        Refusal: there is no such key, or it asked for fewer.
    """
    request = _request(world.chats[person.id], request_id)
    if not 1 <= len(chosen) <= request.get("max_quantity", 1):
        raise bad("USERS_TOO_MANY" if chosen else "USERS_TOO_FEW")
    users = [_shared(world.people[one], request) for one in chosen]
    return await world.sends(person, {"users_shared": {"request_id": request_id, "users": users}})


def _request(chat: Chat, request_id: int) -> Json:
    for row in (chat.keyboard or {}).get("keyboard", []):
        for key in row:
            request: Json = key.get("request_users", {})
            if request.get("request_id") == request_id:
                return request
    raise bad("there is no such key")


def _shared(chosen: Person, request: Json) -> Json:
    """https://core.telegram.org/bots/api#shareduser: the names only where they were asked for."""
    name = {"first_name": chosen.first_name} if request.get("request_name") else {}
    username = {"username": chosen.username} if request.get("request_username") and chosen.username else {}
    return {"user_id": chosen.id, **name, **username}
