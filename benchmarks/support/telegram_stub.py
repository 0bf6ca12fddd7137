"""A Telegram that costs as little as it can: hands updates to a bot, one for each chat in flight, and counts answers.

A chat gets its next update as soon as the bot has answered the last one, so `chats` are in flight all the time.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, TypeVarTuple

import orjson
from aiohttp import web

Ts = TypeVarTuple("Ts")

QUIET_FOR = 0.3
"""Seconds without a call after which a bot has nothing in hand."""
TOKEN = "1000000077:bench-TOKEN-bench-TOKEN-bench-TOKEN-0"
_SENT = b'{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1,"type":"private","first_name":"R"},"text":"x"}}'
_TRUE = b'{"ok":true,"result":true}'
_ME = b'{"ok":true,"result":{"id":1000000077,"is_bot":true,"first_name":"B","username":"bench_bot"}}'


class Stub:
    """`content` makes what a person sends, as the fields of a message; `last` is the method that ends an answer.
    Between an answer and the next update a person thinks for `think` seconds; a call takes `takes` seconds.
    `first` is the number of the first of these people."""

    def __init__(
        self,
        chats: int,
        last: str,
        content: Callable[[], dict[str, object]],
        *,
        think: float = 0.0,
        takes: float = 0.0,
        first: int = 1,
    ) -> None:
        self._last, self._content = last, content
        self._ids: Iterator[int] = _new_ids()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._changed = asyncio.Event()
        self.first = asyncio.Event()
        self.units = 0
        """Of the work that is measured, so far: answers, unless a class counts something else."""
        self.sent: list[tuple[float, int]] = []
        self._wanted = 1 << 62
        self._enough = asyncio.Event()
        self._chats = chats
        self._think = think
        self._takes = takes
        self._first = first
        self._is_paused = False

    def begin(self, ids: Iterator[int]) -> None:
        """From now on these people write. The updates get these numbers."""
        self._ids = ids
        for at in range(self._chats):
            # Spread over the time for which they think, since they would act in step otherwise.
            asyncio.get_running_loop().call_later(self._think * at / self._chats, self.hand_over, self._first + at)

    def pause(self) -> None:
        """Nobody writes any more."""
        self._is_paused = True

    def hang_up(self) -> None:
        """Ends the question for updates that is waiting."""
        self._changed.set()

    def hand_over(self, chat: int) -> None:
        self.put(chat, self._content())

    def put(self, chat: int, content: Mapping[str, object]) -> None:
        """A message of this person."""
        number = next(self._ids)
        self._queue(number, "message", {**self._message(number, chat), **content})

    def press(self, chat: int, data: str) -> None:
        """A button pressed by this person."""
        number = next(self._ids)
        shown = {**self._message(7, chat), "text": "x"}
        self._queue(
            number,
            "callback_query",
            {"id": str(number), "from": shown["from"], "message": shown, "chat_instance": "1", "data": data},
        )

    @staticmethod
    def _message(number: int, chat: int) -> dict[str, object]:
        user = {"id": chat, "is_bot": False, "first_name": "R", "language_code": "en"}
        where = {"id": chat, "type": "private", "first_name": "R"}
        return {"message_id": number, "date": 1_790_000_000, "chat": where, "from": user}

    def _queue(self, number: int, kind: str, body: dict[str, object]) -> None:
        self._waiting.append((number, orjson.dumps({"update_id": number, kind: body})))
        self._changed.set()

    async def _updates(self, request: web.Request) -> web.Response:
        params = await params_of(request)
        offset, wait = int(params.get("offset") or 0), float(params.get("timeout") or 0)
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        if not self._waiting:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait)
        batch = b",".join(body for _, body in itertools.islice(self._waiting, 100))
        return _json(b'{"ok":true,"result":[' + batch + b"]}")

    async def _send(self, request: web.Request) -> web.Response:
        params = await params_of(request)
        self.sent.append((time.monotonic(), int(str(params["chat_id"]))))
        if self._takes:
            await asyncio.sleep(self._takes)
        if len(self.sent) >= self._wanted:
            self._enough.set()
        if request.match_info["method"] == self._last:
            self.units += 1
            self.first.set()
            if self._chats:
                self.after_thought(self.hand_over, int(params["chat_id"]))
        return _json(_SENT)

    def after_thought(self, act: Callable[[*Ts], None], *arguments: *Ts) -> None:
        """What a person does next."""
        if self._is_paused:
            return
        if self._think:
            asyncio.get_running_loop().call_later(self._think, act, *arguments)
        else:
            act(*arguments)

    async def serve(self, request: web.Request) -> web.Response:
        """The answer to a call of the Bot API."""
        method = request.match_info["method"]
        try:
            if method == "getUpdates":
                return await self._updates(request)
            if method.startswith("send"):
                return await self._send(request)
        except ConnectionResetError:  # the bot was killed, as it is at the end of each measurement
            return web.Response()
        await request.read()
        return _json(_ME if method == "getMe" else _TRUE)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serves until the end of the block; gives the address."""
        board = Switchboard()
        async with board.listening() as url, board.connected(self):
            yield url

    async def until_sent(self, count: int) -> None:
        """Waits for so many messages."""
        self._wanted = count
        self._enough.clear()
        if len(self.sent) < count:
            async with asyncio.timeout(300):
                await self._enough.wait()

    async def rate(self, seconds: float, warm_up: float) -> float:
        """Answers a second, once the first ones are there and the warm-up is over."""
        async with asyncio.timeout(60):
            await self.first.wait()
        await asyncio.sleep(warm_up)
        loop = asyncio.get_running_loop()
        before, started = self.units, loop.time()
        await asyncio.sleep(seconds)
        return (self.units - before) / (loop.time() - started)


def _new_ids() -> Iterator[int]:
    """Of no earlier run: a bot knows the updates that it has had, and those that it had in hand when it was killed."""
    return itertools.count(time.time_ns() // 1_000_000 % 1_000_000_000)


class Switchboard:
    """One bot's Telegram, with other people behind it at one time and at another: so it need not be started again."""

    def __init__(self) -> None:
        self._nobody = self._connected = Stub(0, "", dict)
        self._ids = _new_ids()
        self._calls = 0

    async def _serve(self, request: web.Request) -> web.Response:
        self._calls += 1
        return await self._connected.serve(request)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serves until the end of the block; gives the address."""
        application = web.Application()
        application.router.add_route("*", "/bot" + TOKEN + "/{method}", self._serve)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    @contextlib.asynccontextmanager
    async def connected(self, people: Stub) -> AsyncIterator[None]:
        """These write until the end of the block."""
        self._connected = people
        self._nobody.hang_up()
        people.begin(self._ids)
        try:
            yield
        finally:
            people.pause()
            await self._until_quiet()
            self._connected = self._nobody
            people.hang_up()

    async def _until_quiet(self) -> None:
        """Until the bot has done what it had in hand: it would disturb what is measured next."""
        before = -1
        while before != self._calls:
            before = self._calls
            await asyncio.sleep(QUIET_FOR)


async def params_of(request: web.Request) -> dict[str, Any]:
    """What a call was sent with, as JSON or as a form."""
    if request.content_type == "application/json":
        return dict(orjson.loads(await request.read() or b"{}"))
    return dict(await request.post())


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
