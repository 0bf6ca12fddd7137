"""What a step of a form costs: /join from the consent to the receipt, ten updates a rider."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from aiohttp import web

from benchmarks.support.cost import LOADS, LOW, Load, at_both_loads, echo, per_unit
from benchmarks.support.database_proxy import DatabaseProxy
from benchmarks.support.processes import postgresql, running, settings
from benchmarks.support.report import Result
from benchmarks.support.rounds import Contestants
from benchmarks.support.telegram_stub import Stub, params_of
from handlers.inputs.consent import JOIN
from handlers.membership.presses import AGREE

COUNTED_FOR = 8.0
ID_NUMBER = "370102199001010036"
Buttons = list[list[dict[str, str]]]


class Step(NamedTuple):
    """What the bot says, and what the rider then does: writes, or presses the button that ends like this."""

    heard: str
    text: str = ""
    button: str = ""


SCRIPT = (
    Step("Before the first question", button=AGREE.data(JOIN.version)),
    Step("What is your name?", text="李雷"),
    Step("or type the number", text="138 0013 8000"),
    Step("Which platform", button=":choose:0"),
    Step("Which district", text="德城区"),
    Step("What is your ID number", text=ID_NUMBER),
    Step("Are you insured", button=":choose:no"),
    Step("Is everything correct?", button=":send:"),
    Step("Your receipt number is"),
)
PEERS_SCRIPT = tuple(
    one._replace(button=button)
    for one, button in zip(SCRIPT, ("agree", "", "", "meituan", "", "", "no", "send", ""), strict=True)
)
"""The questions of form_peer.py are the same, what its buttons hold is not."""


class Applicants(Stub):
    """People who each go through the script; who is done is followed by somebody new."""

    def __init__(self, load: Load, script: Sequence[Step] = SCRIPT) -> None:
        # Nobody who is in a form already, from an earlier run.
        first = 10**10 + time.time_ns() // 1_000_000 % 10**9 * 1_000
        super().__init__(load.chats, "", lambda: {"text": "/join"}, think=load.think, first=first)
        self.script = script
        self.at: dict[int, int] = {}
        self.steps = 0
        self._people = itertools.count(first + load.chats)

    async def _send(self, request: web.Request) -> web.Response:
        params = await params_of(request)
        chat, text = int(params["chat_id"]), str(params.get("text", ""))
        step = self.script[self.at.get(chat, 0)]
        if step.heard in text:
            self.steps += 1
            self.first.set()
            self.at[chat] = self.at.get(chat, 0) + 1
            self._go_on(chat, step, params)
        return web.json_response(
            {"ok": True, "result": {"message_id": 7, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}}
        )

    def _go_on(self, chat: int, step: Step, params: dict[str, Any]) -> None:
        if step.text:
            self.after_thought(self.put, chat, {"text": step.text})
        elif step.button:
            self.after_thought(self.press, chat, button_of(params, step.button))
        else:
            del self.at[chat]
            self.after_thought(self.hand_over, next(self._people))


def button_of(params: dict[str, Any], ending: str) -> str:
    markup = params["reply_markup"]
    keys: Buttons = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return next(key["callback_data"] for row in keys for key in row if key["callback_data"].endswith(ending))


async def step(folder: Path, database: str, load: Load) -> float:
    """CPU milliseconds of a step."""
    stub = Applicants(load)
    async with stub.listening() as url, running("bot", "run", environment=settings(folder, url, database)) as process:
        return await per_unit(stub, process, lambda: stub.steps, load)


async def peers_step(database: str, load: Load) -> float:
    """The same of aiogram's."""
    stub = Applicants(load, PEERS_SCRIPT)
    async with stub.listening() as url, running("benchmarks.support.form_peer", url, database) as process:
        return await per_unit(stub, process, lambda: stub.steps, load)


async def round_trips(folder: Path, database: str) -> float:
    """To PostgreSQL, in a step; what the clock's work asks meanwhile is taken off."""
    proxy, stub = DatabaseProxy(database), Applicants(LOW)
    async with (
        proxy.running() as through,
        stub.listening() as url,
        running("bot", "run", environment=settings(folder, url, through)),
    ):
        async with asyncio.timeout(60):
            await stub.first.wait()
        before, steps = proxy.round_trips, stub.steps
        await asyncio.sleep(COUNTED_FOR)
        asked, steps = proxy.round_trips - before, stub.steps - steps
        stub.pause()
        await asyncio.sleep(2)
        before = proxy.round_trips
        await asyncio.sleep(COUNTED_FOR)
        idle = proxy.round_trips - before
    return (asked - idle) / steps


async def measure(folder: Path) -> list[Result]:
    sqlite, peers_sqlite = (f"sqlite+aiosqlite:///{folder}/{name}.db" for name in ("forms", "peers_forms"))
    with postgresql(folder / "own") as url, postgresql(folder / "peers") as peers_url:
        kinds = {"SQLite": (sqlite, peers_sqlite, "<= 1.0"), "PostgreSQL": (url, peers_url, "<= 1.3")}

        def at(load: Load) -> Contestants:
            contestants: dict[str, Callable[[], Awaitable[float]]] = {}
            contestants[f"echo, {load.name}"] = partial(echo, "aiogram", load)
            for kind, (own, peers, _) in kinds.items():
                contestants[f"step, {kind}, {load.name}"] = partial(step, folder, own, load)
                contestants[f"peer's step, {kind}, {load.name}"] = partial(peers_step, peers, load)
            return contestants

        found = await at_both_loads(at)
        trips = await round_trips(folder, url)
    results = [Result("round trips to PostgreSQL in a form step", trips, "", goal="<= 2")]
    for load in LOADS:
        for kind, (_, _, goal) in kinds.items():
            name, ours = f"CPU of a form step, {kind}, {load.name}", found[f"step, {kind}, {load.name}"]
            theirs = found[f"peer's step, {kind}, {load.name}"]
            results += [
                Result(name, ours, "ms", "aiogram echo", found[f"echo, {load.name}"], goal),
                Result(name, ours, "ms", "aiogram FSM, SQLAlchemy", theirs, "<= 0.5"),
            ]
    return results
