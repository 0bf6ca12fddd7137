"""A database as a large organisation has it, or a part of that size: written by plain statements, not by the program.

Most rows hold what this program would have written, sealed where it opens them. People beyond the staff have numbers
that nobody chose: any 64-bit number is somebody's pseudonym.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.support.counted_rows import Counted
from benchmarks.support.long_tables import BROADCASTS, FESTIVAL, PLATFORMS, STEP, LongTables
from storage import schema
from storage.activities.activities import Activity, ActivityState, Kind
from storage.audit import AuditHead
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content
from storage.cases import parties
from storage.cases.parties import Parties
from storage.cases.table import Case, CaseContent, CaseState
from storage.database import Base, Database, open_database
from storage.encryption import Vault, decode_key
from storage.membership.conditions import IsMember, WorksFor
from storage.people.people import PersonRow
from storage.people.segments import LivesNear, SeenWithin, Segment
from storage.people.topics import Topic
from storage.pseudonym_columns import known
from storage.sealed_columns import identity
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
RIDER, COORDINATOR, SECOND, COUNSEL, ADMIN = (PersonId(number) for number in (101, 102, 103, 104, 105))
RUNNING, FINISHED = 1, 2
"""The broadcasts that are being sent and that have arrived."""
CASE_IN_HAND, CASES_WAITING = 4, (1, 2, 3)
DESKS = {"legal": "L", "care": "C", "aid": "W", "suggestion": "S"}
CALLS = 3
"""How often each press is measured, where it needs something of its own to press."""


@dataclass(frozen=True, slots=True)
class Size:
    people: int
    deliveries: int
    sign_ups: int
    cases: int

    @property
    def members(self) -> int:
        return self.people // 10

    @property
    def homes(self) -> int:
        """Who has saved where they live."""
        return self.people // 10

    @property
    def tenth(self) -> Size:
        return Size(self.people // 10, self.deliveries // 10, self.sign_ups // 10, self.cases // 10)


FULL = Size(people=1_000_000, deliveries=5_000_000, sign_ups=100_000, cases=10_000)


def drafts(segment: Segment) -> Iterator[int]:
    """The broadcasts to this segment that wait for their author's last word."""
    first = 10 + CALLS * list(SEGMENTS.values()).index(segment)
    yield from range(first, first + CALLS)


SEGMENTS = {
    "everybody": Segment(),
    "those seen in 30 days": Segment((SeenWithin(30),)),
    "members": Segment((IsMember(),)),
    "a platform": Segment((WorksFor(PLATFORMS[0]),)),
    "an area": Segment((LivesNear(37.4, 116.4, 5.0),)),
}


async def fill(url: str, size: Size, now: datetime) -> None:
    """Makes the database."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    async with database.writing(apart=True) as session:
        connection = await session.connection()
        short = _ShortTables(database, connection, size, now)
        await short.people()
        await short.activities()
        await short.broadcasts()
        await short.cases()
        await short.audit_head()
        pseudonyms = known(connection.dialect)
    await database.close()
    file = database.engine.url.database
    assert file is not None
    with Counted(file, database.vault, pseudonyms, now) as rows:
        LongTables(rows, now).fill(size.people, size.deliveries, size.sign_ups, size.cases, COUNSEL)


class _ShortTables:
    def __init__(self, database: Database, connection: AsyncConnection, size: Size, now: datetime) -> None:
        self._vault = database.vault
        self._connection = connection
        self._size = size
        self._now = now

    async def _add(self, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
        await self._connection.execute(insert(table), list(rows))

    def _person(self, number: int) -> PersonId:
        """Whose pseudonym has this place in the table."""
        return PersonId(known(self._connection.dialect).decrypt(number * STEP))

    async def people(self) -> None:
        """Those who play."""
        today = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        staff = [RIDER, COORDINATOR, SECOND, COUNSEL, ADMIN, *(PersonId(1_000 + at) for at in range(CALLS * 4))]
        known = {"app_language": "en", "first_seen": today - timedelta(days=9), "last_seen": today, "reachable": True}
        await self._add(PersonRow, ({"id": one, **known} for one in staff))

    async def activities(self) -> None:
        """Half are over. The first is the festival; the others have a hundred sign-ups each."""
        count = max(self._size.sign_ups // 100, 10)

        def activity(number: int) -> dict[str, Any]:
            starts = self._now + timedelta(hours=6 * (number - count // 2))
            if number == FESTIVAL:
                starts = self._now + timedelta(hours=5)
            return {
                "id": number,
                "state": ActivityState.PUBLISHED,
                "kind": list(Kind)[number % len(Kind)],
                "title": f"Activity {number}",
                "starts_at": starts,
                "ends_at": starts + timedelta(hours=2),
                "places": None if number == FESTIVAL else 90,
                "organiser": COORDINATOR,
                "created_at": starts - timedelta(days=9),
                "changed_at": starts - timedelta(days=9),
            }

        await self._add(Activity, (activity(number) for number in range(1, count + 1)))

    async def broadcasts(self) -> None:
        """One is being sent, one has arrived and one was stopped; then the drafts."""
        content = Content("sendMessage", {"text": "Free haircuts on Saturday"}, asks_reading=True)

        async def one(number: int, state: BroadcastState, segment: Segment, author: PersonId, days: int) -> None:
            begun = self._now - timedelta(days=days, hours=3)
            row = Broadcast(
                id=number,
                author=author,
                state=state,
                content=self._vault.seal(
                    SealedJson(Content).encode(content), "broadcasts.content", identity(number, author)
                ),
                segment=segment.text,
                topic=Topic.NEWS,
                starts_at=begun,
                created_at=begun,
                total=0 if state is BroadcastState.DRAFT else self._size.people * 9 // 10,
                started_at=None if state is BroadcastState.DRAFT else begun,
                finished_at=begun + timedelta(hours=2) if state in _OVER else None,
            )
            names = [column.key for column in Broadcast.__mapper__.column_attrs]
            values = {name: getattr(row, name) for name in names if getattr(row, name) is not None}
            await self._connection.execute(insert(Broadcast), values)

        for number, (state, days) in enumerate(BROADCASTS, start=1):
            await one(number, state, Segment(), COORDINATOR, days)
        for segment in SEGMENTS.values():
            for number in drafts(segment):
                await one(number, BroadcastState.DRAFT, segment, COORDINATOR, 0)

    async def cases(self) -> None:
        """All are open but for every eleventh; half are taken, by the counsel who looks at them."""
        vault, prefixes = self._vault, list(DESKS.items())

        def case(number: int) -> dict[str, Any]:
            desk, prefix = prefixes[number % 4]
            name, person = f"{prefix}-2026-{number:06d}", self._person(number * 3)
            handler = PersonId(900 + number % 50) if number // 4 % 2 else None
            if number % 200 == CASE_IN_HAND:
                handler = COUNSEL
            opened = self._now - timedelta(minutes=number * 5)
            content = SealedJson(CaseContent).encode(
                CaseContent("wages", PLATFORMS[0], "", "李雷", {"what": "欠薪" * 20})
            )
            closed = number % 11 == 0
            return {
                "id": number,
                "number": name,
                "desk": desk,
                "person_id": person,
                "state": CaseState.CLOSED if closed else CaseState(number % 2),
                "content": vault.seal(content, "cases.content", identity(number, name)),
                "consent_version": 1,
                "opened_at": opened,
                "due_at": opened + timedelta(days=60),
                "late_at": opened + timedelta(days=60),
                "first_answer_at": opened + timedelta(hours=number % 70) if closed or number % 2 else None,
                "last_at": opened,
                "assigned_to": handler,
                "assigned_at": None if handler is None else opened,
                "closed_at": opened + timedelta(days=1) if closed else None,
                "rating": number % 5 + 1 if closed else None,
                "parties": parties.sealed(vault, number, Parties(name, desk, person, handler)),  # type: ignore[arg-type]
            }

        await self._add(Case, (case(number) for number in range(1, self._size.cases + 1)))

    async def audit_head(self) -> None:
        head = self._vault.seal(orjson.dumps([self._size.people // 10, bytes(32).hex(), 0]), "audit_head.sealed", 1)
        await self._connection.execute(delete(AuditHead))
        await self._add(AuditHead, [{"id": 1, "sealed": head}])


_OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)
