"""The figures of a period as they may be shown: what would point to somebody is HIDDEN already.

Whoever lays them out can't give anything away; the rule itself is in storage/disclosure.py. Everything here only reads.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from storage.disclosure import HIDDEN, MIN_CELL_SIZE, NOBODY, Average, Figure, average, columns, figure, rounded, shown
from storage.statistics import statistics
from storage.statistics.periods import Period
from storage.statistics.searches import ALL, EVERYBODY, WITHOUT_STATION, different_people
from storage.statistics.statistics import CaseTimes, Edges, Turnout


@dataclass(frozen=True, slots=True)
class SearchReport:
    """Who searched in a period, and who did so with no station near. Of a month or a year, in the busiest week."""

    people: Figure
    bare: Figure


async def searches(session: AsyncSession, period: Period) -> SearchReport:
    found = await different_people(session, period, ALL)
    return SearchReport(figure(found.get(EVERYBODY, 0)), figure(found.get(WITHOUT_STATION, 0)))


async def cells(session: AsyncSession, period: Period, kind: str) -> Mapping[str, int]:
    """Who searched, by cell of a kind, without the cells that may not be shown."""
    return shown((await different_people(session, period, kind)).items())


@dataclass(frozen=True, slots=True)
class MemberReport:
    """Members at the end of a period, who joined and left in it, and these by stretch."""

    at_end: Figure
    joined: Figure
    left: Figure
    joined_by_stretch: Sequence[Figure]
    left_by_stretch: Sequence[Figure]


async def members(session: AsyncSession, period: Period, zone: ZoneInfo) -> MemberReport:
    """Returns how many members there are, joined and left, in all and by stretch of the period."""
    found = await statistics.members(session, period.edges(zone))
    return MemberReport(
        figure(found.there[-1]),
        figure(sum(found.joined)),
        figure(sum(found.left)),
        columns(found.joined),
        columns(found.left),
    )


@dataclass(frozen=True, slots=True)
class ActivityReport:
    """One activity: the places taken, how many came, and its rating of 1 to 5."""

    title: str
    starts_at: datetime
    placed: Figure
    came: Figure
    stars: Average


@dataclass(frozen=True, slots=True)
class ActivitiesReport:
    """The activities that began in a period, in that order; those together; and the places taken by stretch."""

    activities: Sequence[ActivityReport]
    placed: Figure
    came: Figure
    stars: Average
    placed_by_stretch: Sequence[Figure]


async def activities(session: AsyncSession, period: Period, zone: ZoneInfo) -> ActivitiesReport:
    """Returns the turnout of each activity of the period, and of all by stretch."""
    edges = period.edges(zone)
    found = await statistics.turnouts(session, edges[0], edges[-1])
    (people,) = await statistics.different(session, [edges[0], edges[-1]], found)
    by_stretch = await statistics.different(session, edges, found)
    each = [
        ActivityReport(one.title, one.starts_at, figure(one.placed), figure(one.came), average(one.stars, one.rated))
        for one in found
    ]
    return ActivitiesReport(
        each,
        placed=figure(sum(one.placed for one in found), people.placed) if found else NOBODY,
        came=figure(sum(one.came for one in found), people.came) if found else NOBODY,
        stars=average(sum(one.stars for one in found), sum(one.rated for one in found), people.rated),
        placed_by_stretch=columns(
            _by_stretch(found, edges),
            [one.placed for one in by_stretch],
        ),
    )


def _by_stretch(found: Sequence[Turnout], edges: Edges) -> list[int]:
    """Places taken in the activities that began in each stretch."""
    totals = [0] * (len(edges) - 1)
    for one in found:
        totals[bisect_right(edges, one.starts_at) - 1] += one.placed
    return totals


@dataclass(frozen=True, slots=True)
class ReachReport:
    """The broadcasts that began in a period; what was delivered also by stretch."""

    broadcasts: int
    recipients: Figure
    delivered: Figure
    confirmed: Figure
    delivered_by_stretch: Sequence[Figure]


async def reach(session: AsyncSession, period: Period, zone: ZoneInfo) -> ReachReport:
    """Returns how many people the broadcasts of the period reached, in all and by stretch."""
    each = await statistics.reach_by_stretch(session, period.edges(zone))
    broadcasts = sum(one.broadcasts for one in each)

    def of_all(counts: Sequence[int], largest: Sequence[int]) -> Figure:
        return figure(sum(counts), max(largest)) if broadcasts else NOBODY

    return ReachReport(
        broadcasts,
        of_all([one.recipients for one in each], [one.largest[0] for one in each]),
        of_all([one.delivered for one in each], [one.largest[1] for one in each]),
        of_all([one.confirmed for one in each], [one.largest[2] for one in each]),
        columns([one.delivered for one in each], [one.largest[1] for one in each]),
    )


@dataclass(frozen=True, slots=True)
class CaseReport:
    """The cases of a desk that were opened in a period. Times are medians; `in_time` is a share in per cent."""

    opened: Figure
    hours_to_answer: Average
    in_time: Figure
    days_to_close: Average
    stars: Average


async def cases(session: AsyncSession, period: Period, zone: ZoneInfo, desk: str) -> CaseReport:
    """Returns how fast a desk answered and closed the cases that were opened in the period."""
    edges = period.edges(zone)
    found = await statistics.case_times(session, desk, edges[0], edges[-1])
    return CaseReport(
        figure(found.opened, found.people),
        _median(found.hours_to_answer, min(found.answered, found.people)),
        _in_time(found),
        _median(found.days_to_close, min(found.closed, found.people)),
        average(found.stars, found.rated, found.people),
    )


def _median(value: float | None, count: int) -> Average:
    return HIDDEN if value is None or count < MIN_CELL_SIZE else round(value, 1)


def _in_time(found: CaseTimes) -> Figure:
    if min(found.answered, found.in_time, found.people) < MIN_CELL_SIZE:
        return HIDDEN
    return rounded(round(100 * found.in_time / found.answered))
