"""Contests: what a vote costs, how fast votes are counted, and how long it takes to list the entries for somebody.

The size is that of Xi'an's contest of science videos: 258 entries, 1,740,000 votes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

from aiohttp import web
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.support.cost import FULL, Load
from benchmarks.support.processes import postgresql
from benchmarks.support.programs import Crowd
from benchmarks.support.recipients import KEY
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub, params_of
from benchmarks.support.units import KINDS, Found, Unit, by_kind
from handlers.contests import presses
from storage import schema
from storage.contests import contests, entries, entry_changes, entry_checks, looking, moves, votes
from storage.contests.contests import Phase, Plan, Settings
from storage.contests.entries import Content, Kind
from storage.contests.entry_changes import Offered
from storage.contests.ids import ContestId, EntryId
from storage.database import Database, open_database
from storage.dialects import is_postgresql
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

ENTRIES, VOTES, CATEGORIES = 258, 1_740_000, 3
LISTED = 200
"""How often the entries are listed; the mean counts."""
_FIRST_ENTRANT = 1_000_000
_PIECE = 20_000
"""How many votes are cast concurrently."""
_FILL = {
    True: "INSERT INTO contest_votes (contest_id, slot, alias, entry_id) SELECT :contest, n % :categories, "
    "decode(lpad(to_hex(n), 32, '0'), 'hex'), 1 + n % :entries "
    "FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n",
    False: "WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last) "
    "INSERT INTO contest_votes (contest_id, slot, alias, entry_id) "
    "SELECT :contest, n % :categories, CAST(printf('%016d', n) AS BLOB), 1 + n % :entries FROM numbers",
}


class Undecided(Stub):
    """People who vote for one entry, then for the other: each presses again once the pop-up is there."""

    def __init__(self, load: Load, found: tuple[EntryId, EntryId]) -> None:
        super().__init__(load.chats, "", dict, think=load.think)
        words = [presses.VOTE.data(entry, 0) for entry in found]
        self._next: dict[int, Iterator[str]] = {chat: cycle(words) for chat in range(1, load.chats + 1)}
        self._chat_of: dict[str, int] = {}

    def hand_over(self, chat: int) -> None:
        self.press(chat, next(self._next[chat]))
        self._chat_of[str(self._waiting[-1][0])] = chat

    async def serve(self, request: web.Request) -> web.Response:
        answer = await super().serve(request)
        if request.match_info["method"] == "answerCallbackQuery":
            self.units += 1
            self.first.set()
            chat = self._chat_of.pop(str((await params_of(request))["callback_query_id"]))
            self.after_thought(self.hand_over, chat)
        return answer


async def fill(_folder: Path, url: str) -> Crowd:
    """A contest with two entries."""
    database = await opened(url)
    first, last = await in_vote(database, FULL.chats, 2)
    await database.close()
    return partial(Undecided, found=(first, last))


async def opened(url: str) -> Database:
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    return database


async def in_vote(database: Database, riders: int, count: int) -> list[EntryId]:
    """A new contest in which so many people may vote, with so many entries."""
    now = datetime.now(UTC)
    plan = Plan(
        "Videos",
        "One minute at most.",
        Segment(),
        Settings(categories=tuple(f"Category {at}" for at in range(1 if count == 2 else CATEGORIES))),
        {Phase.ENTRY: None, Phase.VOTE: None},
    )
    entrants = range(_FIRST_ENTRANT, _FIRST_ENTRANT + count)
    async with database.writing() as session:
        known = dict.fromkeys(map(PersonId, [*range(1, riders + 1), *entrants]), "en")
        await people.seen_all(session, known, now - timedelta(days=9))
        contest = await contests.create(session, plan)
        await moves.move(session, contest.id, None, PersonId(1), now, None)
        found = [await _entered(session, contest.id, PersonId(one), at, now) for at, one in enumerate(entrants)]
        await moves.move(session, contest.id, Phase.ENTRY, PersonId(1), now, None)
    return found


async def _entered(session: AsyncSession, contest_id: ContestId, person: PersonId, at: int, now: datetime) -> EntryId:
    content = Content(Kind.VIDEO, f"Work {at}", "How I ride", f"Team {at}", f"file{at}")
    settings_ = contests.settings_of(await contests.find(session, contest_id))
    offered = Offered(at % len(settings_.categories), content, 1)
    row = await entry_changes.enter(session, contest_id, person, offered, now)
    await entry_checks.decide(session, row.id, 1, reason=None)
    return row.id


async def counting(url: str) -> tuple[float, float]:
    """Seconds in which all votes are counted; milliseconds in which somebody's next entry is found among all."""
    database = await opened(url)
    found = await in_vote(database, 1, ENTRIES)
    async with database.reading() as session:
        contest_id = (await entries.find(session, found[0])).contest_id
    for first in range(1, VOTES + 1, _PIECE):
        async with database.writing() as session:
            values = {"contest": contest_id, "categories": CATEGORIES, "entries": ENTRIES}
            last = min(VOTES, first + _PIECE - 1)
            await session.execute(text(_FILL[is_postgresql(session)]), {**values, "first": first, "last": last})
    async with database.reading() as session:
        began = time.perf_counter()
        counted = await votes.count(session, contest_id)
        seconds = time.perf_counter() - began
        assert sum(counted.values()) == VOTES
        began = time.perf_counter()
        for person in range(LISTED):
            row = await entries.find(session, found[person % ENTRIES])
            await looking.neighbours(session, row, PersonId(person))
        listed = (time.perf_counter() - began) / LISTED * 1e3
    await database.close()
    return seconds, listed


async def _counted(folder: Path, found: Found) -> list[Result]:
    results = [Result(f"votes a second of CPU, {kind}", 1e3 / found[kind, FULL].figure, "1/s") for kind in KINDS]
    with postgresql(folder / "large") as url:
        for kind, database in zip(KINDS, (f"sqlite+aiosqlite:///{folder}/large.db", url), strict=True):
            seconds, listed = await counting(database)
            results += [
                Result(f"counting {VOTES:,} votes, {kind}", seconds, "s", goal="<= 2"),
                Result(f"{ENTRIES} entries listed for a person, {kind}", listed, "ms", goal="<= 10"),
            ]
    return results


UNIT = Unit("a vote", fill, by_kind("<= 0.6", "<= 0.6"), more=_counted)
