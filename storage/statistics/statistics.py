"""How the organisation's work goes, over any stretch of time: members, activities, broadcasts, cases.

Counted from the tables themselves. What retention forgets is counted before (`archive`), so that a year can be held
against the one before it. Nothing here names a person; what may be shown of it, report.py says.
"""

from __future__ import annotations

import itertools
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, String, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from storage.activities.activities import Activity, ActivityState
from storage.activities.participants import TAKING, SignUp
from storage.broadcasts import tallies
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.reads import read_count
from storage.cases.table import Case
from storage.deliveries.retention import KEPT
from storage.deliveries.table import State
from storage.disclosure import MIN_CELL_SIZE
from storage.membership.memberships import Membership
from storage.privacy.retention import Retention

Edges = Sequence[datetime]
"""n + 1 moments that bound n stretches, ascending."""


@dataclass(frozen=True, slots=True)
class Members:
    """`joined` and `left` by stretch; `there` at the end of each."""

    joined: list[int]
    left: list[int]
    there: list[int]


async def members(session: AsyncSession, edges: Edges) -> Members:
    """Counts who joined and who left in each stretch between two edges, and who was there at its end."""
    # Each a range of an index: of a hundred thousand members, one look at every row for every stretch took a second.
    joined = [(Membership.since >= a) & (Membership.since < b) for a, b in _stretches(edges)]
    left = [(Membership.left_at >= a) & (Membership.left_at < b) for a, b in _stretches(edges)]
    before = (Membership.since < edges[0], Membership.left_at < edges[0])
    columns = [
        select(func.count()).select_from(Membership).where(which).scalar_subquery()
        for which in (*before, *joined, *left)
    ]
    had_joined, had_left, *counts = (await session.execute(select(*columns))).one()
    n = len(joined)
    changes = [came - went for came, went in zip(counts[:n], counts[n:], strict=True)]
    there = itertools.accumulate(changes, initial=had_joined - had_left)
    return Members(counts[:n], counts[n:], list(there)[1:])


def _stretches(edges: Edges) -> list[tuple[datetime, datetime]]:
    return list(itertools.pairwise(edges))


@dataclass(frozen=True, slots=True)
class Turnout:
    """Of one activity: how many had a place, came, rated it, and the sum of their stars."""

    title: str
    starts_at: datetime
    placed: int
    came: int
    rated: int
    stars: int


async def turnouts(session: AsyncSession, start: datetime, end: datetime) -> list[Turnout]:
    """Of the activities that began in this stretch, in that order. Drafts and cancelled ones are none."""
    began = (Activity.starts_at >= start) & (Activity.starts_at < end) & (Activity.state == ActivityState.PUBLISHED)
    rows = await session.execute(
        select(SignUp.activity_id, *_TURNOUT)
        .where(SignUp.activity_id.in_(select(Activity.id).where(began, Activity.figures.is_(None))))
        .group_by(SignUp.activity_id)
    )
    counted = {activity_id: [int(value or 0) for value in values] for activity_id, *values in rows}
    chosen = await session.execute(
        select(Activity.id, Activity.title, Activity.starts_at, Activity.figures)
        .where(began)
        .order_by(Activity.starts_at, Activity.id)
    )
    return [
        Turnout(title, starts_at, *(orjson.loads(kept) if kept else counted.get(activity_id, _NOBODY)))
        for activity_id, title, starts_at, kept in chosen
    ]


_NOBODY = (0, 0, 0, 0)


_TURNOUT = (
    func.count().filter(SignUp.state.in_(TAKING)),
    func.count(SignUp.came_at),
    func.count(SignUp.rating),
    func.sum(SignUp.rating),
)


@dataclass(frozen=True, slots=True)
class Different:
    """How many different people there were at least who had a place in some activities, came, and rated one: enough to
    tell whether it is fewer than MIN_CELL_SIZE, wherever so many places were taken."""

    placed: int
    came: int
    rated: int


_HOLDS = (SignUp.state.in_(TAKING), SignUp.came_at.is_not(None), SignUp.rating.is_not(None))
"""Of `Different`, in its order."""


async def different(session: AsyncSession, edges: Edges, each: Sequence[Turnout]) -> list[Different]:
    """Of the activities that began in each stretch between two edges; `each` are their turnouts. The largest tells that
    there were so many at least; only where it is small, people are counted."""
    stretches, found = _stretches(edges), []
    by_stretch: list[list[tuple[int, int, int]]] = [[] for _ in stretches]
    for one in each:
        by_stretch[bisect_right(edges, one.starts_at) - 1].append((one.placed, one.came, one.rated))
    for (start, end), these in zip(stretches, by_stretch, strict=True):
        least = [max((counts[at] for counts in these), default=0) for at in range(len(_HOLDS))]
        for at, holds in enumerate(_HOLDS):
            if least[at] < MIN_CELL_SIZE <= sum(counts[at] for counts in these):
                least[at] = max(least[at], await _some_different(session, start, end, holds))
        found.append(Different(*least))
    return found


async def _some_different(session: AsyncSession, start: datetime, end: datetime, holds: ColumnElement[bool]) -> int:
    """Up to MIN_CELL_SIZE."""
    began = (Activity.starts_at >= start) & (Activity.starts_at < end) & (Activity.state == ActivityState.PUBLISHED)
    people = await session.scalars(
        select(SignUp.person_id)
        .distinct()
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(began, holds)
        .limit(MIN_CELL_SIZE)
    )
    return len(people.all())


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the broadcasts that began in a stretch: how many, to how many, how many arrived and were confirmed as read.
    `largest` has the most of each in one broadcast: so many different people there were at least."""

    broadcasts: int = 0
    recipients: int = 0
    delivered: int = 0
    confirmed: int = 0
    largest: tuple[int, int, int] = (0, 0, 0)

    def with_one_more(self, recipients: int, delivered: int, confirmed: int) -> Reach:
        """Together with another broadcast."""
        ours, theirs = self.largest, (recipients, delivered, confirmed)
        return Reach(
            self.broadcasts + 1,
            self.recipients + recipients,
            self.delivered + delivered,
            self.confirmed + confirmed,
            (max(ours[0], theirs[0]), max(ours[1], theirs[1]), max(ours[2], theirs[2])),
        )


async def reach(session: AsyncSession, start: datetime, end: datetime) -> Reach:
    """Counts the recipients of broadcasts that began in [start, end)."""
    (found,) = await reach_by_stretch(session, [start, end])
    return found


async def reach_by_stretch(session: AsyncSession, edges: Edges) -> list[Reach]:
    """Of the broadcasts that began in each stretch."""
    found = [Reach() for _ in _stretches(edges)]
    begun = select(Broadcast).where(Broadcast.started_at >= edges[0], Broadcast.started_at < edges[-1])
    for row in (await session.scalars(begun)).all():
        arrived, read = await _reached(session, row)
        if row.started_at is not None:
            at = bisect_right(edges, row.started_at) - 1
            found[at] = found[at].with_one_more(row.total, arrived, read)
    return found


async def _reached(session: AsyncSession, row: Broadcast) -> tuple[int, int]:
    """(arrived, confirmed)."""
    arrived, confirmed = row.delivered, row.confirmed
    if arrived is None:
        arrived = (await tallies.counts(session, row.id)).get(State.SENT, 0)
    if confirmed is None:
        confirmed = await read_count(session, row.id)
    return arrived, confirmed


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """Of the cases of a desk that were opened in a stretch. Hours are medians; None where there is none. `people` are
    the different ones who brought them; anonymous cases may all be of one."""

    people: int
    opened: int
    answered: int
    closed: int
    in_time: int
    hours_to_answer: float | None
    days_to_close: float | None
    rated: int
    stars: int


async def case_times(session: AsyncSession, desk: str, start: datetime, end: datetime) -> CaseTimes:
    """Returns how long the cases of a desk that were opened in [start, end) took."""
    opened = (Case.desk == desk, Case.opened_at >= start, Case.opened_at < end)
    people, forgotten = Case.person_id, Case.content.is_(None)
    counted = select(
        func.count(),
        func.count(Case.first_answer_at).filter(Case.first_answer_at <= Case.due_at),
        func.count(Case.rating),
        func.sum(Case.rating),
        func.count(people.distinct()),
        func.count().filter(people.is_(None)),
    ).where(*opened)
    count, in_time, rated, stars, known, unknown = (await session.execute(counted)).one()
    gone = await session.scalar(select(func.count()).select_from(Case).where(*opened, forgotten)) or 0
    answers, closings = [await _lengths(session, opened, at) for at in (Case.first_answer_at, Case.closed_at)]
    return CaseTimes(
        known + gone + (unknown > gone),
        count,
        len(answers),
        len(closings),
        in_time,
        _median(answers, timedelta(hours=1)),
        _median(closings, timedelta(days=1)),
        rated,
        int(stars or 0),
    )


async def _lengths(
    session: AsyncSession, opened: Sequence[ColumnElement[bool]], at: QueryableAttribute[datetime | None]
) -> list[timedelta]:
    """From the opening of each of these cases until then, where that has been."""
    # As the driver has them: of ten thousand cases it takes longer to make them into moments than to find them.
    moments = [type_coerce(moment, String) for moment in (Case.opened_at, at)]
    rows: Sequence[Row[*tuple[Any, ...]]] = (
        await session.execute(select(*moments).where(*opened, at.is_not(None)))
    ).all()
    return [_length(start, end) for start, end in rows]


def _length(start: str | datetime, end: str | datetime) -> timedelta:
    """Of two moments as SQLite has them, or PostgreSQL."""
    if isinstance(start, str) or isinstance(end, str):
        return datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))
    return end - start


def _median(lengths: Sequence[timedelta], unit: timedelta) -> float | None:
    return statistics.median(lengths) / unit if lengths else None  # type: ignore[type-var]


SETTLED = timedelta(days=1)
"""So long after its end, few things about it change any more."""
_FEW = 20


async def archive(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """Keeps the figures of what is over, before its deliveries and sign-ups are forgotten, and so that nobody has to
    wait for a count of them; True if there may be more."""
    # The clock's work on broadcasts carries tallies on, too, but sleeps once none of them is due.
    broadcasts = [await tallies.carry_on(session, now), await _keep_reads(session, now - KEPT + timedelta(days=1))]
    uncounted = Activity.figures.is_(None) & (Activity.ends_at < now - SETTLED)
    ended = (await session.scalars(select(Activity.id).where(uncounted).limit(_FEW))).all()
    for activity_id in ended:
        counted = (await session.execute(select(*_TURNOUT).where(SignUp.activity_id == activity_id))).one()
        counts = orjson.dumps([int(value or 0) for value in counted]).decode()
        await session.execute(update(Activity).where(Activity.id == activity_id).values(figures=counts))
    return any(broadcasts) or len(ended) == _FEW


async def _keep_reads(session: AsyncSession, before: datetime) -> bool:
    """Of one broadcast that began before then: who confirmed it. False if there is none."""
    is_over = Broadcast.state.in_((BroadcastState.DONE, BroadcastState.CANCELLED))
    row = await session.scalar(
        select(Broadcast).where(is_over, Broadcast.confirmed.is_(None), Broadcast.started_at < before).limit(1)
    )
    if row is not None:
        row.delivered, row.confirmed = await _reached(session, row)
    return row is not None
