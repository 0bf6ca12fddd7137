"""What people do on their phones, as the page asks for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox import inline, sharing, signs
from bot.sandbox.clock import SandboxClock
from bot.sandbox.entities import TEXT_LIMIT, Formatted, units, with_found
from bot.sandbox.files import STICKER
from bot.sandbox.messages import bare, quote_of
from bot.sandbox.params import Json, Upload, bad
from bot.sandbox.people import Chat, Person
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Controls:
    """What the page can do to the sandbox as a whole. `start_afresh` is None where the database is not its own."""

    clock: SandboxClock
    start_afresh: Callable[[], None] | None = None


class Wishes:
    """Does what a person wants in one of their chats."""

    def __init__(self, world: World, controls: Controls) -> None:
        self._world = world
        self._controls = controls
        self.actions: dict[str, Callable[[Person, Chat, Json], Awaitable[object]]] = {
            "text": self._text,
            "edit": self._edit,
            "press": self._press,
            "location": self._location,
            "move": self._move,
            "contact": self._contact,
            "users": self._users,
            "sticker": self._sticker,
            "delete": self._delete,
            "forward": self._forward,
            "react": self._react,
            "inline": self._inline,
            "choose": self._choose,
            "read": self._read,
            "block": self._block,
            "language": self._language,
            "clock": self._clock,
            "afresh": self._afresh,
        }

    async def sends_file(self, person: Person, chat: Chat, kind: str, upload: Upload) -> None:
        """Raises KeyError for a kind that phones do not send, Refusal for a picture that is none."""
        files = self._world.files
        kinds: dict[str, Callable[[Upload], object]] = {
            "photo": files.photo,
            "document": files.document,
            "voice": files.voice,
        }
        await self._world.sends(person, {kind: kinds[kind](upload)}, chat)

    async def _text(self, person: Person, chat: Chat, wish: Json) -> None:
        """What is too long for one message goes out in several, as Telegram's apps do."""
        text = str(wish["text"]).strip()
        while text:
            piece = text[:TEXT_LIMIT]
            while units(piece) > TEXT_LIMIT:
                piece = piece[:-1]
            text = text[len(piece) :]
            await self._world.sends(person, {**written(piece), **_answer(chat, wish)}, chat)

    async def _edit(self, person: Person, chat: Chat, wish: Json) -> None:
        self._own(person, chat, int(wish["message_id"]))
        await self._world.edits(person, int(wish["message_id"]), written(str(wish["text"]).strip()), chat)

    def _own(self, person: Person, chat: Chat, message_id: int) -> Json:
        message = chat.messages[message_id]
        if message["from"]["id"] != person.id:
            raise KeyError(message_id)
        return message

    async def _press(self, person: Person, chat: Chat, wish: Json) -> None:
        await self._world.presses(person, int(wish["message_id"]), str(wish["data"]), chat)

    async def _location(self, person: Person, chat: Chat, wish: Json) -> None:
        place: Json = {"latitude": float(wish["latitude"]), "longitude": float(wish["longitude"])}
        if wish.get("live"):
            place["live_period"] = 900
        await self._world.sends(person, {"location": place}, chat)

    async def _move(self, person: Person, chat: Chat, wish: Json) -> None:
        before = self._own(person, chat, int(wish["message_id"]))["location"]
        place = {**before, "latitude": float(wish["latitude"]), "longitude": float(wish["longitude"])}
        await self._world.edits(person, int(wish["message_id"]), {"location": place}, chat)

    async def _contact(self, person: Person, chat: Chat, wish: Json) -> None:
        of = self._world.people[int(wish.get("of", person.id))]
        contact = {"phone_number": of.phone, "first_name": of.first_name, "user_id": of.id}
        await self._world.sends(person, {"contact": contact}, chat)

    async def _users(self, person: Person, _chat: Chat, wish: Json) -> None:
        await sharing.shares_users(self._world, person, int(wish["request_id"]), [int(one) for one in wish["users"]])

    async def _sticker(self, person: Person, chat: Chat, _wish: Json) -> None:
        await self._world.sends(person, {"sticker": STICKER}, chat)

    async def _delete(self, _person: Person, chat: Chat, wish: Json) -> None:
        """A bot is not told of deletions; its next edit of the message fails."""
        self._world.delete(chat, int(wish["message_id"]))

    async def _forward(self, person: Person, chat: Chat, wish: Json) -> None:
        target = self._world.chats[int(wish["to"])]
        if person.id not in target.members:
            raise KeyError(target.id)
        await sharing.forwards(self._world, person, int(wish["message_id"]), chat, target)

    async def _react(self, person: Person, chat: Chat, wish: Json) -> None:
        await signs.reacts(self._world, person, int(wish["message_id"]), str(wish["emoji"]), chat)

    async def _inline(self, person: Person, chat: Chat, wish: Json) -> None:
        await self._world.asks_inline(person, str(wish["text"])[:256], chat)

    async def _choose(self, person: Person, chat: Chat, wish: Json) -> None:
        await inline.chooses(self._world, person, str(wish["query"]), str(wish["result"]), chat)

    async def _read(self, person: Person, chat: Chat, wish: Json) -> None:
        """Everything up to this message has been on the screen."""
        newest = int(wish["message_id"])
        if newest > person.seen.get(chat.id, 0):
            person.seen[chat.id] = newest
            self._world.tell(chat.id, {"type": "read", "person": person.id})

    async def _clock(self, _person: Person, _chat: Chat, wish: Json) -> None:
        clock = self._controls.clock
        if "to" in wish:
            clock.move_to(str(wish["to"]))
        else:
            clock.move(timedelta(minutes=float(wish["minutes"])))

    async def _afresh(self, _person: Person, _chat: Chat, _wish: Json) -> None:
        if self._controls.start_afresh is None:
            raise bad("the database is not the sandbox's own: it can't start afresh")
        self._controls.start_afresh()

    async def _block(self, person: Person, _chat: Chat, wish: Json) -> None:
        await (self._world.blocks(person) if wish["on"] else self._world.unblocks(person))

    async def _language(self, person: Person, _chat: Chat, wish: Json) -> None:
        person.language_code = "en" if wish["code"] == "en" else "zh-hans"


def written(text: str) -> Json:
    """A text message as an app sends it, with what Telegram finds in it."""
    found = with_found(Formatted(text, []))
    return {"text": found.text, **({"entities": found.entities} if found.entities else {})}


def _answer(chat: Chat, wish: Json) -> Json:
    """The message that a text replies to, with the part that it quotes."""
    if "reply_to" not in wish:
        return {}
    message = chat.messages[int(wish["reply_to"])]
    quoted = str(wish.get("quote") or "")
    return {"reply_to_message": bare(message), **(quote_of(message, quoted) if quoted else {})}
