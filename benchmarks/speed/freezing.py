"""How long it takes until a broadcast has a delivery for each of a million people."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.support.processes import postgresql
from benchmarks.support.recipients import fill
from benchmarks.support.report import Result
from storage.broadcasts import recipients as broadcast_recipients
from storage.broadcasts import running as running_broadcasts

MILLION = 1_000_000


async def freezing(url: str, kind: str) -> list[Result]:
    database, _ = await fill(url, MILLION)
    started = time.perf_counter()
    now = datetime.now(UTC)
    more = True
    while more:
        async with database.writing() as session:
            row = await running_broadcasts.due(session, now)
            assert row is not None
            running_broadcasts.start(row, now)
            more = not await broadcast_recipients.freeze_chunk(session, row, now)
            total = row.total
    assert total == MILLION
    await database.close()
    return [Result(f"freezing 1,000,000 recipients, {kind}", time.perf_counter() - started, "s")]


async def measure(folder: Path) -> list[Result]:
    with postgresql(folder) as url:
        return [
            *await freezing(f"sqlite+aiosqlite:///{folder}/million.db", "SQLite"),
            *await freezing(url, "PostgreSQL"),
        ]
