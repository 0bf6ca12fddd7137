"""The floor under what an update costs (see benchmarks/support/floor.py), beside an aiogram echo; it has no goal."""

from __future__ import annotations

from pathlib import Path

from benchmarks.support.cost import LOADS
from benchmarks.support.processes import postgresql
from benchmarks.support.programs import costs
from benchmarks.support.report import Result
from benchmarks.support.units import ECHO, answers_hello


async def measure(folder: Path) -> list[Result]:
    with postgresql(folder) as url:
        databases = {"none": "", "SQLite": f"sqlite:///{folder}/floor.db", "PostgreSQL": url}
        floors = {kind: answers_hello("benchmarks.support.floor", at) for kind, at in databases.items()}
        found = await costs({"echo": ECHO, **floors})
    return [
        Result(f"CPU of the floor, {kind}, {load.name}", found[kind, load], "ms", "aiogram echo", found["echo", load])
        for load in LOADS
        for kind in databases
    ]
