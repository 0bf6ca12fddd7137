"""Tables to be handed out as files. Those of people are made only for a reason (see handlers/admin/exports.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import attendance as turnout
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId
from storage.activities.sign_ups import PlaceState, SignUp
from storage.hours.iso import iso_minute
from storage.membership import memberships
from storage.membership.memberships import KEPT_ANSWERS, Membership

Table = tuple[list[str], list[list[Any]]]
"""The names of the columns, and the rows."""


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return iso_minute(moment, zone) if moment is not None else ""


async def activities(session: AsyncSession, zone: ZoneInfo) -> Table:
    """Every activity with how many have a place, wait and came: no names."""
    rows = (await session.scalars(select(Activity).order_by(Activity.starts_at, Activity.id))).all()
    counted: dict[ActivityId, turnout.Figures] = {}
    ids = [row.id for row in rows]
    for first in range(0, len(ids), 500):
        counted.update(await turnout.figures(session, ids[first : first + 500]))
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


async def members(session: AsyncSession, zone: ZoneInfo) -> Table:
    """Those who are members now, with what they told when they joined."""
    rows = await session.scalars(
        select(Membership)
        .where(Membership.left_at.is_(None), Membership.person_id.is_not(None))
        .order_by(Membership.number)
    )
    table = []
    for row in rows:
        answers = memberships.content_of(session, row)
        table.append([row.number, _local(row.since, zone), *(answers.get(name) for name in KEPT_ANSWERS)])
    return ["number", "since", *KEPT_ANSWERS], table


async def attendance(session: AsyncSession, zone: ZoneInfo) -> Table:
    """Everybody who signed up for or came to an activity whose list is still kept; members by name."""
    rows = (
        await session.execute(
            select(SignUp, Activity.title, Activity.starts_at)
            .join(Activity, Activity.id == SignUp.activity_id)
            .where(SignUp.state != PlaceState.LEFT)
            .order_by(Activity.starts_at, SignUp.id)
        )
    ).all()
    known = await memberships.of_all(session, sorted({one.person_id for one, _, _ in rows}))
    names = {person: str(memberships.content_of(session, row).get("name", "")) for person, row in known.items()}
    header = ["activity", "starts_at", "number", "name", "state", "guests", "came_at", "rating"]
    return header, [
        [
            title,
            _local(starts_at, zone),
            one.id,
            names.get(one.person_id, ""),
            one.state.name.lower(),
            one.guests,
            _local(one.came_at, zone),
            one.rating,
        ]
        for one, title, starts_at in rows
    ]
