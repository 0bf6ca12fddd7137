"""The phone's side of the sandbox: the page, its files, and a WebSocket on which each person's chats are live."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from aiohttp import WSMsgType, web

from bot.sandbox import mini_apps, signs
from bot.sandbox.codes import NoCode, read_code
from bot.sandbox.files import IN_LIMIT
from bot.sandbox.menus import description_for, menu_button_of, menu_of
from bot.sandbox.params import Json, Refusal, Upload
from bot.sandbox.people import Chat, Person
from bot.sandbox.unread import marks
from bot.sandbox.wishes import Controls, Wishes
from bot.sandbox.world import World

PAGE = Path(__file__).parent / "phone"
_KINDS = {".js": "text/javascript", ".css": "text/css"}
_POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; frame-ancestors 'none'"
_KEPT_EVENTS = 1_000
TO_ALL = 0
"""In the place of a chat: what every phone shows."""


class Phone:
    """Serves the page for the people of one world."""

    def __init__(self, world: World, controls: Controls) -> None:
        self._world = world
        self._controls = controls
        self._wishes = Wishes(world, controls)
        self._sockets: set[web.WebSocketResponse] = set()
        controls.clock.on_move.append(lambda: world.tell(TO_ALL, self._time()))

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get("/", self._page)
        application.router.add_get("/phone/live", self._live)
        application.router.add_post("/phone/upload", self._upload)
        application.router.add_get("/phone/file/{file_id}", self._file)
        application.router.add_get("/phone/code/{file_id}", self._code)
        application.router.add_get("/phone/app", self._app)
        application.router.add_get("/phone/{name}", self._static)
        application.on_shutdown.append(self._close)

    async def _close(self, _application: web.Application) -> None:
        for socket in set(self._sockets):
            await socket.close()

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.Response(text=(PAGE / "index.html").read_text("utf-8"), content_type="text/html", headers=headers)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        file = next((one for one in PAGE.iterdir() if one.name == request.match_info["name"]), None)
        if file is None or file.suffix not in _KINDS:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-store"}
        return web.Response(text=file.read_text("utf-8"), content_type=_KINDS[file.suffix], headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        upload = self._world.files.get(request.match_info["file_id"])
        if upload is None:
            raise web.HTTPNotFound
        kind = "image/png" if upload.content.startswith(b"\x89PNG") else "application/octet-stream"
        kind = "image/jpeg" if upload.content.startswith(b"\xff\xd8") else kind
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=upload.content, content_type=kind, headers=headers)

    async def _code(self, request: web.Request) -> web.Response:
        """What the code in a picture says, as if another phone's camera had looked at it."""
        upload = self._world.files.get(request.match_info["file_id"])
        if upload is None:
            raise web.HTTPNotFound
        try:
            text = await asyncio.to_thread(read_code, upload.content)
        except NoCode:
            return web.json_response({"text": ""})
        return web.json_response({"text": text})

    async def _app(self, request: web.Request) -> web.Response:
        """Where the frame finds a Mini App that this person opens; only the bot's own pages get signed data."""
        url = request.query.get("url", "")
        if urlsplit(url).netloc != request.host:
            raise web.HTTPBadRequest
        dark = request.query.get("dark") == "1"
        return web.json_response({"url": mini_apps.opened(self._world, self._person(request), url, dark=dark)})

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
            if chat_id == TO_ALL:
                await _send(socket, event)
            elif chat is not None and person.id in chat.members:
                await _send(socket, {**event, "chat": chat_id})
            if event["type"] in ("message", "deleted", "read"):
                await _send(socket, {"type": "marks", "marks": marks(self._world)})

    def _time(self) -> Json:
        """How far the clock is ahead of the machine's, and the organisation's zone."""
        clock = self._controls.clock
        return {"type": "time", "ahead": clock.ahead.total_seconds(), "zone": clock.zone.key}

    def _state(self, person: Person) -> Json:
        world = self._world
        chats = [chat for chat in world.chats.values() if person.id in chat.members]
        return {
            "type": "state",
            "bot": world.bot,
            "me": {"id": person.id, "blocks": person.blocks, "language_code": person.language_code},
            "people": [{"id": one.id, "name": one.first_name, "role": one.role} for one in world.people.values()],
            "chats": [_chat_state(chat) for chat in chats],
            "marks": marks(world),
            "time": self._time(),
            "can_start_afresh": self._controls.start_afresh is not None,
            "commands": menu_of(world, person),
            "button": menu_button_of(world, person),
            "description": description_for(world, person),
        }

    async def _act(self, socket: web.WebSocketResponse, person: Person, data: str) -> None:
        try:
            wish = orjson.loads(data)
            chat = self._world.chats[int(wish.get("chat", person.id))]
            if person.id not in chat.members:
                raise KeyError(chat.id)
            await self._wishes.actions[wish["do"]](person, chat, wish)
        except Refusal as refusal:
            await _send(socket, {"type": "trouble", "text": refusal.description})
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            await _send(socket, {"type": "trouble", "text": f"{type(error).__name__}: {error}"})
        else:
            if wish["do"] in ("block", "language"):
                await _send(socket, self._state(person))

    async def _upload(self, request: web.Request) -> web.Response:
        person = self._person(request)
        chat = self._world.chats[int(request.query.get("chat", person.id))]
        name, content = request.query.get("name", "file")[:200], await request.read()
        if not content or len(content) > IN_LIMIT or person.id not in chat.members:
            raise web.HTTPRequestEntityTooLarge(IN_LIMIT, len(content)) if content else web.HTTPBadRequest
        try:
            await self._wishes.sends_file(person, chat, request.query.get("kind", "document"), Upload(name, content))
        except (Refusal, KeyError) as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"ok": True})


def _chat_state(chat: Chat) -> Json:
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "keyboard": chat.keyboard,
        "messages": list(chat.messages.values()),
        "silent": sorted(chat.silent),
        "pinned": chat.pinned,
        "reactions": {str(message_id): signs.shown(chat, message_id) for message_id in chat.reactions},
    }


async def _send(socket: web.WebSocketResponse, event: Json) -> None:
    if not socket.closed:
        await socket.send_str(orjson.dumps(event).decode())
