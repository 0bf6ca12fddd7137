"""Units of the bot's work on each database, at both loads, beside an aiogram echo of one message."""

from __future__ import annotations

from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from benchmarks.support.cost import LOADS, Load
from benchmarks.support.processes import postgresql, running, settings
from benchmarks.support.programs import Crowd, Start, started
from benchmarks.support.recipients import KEY
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

Found: TypeAlias = Mapping[tuple[str, Load], Result]
"""What was measured, by the kind of database and the load."""
KINDS = ("SQLite", "PostgreSQL")
"""Of databases."""
_UNLIMITED = {"NUANXIN_LIMITS__ACTIONS_PER_MINUTE": "100000", "NUANXIN_LIMITS__BURST": "100000"}
"""The same people are measured again and again, as fast as they are answered."""


@dataclass(frozen=True)
class Peer:
    """Another program that does the same, with a database of its own: the name of its module, and its crowd."""

    name: str
    module: str
    crowd: Crowd
    goal: str


@dataclass(frozen=True)
class Unit:
    """`fill` prepares the database of a URL and returns the people; `goals` are bounds of the ratio to the echo, by the
    kind of the database and the load. `more` measures what else belongs to it."""

    what: str
    fill: Callable[[Path, str], Awaitable[Crowd]]
    goals: Callable[[str, Load], str]
    peer: Peer | None = None
    more: Callable[[Path, Found], Awaitable[list[Result]]] | None = None


def by_kind(sqlite: str, postgresql: str) -> Callable[[str, Load], str]:
    """The same goal at both loads."""
    return lambda kind, _load: sqlite if kind == "SQLite" else postgresql


def echo(url: str) -> AbstractAsyncContextManager[Process]:
    return running("benchmarks.support.peers", "aiogram", url)


def _says_hello(load: Load) -> Stub:
    return Stub(load.chats, "sendMessage", lambda: {"text": "hello"}, think=load.think)


def with_key(environment: dict[str, str]) -> dict[str, str]:
    """The same with KEY, which the databases are filled with."""
    return {**environment, "NUANXIN_SECURITY__ENCRYPTION_KEYS": f'["{KEY}"]'}


def _bot(folder: Path, database: str, url: str) -> AbstractAsyncContextManager[Process]:
    return running("bot", "run", environment={**with_key(settings(folder, url, database)), **_UNLIMITED})


def _peer(module: str, database: str, url: str) -> AbstractAsyncContextManager[Process]:
    return running(module, url, database)


async def measured(folder: Path, unit: Unit) -> list[Result]:
    """On programs and databases of its own: what another unit has left to the clock would be counted too."""
    with postgresql(folder / "own") as url, postgresql(folder / "peers") as peers_url:
        databases = {"SQLite": f"sqlite+aiosqlite:///{folder}/units.db", "PostgreSQL": url}
        peers = {"SQLite": f"sqlite+aiosqlite:///{folder}/peers.db", "PostgreSQL": peers_url}
        contestants: dict[str, tuple[str, Crowd]] = {"echo": ("echo", _says_hello)}
        starts: dict[str, Start] = {"echo": echo}
        for kind, database in databases.items():
            contestants[kind] = kind, await unit.fill(folder, database)
            starts[kind] = partial(_bot, folder, database)
            if unit.peer is not None:
                contestants[f"peer, {kind}"] = f"peer, {kind}", unit.peer.crowd
                starts[f"peer, {kind}"] = partial(_peer, unit.peer.module, peers[kind])
        async with started(starts) as programs:
            costs = {load: await programs.costs(contestants, load) for load in LOADS}
        return await _results(folder, unit, costs)


async def _results(folder: Path, unit: Unit, costs: Mapping[Load, Mapping[str, float]]) -> list[Result]:
    found, beside_peer = {}, []
    for load in LOADS:
        for kind in KINDS:
            what, cost = f"CPU of {unit.what}, {kind}, {load.name}", costs[load][kind]
            goal = unit.goals(kind, load)
            found[kind, load] = Result(what, cost, "ms", "aiogram echo", costs[load]["echo"], goal)
            if unit.peer is not None:
                theirs = costs[load][f"peer, {kind}"]
                beside_peer.append(Result(what, cost, "ms", unit.peer.name, theirs, unit.peer.goal))
    more = [] if unit.more is None else await unit.more(folder, found)
    return [*found.values(), *beside_peer, *more]


async def floors(folder: Path) -> list[Result]:
    """Of a program that does what no bot can do without (see floor.py), on each database and on none."""
    with postgresql(folder) as url:
        databases = {"none": "", "SQLite": f"sqlite:///{folder}/floor.db", "PostgreSQL": url}
        starts: dict[str, Start] = {"echo": echo}
        starts |= {kind: partial(_peer, "benchmarks.support.floor", at) for kind, at in databases.items()}
        async with started(starts) as programs:
            contestants = {name: (name, _says_hello) for name in starts}
            costs = {load: await programs.costs(contestants, load) for load in LOADS}
    return [
        Result(f"CPU of the floor, {kind}, {load.name}", costs[load][kind], "ms", "aiogram echo", costs[load]["echo"])
        for load in LOADS
        for kind in databases
    ]
