"""A Telegram for the tests, over real HTTP: hands updates over until confirmed, and keeps what the bot says."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

Json = dict[str, Any]
TOKEN = "42:TEST"


class Telegram:
    """Updates wait until getUpdates confirms them by a higher offset; every other call is kept in `calls`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.waiting: list[Json] = []
        self.next_update = 100
        self.next_message = 1_000
        self.latency = 0.0
        self.published: list[tuple[str, Json]] = []
        self.faults: list[tuple[int, Json]] = []
        self.changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Telegram:
        application = web.Application()
        application.router.add_post(f"/bot{TOKEN}/{{method}}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        params: Json = await request.json()
        if method == "getMe":
            return web.json_response({"ok": True, "result": {"id": 42, "is_bot": True, "username": "nuanxin_bot"}})
        if method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._updates(params)})
        await asyncio.sleep(self.latency)
        if method.startswith("setMy") and "scope" not in params:
            self.published.append((method, params))
            return web.json_response({"ok": True, "result": True})
        if self.faults:
            status, body = self.faults.pop(0)
            return web.json_response(body, status=status)
        async with self.changed:
            self.next_message += 1
            self.calls.append((method, params))
            self.changed.notify_all()
        return web.json_response({"ok": True, "result": {"message_id": self.next_message}})

    async def _updates(self, params: Json) -> list[Json]:
        async with self.changed:
            self.waiting = [update for update in self.waiting if update["update_id"] >= params.get("offset", 0)]
            self.changed.notify_all()
            if not self.waiting and params.get("timeout"):
                try:
                    await asyncio.wait_for(self.changed.wait_for(lambda: bool(self.waiting)), params["timeout"])
                except TimeoutError:
                    return []
            return self.waiting[: params.get("limit", 100)]

    async def hand_over(self, kind: str, body: Json) -> None:
        async with self.changed:
            self.waiting.append({"update_id": self.next_update, kind: body})
            self.next_update += 1
            self.changed.notify_all()

    async def until(self, true: Any) -> None:
        """Waits for something to become true of what the bot said."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(true), 10)


class Rider:
    """Somebody with a phone."""

    def __init__(self, telegram: Telegram, person_id: int, language: str = "en") -> None:
        self.telegram = telegram
        self.id = person_id
        self.language = language
        self.heard = 0
        self.at = 1

    @property
    def _user(self) -> Json:
        return {"id": self.id, "is_bot": False, "first_name": "Rider", "language_code": self.language}

    async def sends(self, **content: Any) -> None:
        self.at += 1
        chat = {"id": self.id, "type": "private"}
        body = {"message_id": self.at, "date": 1_790_000_000, "chat": chat, "from": self._user, **content}
        await self.telegram.hand_over("message", body)

    async def presses(self, data: str, message_id: int = 1_001) -> None:
        self.at += 1
        message = {"message_id": message_id, "date": 1_790_000_000, "chat": {"id": self.id, "type": "private"}}
        body = {"id": f"q{self.at}", "from": self._user, "chat_instance": "1", "data": data, "message": message}
        await self.telegram.hand_over("callback_query", body)

    def said_to_me(self) -> list[tuple[str, Json]]:
        return [call for call in self.telegram.calls if call[1].get("chat_id") == self.id]

    async def hears(self) -> Json:
        """The next thing that the bot says to this person."""
        await self.telegram.until(lambda: len(self.said_to_me()) > self.heard)
        self.heard += 1
        method, params = self.said_to_me()[self.heard - 1]
        return {"method": method, **params}
