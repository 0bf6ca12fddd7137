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
from benchmarks.support.programs import Contestant, Costs, Crowd, costs
from benchmarks.support.recipients import KEY
from benchmarks.support.report import Result
from benchmarks.support.rounds import ALONE
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


def _says_hello(load: Load) -> Stub:
    return Stub(load.chats, "sendMessage", lambda: {"text": "hello"}, think=load.think)


ECHO = Contestant(partial(running, "benchmarks.support.peers", "aiogram"), _says_hello)


def answers_hello(module: str, database: str) -> Contestant:
    """A program that is started with its Telegram's address and a database, and answers each message by one."""
    return Contestant(partial(_with_database, module, database), _says_hello)


def _with_database(module: str, database: str, url: str) -> AbstractAsyncContextManager[Process]:
    return running(module, url, database)


def _bot(folder: Path, database: str, url: str) -> AbstractAsyncContextManager[Process]:
    return running("bot", "run", environment={**settings(folder, url, database, KEY), **_UNLIMITED})


async def measured(folder: Path, unit: Unit) -> list[Result]:
    """On programs and databases of its own: what another unit has left to the clock would be counted too."""
    with postgresql(folder / "own") as url, postgresql(folder / "peers") as peers_url:
        own = {"SQLite": f"sqlite+aiosqlite:///{folder}/units.db", "PostgreSQL": url}
        peers = {"SQLite": f"sqlite+aiosqlite:///{folder}/peers.db", "PostgreSQL": peers_url}
        contestants = {"echo": ECHO}
        for kind in KINDS:
            crowd = await unit.fill(folder, own[kind])
            contestants[kind] = Contestant(partial(_bot, folder, own[kind]), crowd)
            if (peer := unit.peer) is not None:
                contestants[_peer(kind)] = Contestant(partial(_with_database, peer.module, peers[kind]), peer.crowd)
        return await _results(folder, unit, await costs(contestants))


def _peer(kind: str) -> str:
    return f"peer, {kind}"


async def _results(folder: Path, unit: Unit, cost: Costs) -> list[Result]:
    found, beside_peer = {}, []
    for load in LOADS:
        for kind in KINDS:
            what, ours = f"CPU of {unit.what}, {kind}, {load.name}", cost[kind, load]
            found[kind, load] = Result(what, ours, "ms", "aiogram echo", cost["echo", load], unit.goals(kind, load))
            if (peer := unit.peer) is not None:
                beside_peer.append(Result(what, ours, "ms", peer.name, cost[_peer(kind), load], peer.goal))
    results = [*found.values(), *beside_peer]
    if unit.more is not None:
        async with ALONE:
            results += await unit.more(folder, found)
    return results
