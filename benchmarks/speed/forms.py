"""What a step of a form costs: /join from the consent to the receipt, ten updates a rider."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from aiohttp import web

from benchmarks.support.cost import LOW, Load
from benchmarks.support.database_proxy import DatabaseProxy
from benchmarks.support.processes import postgresql, running, settings
from benchmarks.support.programs import Crowd
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub, params_of
from benchmarks.support.units import Found, Peer, Unit, by_kind
from handlers.inputs.consent import JOIN
from handlers.membership.presses import AGREE

COUNTED_FOR, UNDER_WAY_AFTER = 6.0, 4.0
"""Seconds; by then everybody is beyond the beginning of the form."""
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
GOES_BACK_FROM = "Which platform"
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
        self._people = itertools.count(first + load.chats)

    async def _send(self, request: web.Request) -> web.Response:
        params = await params_of(request)
        chat, text = int(params["chat_id"]), str(params.get("text", ""))
        step = self.script[self.at.get(chat, 0)]
        if step.heard in text:
            self.units += 1
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


class Wavering(Applicants):
    """People who go back from a question to the one before it, again and again: each of their updates is a step of the
    form, and neither its beginning nor its end."""

    def _go_on(self, chat: int, step: Step, params: dict[str, Any]) -> None:
        if step.heard != GOES_BACK_FROM:
            super()._go_on(chat, step, params)
            return
        self.at[chat] -= 2
        self.after_thought(self.press, chat, button_of(params, ":back:"))


def button_of(params: dict[str, Any], ending: str) -> str:
    markup = params["reply_markup"]
    keys: Buttons = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return next(key["callback_data"] for row in keys for key in row if key["callback_data"].endswith(ending))


async def round_trips(folder: Path, database: str) -> float:
    """To PostgreSQL, in a step; what the clock's work asks meanwhile is taken off."""
    proxy, stub = DatabaseProxy(database), Wavering(LOW)
    async with (
        proxy.running() as through,
        stub.listening() as url,
        running("bot", "run", environment=settings(folder, url, through)),
    ):
        async with asyncio.timeout(60):
            await stub.first.wait()
        await asyncio.sleep(UNDER_WAY_AFTER)
        before, steps = proxy.round_trips, stub.units
        await asyncio.sleep(COUNTED_FOR)
        asked, steps = proxy.round_trips - before, stub.units - steps
        stub.pause()
        await asyncio.sleep(2)
        before = proxy.round_trips
        await asyncio.sleep(COUNTED_FOR)
        idle = proxy.round_trips - before
    return (asked - idle) / steps


async def _nobody_yet(_folder: Path, _url: str) -> Crowd:
    return Applicants


async def _round_trips(folder: Path, _found: Found) -> list[Result]:
    with postgresql(folder / "counted") as url:
        step = await round_trips(folder / "counted", url)
    return [Result("round trips to PostgreSQL in a form step", step, "", goal="<= 2")]


UNIT = Unit(
    "a form step",
    _nobody_yet,
    by_kind("<= 1.0", "<= 1.3"),
    Peer(
        "aiogram FSM, SQLAlchemy",
        "benchmarks.support.form_peer",
        partial(Applicants, script=PEERS_SCRIPT),
        "<= 0.5",
    ),
    _round_trips,
)
