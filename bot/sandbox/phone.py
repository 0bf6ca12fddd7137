"""The phone's side of the sandbox: the page, its files, and a WebSocket on which each person's chats are live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from aiohttp import WSMsgType, web

from bot.sandbox.entities import TEXT_LIMIT, Formatted, units, with_found
from bot.sandbox.files import IN_LIMIT, STICKER
from bot.sandbox.params import Json, Refusal, Upload
from bot.sandbox.people import Chat, Person
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "phone"
_STATIC = {
    "phone.js": "text/javascript",
    "map.js": "text/javascript",
    "richtext.js": "text/javascript",
    "words.js": "text/javascript",
    "phone.css": "text/css",
}
_POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; frame-ancestors 'none'"
_KEPT_EVENTS = 1_000


class Phone:
    """Serves the page for the people of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sockets: set[web.WebSocketResponse] = set()
        self._actions: dict[str, Callable[[Person, Chat, Json], Awaitable[object]]] = {
            "text": self._text,
            "edit": self._edit,
            "press": self._press,
            "location": self._location,
            "move": self._move,
            "contact": self._contact,
            "sticker": self._sticker,
            "delete": self._delete,
            "block": self._block,
            "language": self._language,
        }

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get("/", self._page)
        application.router.add_get("/phone/live", self._live)
        application.router.add_post("/phone/upload", self._upload)
        application.router.add_get("/phone/file/{file_id}", self._file)
        application.router.add_get("/phone/{name}", self._static)
        application.on_shutdown.append(self._close)

    async def _close(self, _application: web.Application) -> None:
        for socket in set(self._sockets):
            await socket.close()

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.Response(text=(PAGE / "index.html").read_text("utf-8"), content_type="text/html", headers=headers)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        text = (PAGE / name).read_text("utf-8")
        return web.Response(text=text, content_type=_STATIC[name], headers={"Cache-Control": "no-store"})

    async def _file(self, request: web.Request) -> web.Response:
        upload = self._world.files.get(request.match_info["file_id"])
        if upload is None:
            raise web.HTTPNotFound
        kind = "image/png" if upload.content.startswith(b"\x89PNG") else "application/octet-stream"
        kind = "image/jpeg" if upload.content.startswith(b"\xff\xd8") else kind
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=upload.content, content_type=kind, headers=headers)

    def _person(self, request: web.Request) -> Person:
        wanted = request.query.get("person", "")
        person = self._world.people.get(int(wanted)) if wanted.isdigit() else next(iter(self._world.people.values()))
        if person is None:
            raise web.HTTPNotFound
        return person

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """One socket shows one person's chats; what that person does comes in on it."""
        person = self._person(request)
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=1 << 20)
        await socket.prepare(request)
        self._sockets.add(socket)
        events: asyncio.Queue[tuple[int, Json]] = asyncio.Queue(_KEPT_EVENTS)

        def listen(chat_id: int, event: Json) -> None:
            if not events.full():
                events.put_nowait((chat_id, event))

        self._world.listeners.add(listen)
        await _send(socket, self._state(person))
        sending = asyncio.create_task(self._send_events(socket, person, events))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._act(socket, person, message.data)
        finally:
            self._world.listeners.discard(listen)
            self._sockets.discard(socket)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return socket

    async def _send_events(
        self, socket: web.WebSocketResponse, person: Person, events: asyncio.Queue[tuple[int, Json]]
    ) -> None:
        while True:
            chat_id, event = await events.get()
            chat = self._world.chats.get(chat_id)
            if chat is not None and person.id in chat.members:
                await _send(socket, {**event, "chat": chat_id})

    def _state(self, person: Person) -> Json:
        world = self._world
        chats = [chat for chat in world.chats.values() if person.id in chat.members]
        return {
            "type": "state",
            "bot": world.bot,
            "me": {"id": person.id, "blocks": person.blocks, "language_code": person.language_code},
            "people": [{"id": one.id, "name": one.first_name, "role": one.role} for one in world.people.values()],
            "chats": [
                {
                    "id": chat.id,
                    "type": chat.type,
                    "title": chat.title,
                    "keyboard": chat.keyboard,
                    "messages": list(chat.messages.values()),
                }
                for chat in chats
            ],
            "commands": world.menu_of(person),
            "description": world.texts.get(("description", person.language_code.split("-")[0]))
            or world.texts.get(("description", ""), ""),
        }

    async def _act(self, socket: web.WebSocketResponse, person: Person, data: str) -> None:
        try:
            wish = orjson.loads(data)
            chat = self._world.chats[int(wish.get("chat", person.id))]
            if person.id not in chat.members:
                raise KeyError(chat.id)
            await self._actions[wish["do"]](person, chat, wish)
        except Refusal as refusal:
            await _send(socket, {"type": "trouble", "text": refusal.description})
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            await _send(socket, {"type": "trouble", "text": f"{type(error).__name__}: {error}"})
        else:
            if wish["do"] in ("block", "language"):
                await _send(socket, self._state(person))

    async def _text(self, person: Person, chat: Chat, wish: Json) -> None:
        """What is too long for one message goes out in several, as Telegram's apps do."""
        text = str(wish["text"]).strip()
        while text:
            piece = text[:TEXT_LIMIT]
            while units(piece) > TEXT_LIMIT:
                piece = piece[:-1]
            text = text[len(piece) :]
            await self._world.sends(person, written(piece), chat)

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

    async def _sticker(self, person: Person, chat: Chat, _wish: Json) -> None:
        await self._world.sends(person, {"sticker": STICKER}, chat)

    async def _delete(self, _person: Person, chat: Chat, wish: Json) -> None:
        """A bot is not told of deletions; its next edit of the message fails."""
        self._world.delete(chat, int(wish["message_id"]))

    async def _block(self, person: Person, _chat: Chat, wish: Json) -> None:
        await (self._world.blocks(person) if wish["on"] else self._world.unblocks(person))

    async def _language(self, person: Person, _chat: Chat, wish: Json) -> None:
        person.language_code = "en" if wish["code"] == "en" else "zh-hans"

    async def _upload(self, request: web.Request) -> web.Response:
        person = self._person(request)
        chat = self._world.chats[int(request.query.get("chat", person.id))]
        name, content = request.query.get("name", "file")[:200], await request.read()
        if not content or len(content) > IN_LIMIT or person.id not in chat.members:
            raise web.HTTPRequestEntityTooLarge(IN_LIMIT, len(content)) if content else web.HTTPBadRequest
        upload, files = Upload(name, content), self._world.files
        try:
            kinds: dict[str, Callable[[Upload], object]] = {
                "photo": files.photo,
                "document": files.document,
                "voice": files.voice,
            }
            kind = request.query.get("kind", "document")
            await self._world.sends(person, {kind: kinds[kind](upload)}, chat)
        except (Refusal, KeyError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"ok": True})


def written(text: str) -> Json:
    """A text message as an app sends it, with what Telegram finds in it."""
    found = with_found(Formatted(text, []))
    return {"text": found.text, **({"entities": found.entities} if found.entities else {})}


async def _send(socket: web.WebSocketResponse, event: Json) -> None:
    if not socket.closed:
        await socket.send_str(orjson.dumps(event).decode())
