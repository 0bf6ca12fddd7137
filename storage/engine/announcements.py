"""What the processes on one PostgreSQL tell each other about their commits, as the text of a NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

CHANNEL = "nuanxin"
LONGEST = 7_999
"""Bytes of which PostgreSQL takes no more in a NOTIFY."""
EVERYTHING = frozenset({"*"})
"""Any table may have been written."""
NOT_TOLD = frozenset({"dialogues", "leases", "people", "replicas", "updates"})
"""Tables that nobody looks at for work, and that hardly an update or a second leaves alone."""
ANSWERS_WITHIN = 2.0
"""Seconds for a NOTIFY through the pool. What is not told is found by a look (see `Looks`)."""

_NOTIFY = text("SELECT pg_notify(:channel, :payload)")


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who has committed what. `tables` holds names of tables and of wake-ups (storage/coordination/wake_ups.py);
    what was written to `quiet` needs nobody to be woken for it."""

    sender: str
    tables: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()

    def payload(self) -> str:
        """Its text; one that would be too long says that everything may have been written."""
        found = _dump(self.sender, self.tables, self.quiet)
        return (found if len(found) <= LONGEST else _dump(self.sender, EVERYTHING, frozenset())).decode()


def _dump(sender: str, tables: Iterable[str], quiet: Iterable[str]) -> bytes:
    return orjson.dumps({"sender": sender, "tables": sorted(tables), "quiet": sorted(quiet)})


_READ = TypeAdapter(Announcement)


def parsed(payload: str) -> Announcement:
    """What somebody has told; what this version can't read may be anything."""
    try:
        return _READ.validate_json(payload)
    except ValidationError:
        return Announcement("", EVERYTHING)


class Untold:
    """What this process has committed and not yet told the others. `added` is set when somebody is to be woken for it;
    whoever waits for it clears it."""

    def __init__(self) -> None:
        self.added = asyncio.Event()
        self._tables: set[str] = set()
        self._quiet: set[str] = set()

    def add(self, tables: Iterable[str], *, wakes: bool) -> None:
        new = set(tables) - NOT_TOLD
        (self._tables if wakes else self._quiet).update(new)
        if new and wakes:
            self.added.set()

    def take(self, sender: str) -> Announcement:
        """All of it, which is to be told now; `put_back` if it could not be."""
        found = Announcement(sender, frozenset(self._tables), frozenset(self._quiet))
        self._tables.clear()
        self._quiet.clear()
        return found

    def put_back(self, told: Announcement) -> None:
        """It could not be told; nobody is woken to try again at once."""
        self._tables |= told.tables
        self._quiet |= told.quiet

    def __bool__(self) -> bool:
        return bool(self._tables or self._quiet)


async def tell_through(engine: AsyncEngine, untold: Untold, sender: str = "") -> None:
    """Tells it on a connection of the pool: by a command line, which has no other, and where the other one is lost.
    Nothing is raised: who does not hear of it finds it by a look."""
    told = untold.take(sender)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN), engine.begin() as connection:
            await connection.execute(_NOTIFY, {"channel": CHANNEL, "payload": told.payload()})
    except BaseException as failure:
        untold.put_back(told)
        if not isinstance(failure, Exception):
            raise
