"""The program within this process, without a network: updates are handed to it one after the other, and what it says to
them is noted. What each costs, and for how long the event loop was held, is counted in processor time."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import App
from bot.config.config import load
from bot.telegram.transport import AiohttpRequest
from handlers import features
from handlers.chat.context import BotIdentity
from handlers.chat.incoming import Json
from handlers.chat.replies import File
from schedules.context import ClockContext
from schedules.job import Job
from storage import keys, schema
from storage.database import open_database
from storage.encryption import Vault, decode_key
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor milliseconds: of all threads, and the longest for which the loop's own did nothing else. `units`: how
    much was made or looked at, where the cost is in proportion to that; `unit` says of what."""

    cpu: float
    held: float
    units: float = 0.0
    unit: str = ""


class HoldWatch:
    """Wakes every millisecond, and notes how much processor time the loop's thread took since the last time."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.thread_time() - before)


async def cost_of(work: Callable[[], Awaitable[object]]) -> Cost:
    watch = HoldWatch()
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0.005)
    watch.longest, before = 0.0, time.process_time()
    await work()
    spent = time.process_time() - before
    await asyncio.sleep(0.002)
    watching.cancel()
    return Cost(spent * 1e3, watch.longest * 1e3)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(one.cpu for one in costs),
        statistics.median(one.held for one in costs),
        statistics.median(one.units for one in costs),
        costs[0].unit,
    )


class Quiet(AiohttpRequest):
    """A Telegram that accepts every call immediately."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Json] = []
        self.sent = 0
        self._numbers = itertools.count(1_000)

    async def call(
        self, url: str, params: Json, files: Mapping[str, File] | None = None, read_timeout: float | None = None
    ) -> Any:
        del url, read_timeout
        self.said.append(params)
        self.sent += sum(len(file.content) for file in (files or {}).values() if isinstance(file.content, bytes))
        return {"message_id": next(self._numbers)}


class InProcess:
    """`says` and `presses` hand an update over and return when it is answered."""

    def __init__(self, app: App, quiet: Quiet) -> None:
        self.app = app
        self.made = 0
        """Bytes of the files that the last update was answered with."""
        self._quiet = quiet
        self._numbers = itertools.count(1)
        self.clock_context = ClockContext(
            app.base.settings.current,
            app.base.staff,
            app.services.directory.metres_to_nearest,
            retention=features.retention(features.FEATURES),
        )

    async def says(self, person: PersonId, content: str | Mapping[str, object]) -> None:
        fields = {"text": content} if isinstance(content, str) else content
        await self._take("message", {**self._message(person), **fields}, person)

    async def presses(self, person: PersonId, data: str) -> None:
        shown = {**self._message(person), "text": "x"}
        body = {"id": str(shown["message_id"]), "from": shown["from"], "message": shown, "chat_instance": "1"}
        await self._take("callback_query", {**body, "data": data}, person)

    async def _take(self, kind: str, body: Mapping[str, object], person: PersonId) -> None:
        self._quiet.said.clear()
        self._quiet.sent = 0
        await self.app.updates.pipeline.handle({"update_id": next(self._numbers), kind: dict(body)})
        self.made = self._quiet.sent
        if not self.heard:
            raise AssertionError(f"no answer to {body.get('text') or body.get('data')} of {person}")

    @property
    def said(self) -> Sequence[Json]:
        """The parameters of the calls since the last update was handed over."""
        return self._quiet.said

    @property
    def heard(self) -> str:
        """All that was said in answer to the last update."""
        return " ".join(str(one.get("text") or one.get("caption") or one) for one in self._quiet.said)

    def button(self, ending: str) -> str:
        """The data of a button that was shown last."""
        return next(data for data in self._buttons() if data.endswith(ending))

    def _buttons(self) -> Iterator[str]:
        for one in self._quiet.said:
            for row in one.get("reply_markup", {}).get("inline_keyboard", ()):
                yield from (key["callback_data"] for key in row if "callback_data" in key)

    def _message(self, person: PersonId) -> dict[str, Any]:
        return {
            "message_id": next(self._numbers),
            "date": int(datetime.now(UTC).timestamp()),
            "chat": {"id": person, "type": "private", "first_name": "R"},
            "from": {"id": person, "is_bot": False, "first_name": "R", "language_code": "en"},
        }

    async def tick(self, job: Job, now: datetime) -> bool:
        """One step of a job, as the scheduler takes it; True if there is more to do at once."""
        async with self.app.base.database.writing(apart=True) as session:
            return await job.run(session, now, self.clock_context)


@contextlib.asynccontextmanager
async def in_process(folder: Path, url: str, key: str, settings: str) -> AsyncIterator[InProcess]:
    """The program on this database, with these lines in its config."""
    file = folder / "config.toml"
    file.write_text(f'[security]\nencryption_keys = ["{key}"]\n[database]\nurl = "{url}"\n{settings}')
    database, quiet = open_database(url, Vault([decode_key(key)])), Quiet()
    app = App(load(file), database)
    app.telegram.courier.transport = quiet
    app.telegram.identity.learn(BotIdentity(1_000, "bench_bot"))
    await schema.migrate(database)
    async with database.writing() as session:
        await keys.check(session)
    await app.base.settings.refresh()
    await app.services.directory.refresh()
    await app.updates.in_hand.begin(folder)
    # As bot/process.py does, once the garbage of the setup has been collected.
    gc.collect()
    gc.freeze()
    try:
        yield InProcess(app, quiet)
    finally:
        gc.unfreeze()
        await app.close()
