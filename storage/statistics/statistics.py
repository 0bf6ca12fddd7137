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

import orjson
from sqlalchemy import case, distinct, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities.activities import Activity, ActivityState
from storage.activities.sign_ups import TAKING, SignUp
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.reads import BroadcastRead
from storage.cases.table import Case
from storage.deliveries.retention import KEPT
from storage.deliveries.table import Delivery, State
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
    joined = [(Membership.since >= a) & (Membership.since < b) for a, b in _stretches(edges)]
    left = [(Membership.left_at >= a) & (Membership.left_at < b) for a, b in _stretches(edges)]
    there = [
        (Membership.since < end) & (Membership.left_at.is_(None) | (Membership.left_at >= end)) for end in edges[1:]
    ]
    columns = [func.count().filter(which) for which in (*joined, *left, *there)]
    counts = list((await session.execute(select(*columns).select_from(Membership))).one())
    n = len(joined)
    return Members(counts[:n], counts[n : 2 * n], counts[2 * n :])


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
    rows = await session.execute(
        select(Activity, *_TURNOUT)
        .outerjoin(SignUp, SignUp.activity_id == Activity.id)
        .where(Activity.starts_at >= start, Activity.starts_at < end, Activity.state == ActivityState.PUBLISHED)
        .group_by(Activity.id)
        .order_by(Activity.starts_at, Activity.id)
    )
    found = []
    for activity, *counted in rows:
        kept = orjson.loads(activity.figures) if activity.figures else [int(value or 0) for value in counted]
        found.append(Turnout(activity.title, activity.starts_at, *kept))
    return found


_TURNOUT = (
    func.count().filter(SignUp.state.in_(TAKING)),
    func.count(SignUp.came_at),
    func.count(SignUp.rating),
    func.sum(SignUp.rating),
)


@dataclass(frozen=True, slots=True)
class Different:
    """How many different people had a place in some activities, came, and rated one."""

    placed: int
    came: int
    rated: int


async def different(session: AsyncSession, edges: Edges, each: Sequence[Turnout]) -> list[Different]:
    """Of the activities that began in each stretch between two edges; `each` are their turnouts. Of those whose
    sign-ups are forgotten, the largest tells that there were so many at least."""
    stretch = case(*((Activity.starts_at < edge, at) for at, edge in enumerate(edges[1:]))).label("stretch")
    counted = [
        func.count(distinct(SignUp.person_id)).filter(holds)
        for holds in (SignUp.state.in_(TAKING), SignUp.came_at.is_not(None), SignUp.rating.is_not(None))
    ]
    began = (Activity.starts_at >= edges[0]) & (Activity.starts_at < edges[-1])
    rows = await session.execute(
        select(stretch, *counted)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(began & (Activity.state == ActivityState.PUBLISHED))
        .group_by("stretch")
    )
    found = [(0, 0, 0)] * (len(edges) - 1)
    for at, *counts in rows:
        found[at] = (counts[0], counts[1], counts[2])
    for one in each:
        at, largest = bisect_right(edges, one.starts_at) - 1, (one.placed, one.came, one.rated)
        found[at] = (max(found[at][0], largest[0]), max(found[at][1], largest[1]), max(found[at][2], largest[2]))
    return [Different(*counts) for counts in found]


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
    if row.delivered is not None:
        return row.delivered, row.confirmed or 0
    arrived = select(func.count()).where(Delivery.broadcast_id == row.id, Delivery.state == State.SENT)
    read = select(func.count()).where(BroadcastRead.broadcast_id == row.id)
    return await session.scalar(arrived) or 0, await session.scalar(read) or 0


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
    rows = (
        await session.execute(
            select(
                Case.opened_at,
                Case.due_at,
                Case.first_answer_at,
                Case.closed_at,
                Case.rating,
                Case.person_id,
                Case.content.is_(None).label("forgotten"),
            ).where(Case.desk == desk, Case.opened_at >= start, Case.opened_at < end)
        )
    ).all()
    answers = [row.first_answer_at - row.opened_at for row in rows if row.first_answer_at is not None]
    closings = [row.closed_at - row.opened_at for row in rows if row.closed_at is not None]
    ratings = [row.rating for row in rows if row.rating is not None]
    in_time = sum(row.first_answer_at is not None and row.first_answer_at <= row.due_at for row in rows)
    known = {row.person_id for row in rows if not row.forgotten}
    return CaseTimes(
        len(known) + sum(row.forgotten for row in rows),
        len(rows),
        len(answers),
        len(closings),
        in_time,
        _median(answers, timedelta(hours=1)),
        _median(closings, timedelta(days=1)),
        len(ratings),
        sum(ratings),
    )


def _median(lengths: Sequence[timedelta], unit: timedelta) -> float | None:
    return statistics.median(length / unit for length in lengths) if lengths else None


async def archive(session: AsyncSession, now: datetime, kept: Retention) -> None:
    """Keeps the figures of what is about to be forgotten: deliveries of broadcasts, sign-ups of activities."""
    rows = await session.scalars(
        select(Broadcast)
        .where(
            Broadcast.state.in_((BroadcastState.DONE, BroadcastState.CANCELLED)),
            Broadcast.delivered.is_(None),
            Broadcast.started_at < now - KEPT + timedelta(days=1),
        )
        .limit(50)
    )
    for row in rows.all():
        row.delivered, row.confirmed = await _reached(session, row)
    ended = await session.scalars(
        select(Activity.id).where(Activity.figures.is_(None), Activity.ends_at < now - kept.sign_ups).limit(200)
    )
    for activity_id in ended.all():
        counted = (await session.execute(select(*_TURNOUT).where(SignUp.activity_id == activity_id))).one()
        counts = orjson.dumps([int(value or 0) for value in counted]).decode()
        await session.execute(update(Activity).where(Activity.id == activity_id).values(figures=counts))
