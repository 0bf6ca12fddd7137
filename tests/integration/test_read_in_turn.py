"""What is kept in memory is read again after each change; readings that overlap never put back what was before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.background.station_directory import StationDirectory
from bot.config.runtime_settings import RuntimeSettings
from storage.database import Database
from storage.operations import settings
from storage.people import blocks
from storage.people.block_list import BlockList
from storage.stations import reports, stations
from storage.stations.ids import StationKey
from storage.stations.reports import Kind
from storage.stations.stations import Station
from storage.telegram_ids import PersonId
from tests.support.config import configured
from tests.support.simulator import ADMIN, NOON

RIDER = PersonId(580)


class _Held:
    """Stands before a module's function that reads: what the first call has read is handed on only once `let_go`."""

    def __init__(self, patched: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self._read = getattr(module, name)
        self.has_read, self.let_go = asyncio.Event(), asyncio.Event()
        patched.setattr(module, name, self)

    async def __call__(self, *arguments: Any) -> Any:
        found = await self._read(*arguments)
        if not self.has_read.is_set():
            self.has_read.set()
            await self.let_go.wait()
        return found


async def overlap(held: _Held, refresh: Callable[[], Awaitable[None]], change: Callable[[], Awaitable[None]]) -> None:
    """One reading begins before the change and ends after another one that began after it."""
    async with asyncio.TaskGroup() as readings:
        readings.create_task(_run(refresh))
        await held.has_read.wait()
        await change()
        later = readings.create_task(_run(refresh))
        await asyncio.wait([later], timeout=0.2)  # what waits for its turn is not done by then
        held.let_go.set()


async def _run(refresh: Callable[[], Awaitable[None]]) -> None:
    await refresh()


async def test_of_blocks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = BlockList(database)

    async def change() -> None:
        async with database.writing() as session:
            await blocks.block(session, RIDER, "spam", ADMIN, NOON, None)

    await overlap(_Held(monkeypatch, blocks, "read_all"), kept.refresh, change)
    assert kept.is_blocked(RIDER, NOON)


async def test_of_settings(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = RuntimeSettings(configured(tmp_path, "http://127.0.0.1:1"), database)

    async def change() -> None:
        async with database.writing() as session:
            await settings.change(session, "organisation.name", "暖新之友", ADMIN, NOON)

    await overlap(_Held(monkeypatch, settings, "read_all"), kept.refresh, change)
    assert kept.current.value.organisation.name == "暖新之友"


async def test_of_reports_about_stations(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with database.writing() as session:
        await stations.put_all(session, [Station("home", "H", 37.0, 116.0)], NOON)
    kept = StationDirectory(database, ZoneInfo("Asia/Shanghai"), "CN", lambda: NOON)
    await kept.refresh()
    key = StationKey(int(kept.index.keys[0]))

    async def change() -> None:
        async with database.writing() as session:
            for rider in (RIDER, PersonId(RIDER + 1)):
                await reports.report(session, key, rider, Kind.NO_WATER, NOON)

    await overlap(_Held(monkeypatch, reports, "believed"), kept.refresh_live, change)
    assert kept.live.until is not None
