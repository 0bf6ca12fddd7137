"""The floor under what an update costs (see benchmarks/support/floor.py), beside an aiogram echo; it has no goal."""

from __future__ import annotations

from pathlib import Path

from benchmarks.support.beside_echo import beside_echo
from benchmarks.support.cost import Load, per_unit
from benchmarks.support.processes import postgresql, running
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub


async def floor(database: str, load: Load) -> float:
    """CPU milliseconds of an update."""
    stub = Stub(load.chats, "sendMessage", lambda: {"text": "hello"}, think=load.think)
    async with stub.listening() as url, running("benchmarks.support.floor", url, database) as process:
        return await per_unit(stub, process, lambda: stub.answered, load)


async def measure(folder: Path) -> list[Result]:
    with postgresql(folder) as url:
        databases = {"none": ("", ""), "SQLite": (f"sqlite:///{folder}/floor.db", ""), "PostgreSQL": (url, "")}
        return list((await beside_echo("the floor", floor, databases)).values())
