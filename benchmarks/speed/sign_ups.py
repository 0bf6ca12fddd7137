"""Complete sign-ups: /join from the consent to the receipt, eleven updates each; and where the time of a step goes."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import orjson
from aiohttp import web

from benchmarks.support.processes import postgresql, running, settings
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub
from bot.app import App
from bot.config.config import load
from bot.telegram.courier import Courier
from handlers.chat.replies import Outgoing
from handlers.inputs.consent import JOIN
from handlers.membership.presses import AGREE
from storage import schema
from storage.database import open_database
from storage.encryption import Vault

CHATS, SECONDS, WARM_UP, ALONE = 64, 10.0, 2.0, 60
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
    Step("What do you transport", button=":choose:meals"),
    Step("Which district", text="德城区"),
    Step("What is your ID number", text=ID_NUMBER),
    Step("Are you insured", button=":choose:no"),
    Step("a picture of your profile", button=":skip:"),
    Step("Is everything correct?", button=":send:"),
    Step("Your receipt number is"),
)
STEPS = len(SCRIPT)


class Applicants(Stub):
    """People who each go through the script; who is done is followed by somebody new."""

    def __init__(self, chats: int, script: Sequence[Step] = SCRIPT) -> None:
        super().__init__(chats, "", lambda: {"text": "/join"})
        self.script = script
        self.at: dict[int, int] = {}
        self.done = self.steps = 0
        self._people = itertools.count(1_000_000)

    async def _send(self, request: web.Request) -> web.Response:
        params = await request.json(loads=orjson.loads)
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
            self.put(chat, {"text": step.text})
        elif step.button:
            self.press(chat, button_of(params, step.button))
        else:
            self.done += 1
            del self.at[chat]
            self.hand_over(next(self._people))


def button_of(params: dict[str, Any], ending: str) -> str:
    keys: Buttons = params["reply_markup"]["inline_keyboard"]
    return next(key["callback_data"] for row in keys for key in row if key["callback_data"].endswith(ending))


async def rate(folder: Path, database: str) -> tuple[float, float]:
    """(sign-ups, steps) a second."""
    stub = Applicants(CHATS)
    async with stub.listening() as url, running("bot", "run", environment=settings(folder, url, database)):
        async with asyncio.timeout(60):
            await stub.first.wait()
        await asyncio.sleep(WARM_UP)
        done, steps, started = stub.done, stub.steps, time.monotonic()
        await asyncio.sleep(SECONDS)
        taken = time.monotonic() - started
        return (stub.done - done) / taken, (stub.steps - steps) / taken


async def shares(folder: Path) -> dict[str, float]:
    """Where the time of a step goes, for one person after the other, without a network: milliseconds a step."""
    database = open_database(f"sqlite+aiosqlite:///{folder}/shares.db", Vault([bytes(32)]))
    await schema.migrate(database)
    app = App(load(folder / "none.toml"), database)
    spent: Counter[str] = Counter()
    heard: list[Outgoing] = []

    async def take(outgoings: list[Outgoing]) -> None:
        heard[:] = outgoings

    answering = app.updates.pipeline
    stages = answering._stages
    stages.outbox._courier = cast(Courier, SimpleNamespace(send_all=take))
    known, marks = stages.lookup._batched, stages.outbox.marks
    known._run = timed(spent, "who speaks", known._run)
    setattr(marks, "_write", timed(spent, "noting the answers", marks._write))  # noqa: B010
    setattr(stages.transaction, "_write", timed(spent, "the transaction", stages.transaction._write))  # noqa: B010
    numbers, started = itertools.count(1), time.perf_counter()
    for person in range(1, ALONE + 1):
        await answering.handle(message(next(numbers), person, "/join"))
        for step in SCRIPT[:-1]:
            said = next(one.params for one in heard if step.heard in str(one.params.get("text")))
            if step.text:
                raw = message(next(numbers), person, step.text)
            else:
                raw = press(next(numbers), person, button_of(said, step.button))
            await answering.handle(raw)
    total = (time.perf_counter() - started) / (ALONE * STEPS) * 1e3
    parts = {name: seconds / (ALONE * STEPS) * 1e3 for name, seconds in spent.items()}
    await database.close()
    return {"a step": total, **parts, "all else": total - sum(parts.values())}


def timed(spent: Counter[str], name: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def measured(*arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return await work(*arguments)
        finally:
            spent[name] += time.perf_counter() - started  # type: ignore[assignment]

    return measured


def _from(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "R", "language_code": "en"}


def message(number: int, person: int, text: str) -> dict[str, Any]:
    chat = {"id": person, "type": "private", "first_name": "R"}
    now = int(datetime.now(UTC).timestamp())
    body = {"message_id": number, "date": now, "chat": chat, "from": _from(person), "text": text}
    return {"update_id": number, "message": body}


def press(number: int, person: int, data: str) -> dict[str, Any]:
    shown = message(number, person, "x")["message"]
    body = {"id": str(number), "from": _from(person), "message": shown, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": body}


async def measure(folder: Path) -> list[Result]:
    results = []
    with postgresql(folder) as url:
        for kind, database in (("SQLite", f"sqlite+aiosqlite:///{folder}/signups.db"), ("PostgreSQL", url)):
            signups, steps = await rate(folder, database)
            goal = ">= 400" if kind == "SQLite" else ""
            results += [
                Result(f"sign-ups, {CHATS} people at once, {kind}", signups, "1/s"),
                Result(f"form steps, {CHATS} people at once, {kind}", steps, "1/s", goal=goal),
            ]
    parts = await shares(folder)
    total = parts.pop("a step")
    results.append(Result("a step, one after the other, no network, SQLite", total, "ms"))
    results += [Result(f"  of it: {name}", spent, "ms", "the step", total) for name, spent in parts.items()]
    return results
