"""Tables to be handed out as files. Those of people are made only for a reason (see handlers/admin/exports.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import attendance as turnout
from storage.activities import participants
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.column_types import beyond
from storage.honours import register
from storage.honours.table import entry_of
from storage.hours.iso import iso_minute
from storage.membership import memberships
from storage.membership.memberships import KEPT_ANSWERS, Membership

PAGE = 200
"""People who are read at once: some milliseconds. Others have their turn in between."""
_COUNTED_AT_ONCE = 500

_THERE = (PlaceState.PLACED, PlaceState.WAITING, PlaceState.OFFERED, PlaceState.IN_DRAW)

WholeTable = tuple[list[str], list[list[Any]]]
"""The names of the columns, and the rows."""

Rows = Sequence[Sequence[object]]


class PagedTable(NamedTuple):
    """The names of the columns, and the rows, a page at a time."""

    header: Sequence[str]
    pages: AsyncIterator[Rows]


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return iso_minute(moment, zone) if moment is not None else ""


async def activities(session: AsyncSession, zone: ZoneInfo) -> WholeTable:
    """Every activity with how many have a place, wait and came: no names."""
    rows = (await session.scalars(select(Activity).order_by(Activity.starts_at, Activity.id))).all()
    counted: dict[ActivityId, turnout.Figures] = {}
    ids = [row.id for row in rows]
    for first in range(0, len(ids), _COUNTED_AT_ONCE):
        counted.update(await turnout.figures(session, ids[first : first + _COUNTED_AT_ONCE]))
    header = [
        "id",
        "state",
        "kind",
        "title",
        "starts_at",
        "ends_at",
        "place",
        "places",
        "members_only",
        "placed",
        "waiting",
        "came",
    ]
    return header, [
        [
            row.id,
            row.state.name.lower(),
            row.kind,
            row.title,
            _local(row.starts_at, zone),
            _local(row.ends_at, zone),
            row.place,
            row.places,
            "yes" if row.members_only else "no",
            counted[row.id].placed,
            counted[row.id].waiting,
            counted[row.id].came,
        ]
        for row in rows
    ]


def members(session: AsyncSession, zone: ZoneInfo) -> PagedTable:
    """Those who are members now, with what they told when they joined."""

    async def rows() -> AsyncIterator[Rows]:
        async for page in memberships.pages(session, PAGE):
            yield [
                (one.number, _local(one.since, zone), *(one.answers.get(name) for name in KEPT_ANSWERS)) for one in page
            ]

    return PagedTable(("number", "since", *KEPT_ANSWERS), rows())


def honoured(session: AsyncSession, zone: ZoneInfo) -> PagedTable:
    """The register of honours, with everything that it says of people."""

    async def rows() -> AsyncIterator[Rows]:
        async for page in register.pages(session, PAGE):
            entries = [(row, entry_of(session, row)) for row in page]
            yield [
                (
                    entry.year,
                    entry.title,
                    entry.name,
                    entry.id_number,
                    entry.employer,
                    row.state.value,
                    entry.phone,
                    entry.note,
                    entry.nomination,
                    "" if row.last_trip_on is None else row.last_trip_on.isoformat(),
                    _local(row.changed_at, zone),
                )
                for row, entry in entries
            ]

    header = ("year", "title", "name", "id_number", "employer", "state", "phone", "note", "nomination", "last_trip")
    return PagedTable((*header, "changed_at"), rows())


def attendance(session: AsyncSession, zone: ZoneInfo) -> PagedTable:
    """Everybody who signed up for or came to an activity whose list is still kept; members by name."""

    async def rows() -> AsyncIterator[Rows]:
        chosen = select(Activity.id, Activity.title, Activity.starts_at)
        for activity_id, title, starts_at in await session.execute(chosen.order_by(Activity.starts_at, Activity.id)):
            starts = _local(starts_at, zone)
            async for page in _attendees(session, activity_id):
                yield [
                    (title, starts, one.id, _name(session, one), *_standing(one), _local(one.came_at, zone), one.rating)
                    for one in page
                ]

    return PagedTable(("activity", "starts_at", "number", "name", "state", "guests", "came_at", "rating"), rows())


def people_of(session: AsyncSession, activity: Activity, zone: ZoneInfo) -> PagedTable:
    """Everybody who has a place at an activity, waits or is offered a place, in this order; members by name."""

    async def rows() -> AsyncIterator[Rows]:
        numbers = await participants.numbers(session, activity.id)
        async for page in _attendees(session, activity.id):
            yield [
                (
                    numbers[one.id],
                    _name(session, one),
                    *_standing(one),
                    _local(one.at, zone),
                    _local(one.came_at, zone),
                    one.rating,
                    *participants.answers_in(session, one.id, activity.id, one.person_id, one.answers),
                )
                for one in page
            ]

    header = ("number", "name", "state", "guests", "signed_up_at", "came_at", "rating", *activity.asks)
    return PagedTable(header, rows())


_PLACES = cast(Table, SignUp.__table__).c
_ORDER = (_PLACES.state, _PLACES.queued_at, _PLACES.id)
_ATTENDEE = (*_PLACES, Membership.number, Membership.content)


async def _attendees(session: AsyncSession, activity_id: ActivityId) -> AsyncIterator[Sequence[Row[Any]]]:
    """A page at a time: _ATTENDEE. Plain rows, of which nothing is kept: a hundred thousand objects of them would make
    the garbage collector look through all of them, again and again."""
    chosen = (
        select(*_ATTENDEE)
        .outerjoin(Membership, (Membership.person_id == _PLACES.person_id) & Membership.left_at.is_(None))
        .where(_PLACES.activity_id == activity_id, _PLACES.state.in_(_THERE))
        .order_by(*_ORDER)
        .limit(PAGE)
    )
    page = (await session.execute(chosen)).all()
    while page:
        yield page
        last = page[-1]
        following = chosen.where(beyond(_ORDER, (last.state, last.queued_at, last.id)))
        page = (await session.execute(following)).all() if len(page) == PAGE else []


def _name(session: AsyncSession, one: Row[Any]) -> str:
    return str(memberships.answers_in(session, one.number, one.person_id, one.content).get("name", ""))


def _standing(one: Row[Any]) -> tuple[str, int]:
    return one.state.name.lower(), one.guests
