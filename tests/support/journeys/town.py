"""The sandbox for one journey: demo data, and a clock that starts on the same Thursday morning every time."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot import demo
from bot.app import App
from bot.config.config import Config, load
from bot.demo import figures
from bot.process import served
from bot.sandbox import runner as sandbox
from bot.sandbox.clock import SandboxClock
from bot.sandbox.wishes import Controls
from bot.sandbox.world import World
from storage import schema
from storage.database import Database, open_database
from storage.encryption import Vault
from tests.support.simulator import free_port, running

ZONE = "Asia/Shanghai"
MORNING = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
"""Ten o'clock in China."""
_FILLED = "filled.db"


@dataclass(frozen=True, slots=True)
class Town:
    """Where the page is, and what the journey's clock and phones are."""

    address: str
    clock: SandboxClock
    world: World

    def pass_time(self, by: timedelta) -> None:
        self.clock.move(by)


def _opened(file: Path) -> Database:
    return open_database(f"sqlite+aiosqlite:///{file}", Vault([bytes(32)]))


async def fill(folder: Path) -> None:
    """Makes the database that every journey begins with."""
    database = _opened(folder / _FILLED)
    await schema.migrate(database)
    await demo.fill(database, MORNING, sandbox.COORDINATOR)
    await figures.add(database, MORNING, ZONE)
    await database.close()


@contextlib.asynccontextmanager
async def town(folder: Path, name: str) -> AsyncIterator[Town]:
    """A sandbox of its own, with a copy of what `fill` has made."""
    file = folder / f"{name}.db"
    shutil.copy(folder / _FILLED, file)
    database = _opened(file)
    ahead = MORNING - datetime.now(UTC)
    clock = SandboxClock(ZONE, ahead)
    world, application = sandbox.town(clock.seconds), web.Application(client_max_size=64 << 20)
    sandbox.serve(world, application, Controls(clock))
    async with served(application, free_port(), leaves_within=0.2) as address:
        app = App(_configured(folder, address, world.token), database, clock)

        def look_again() -> None:
            app.services.scheduler.wake_all()
            app.background.delivery_sender.awake.set()

        async with running(app):
            clock.on_move.append(look_again)
            yield Town(address, clock, world)


def _configured(folder: Path, address: str, token: str) -> Config:
    """As the sandbox has it, for somebody who taps faster than people do."""
    config = load(folder / "none.toml")
    pace = {"messages_per_second": 1_000, "messages_per_second_per_chat": 1_000}
    telegram = config.telegram.model_copy(update=pace)
    limits = config.limits.model_copy(update={"burst": 100_000})
    config = config.model_copy(update={"telegram": telegram, "limits": limits})
    return sandbox.sandboxed(config, int(address.rpartition(":")[2]), token)
