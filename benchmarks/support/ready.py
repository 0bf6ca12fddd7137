"""Bots that are ready and that nobody writes to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from benchmarks.speed.replicas import free_port
from benchmarks.support.processes import ROOT, fill_with_demo, import_stations, running, settings, until_ready
from benchmarks.support.telegram_stub import Stub


@contextlib.asynccontextmanager
async def ready_bot(
    folder: Path, database: str = "", tree: Path = ROOT, own: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One from the source in `tree`, as soon as it is ready; `own` are further settings."""
    port = free_port()
    async with Stub(0, "", dict).listening() as url:
        environment = {**settings(folder, url, database), "NUANXIN_WEB__PORT": str(port), **(own or {})}
        async with running("bot", "run", environment=environment, tree=tree) as process:
            await until_ready(port)
            yield process


async def demo_and_large(folder: Path) -> tuple[Path, Path]:
    """A data folder with the demo, and one with 186,100 stations."""
    demo, large = folder / "demo", folder / "large"
    for one in (demo, large):
        one.mkdir()
    await fill_with_demo(demo)
    await import_stations(large)
    return demo, large
