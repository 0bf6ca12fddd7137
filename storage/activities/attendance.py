"""Who came to an activity, how they found it, and the figures of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, Table, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.activities import activities
from storage.activities.activities import ActivityState
from storage.activities.ids import ActivityId
from storage.activities.participants import TAKING, UP_TO_OWN, PlaceState, SignUp, free_places, of, position
from storage.activities.sign_ups import MembersOnly, NotSignedUp, SignUpClosed, require_invited
from storage.engine.fast_statements import run
from storage.engine.write_detection import flush
from storage.telegram_ids import PersonId


def who_came(activity_id: ActivityId) -> Select[PersonId]:
    return select(SignUp.person_id).where(SignUp.activity_id == activity_id, SignUp.came_at.is_not(None))


async def check_in(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, now: datetime, *, is_member: bool
) -> SignUp:
    """The person is at the door. Who has no place gets one now, if any is left.

    Raises:
        NoSuchActivity; SignUpClosed: every place is taken or will be drawn, or it was cancelled.
        MembersOnly, NotInvited: they have no place, and only members, or the people of a segment, may take one.
    """
    activity = await activities.published_for_update(session, activity_id)
    if activity.state == ActivityState.CANCELLED:
        raise SignUpClosed
    row = await of(session, activity_id, person_id)
    if row is None or row.state not in TAKING:
        if activity.members_only and not is_member:
            raise MembersOnly
        await require_invited(session, activity, person_id, now)
        if activity.awaits_draw or await free_places(session, activity) == 0:
            raise SignUpClosed
        if row is None:
            row = SignUp(activity_id=activity_id, person_id=person_id, at=now, queued_at=now, guests=0)
            session.add(row)
        row.walked_in, row.guests = True, 0
    row.state, row.offered_until = PlaceState.PLACED, None
    row.came_at = row.came_at or now
    await session.flush()
    await activities.recount(session, activity_id)
    return row


async def rate(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, stars: int, comment: str = ""
) -> None:
    """1 to 5, by who came. Raises NotSignedUp."""
    row = await of(session, activity_id, person_id)
    if row is None or row.came_at is None or not 1 <= stars <= 5:
        raise NotSignedUp
    await activities.recount(session, activity_id)
    row.rating = stars
    if comment:
        sealed_columns.seal(session, row, SignUp.comment, comment.encode())


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one activity; people with their guests in `taken` only."""

    placed: int = 0
    waiting: int = 0
    offered: int = 0
    came: int = 0
    taken: int = 0
    in_draw: int = 0


_TABLE = cast(Table, SignUp.__table__)
_COUNTS = (
    *(
        func.count().filter(_TABLE.c.state == state).label(state.name.lower())
        for state in (PlaceState.PLACED, PlaceState.WAITING, PlaceState.OFFERED)
    ),
    func.count(_TABLE.c.came_at).label("came"),
    func.coalesce(func.sum(1 + _TABLE.c.guests).filter(_TABLE.c.state.in_(TAKING)), 0).label("taken"),
    func.count().filter(_TABLE.c.state == PlaceState.IN_DRAW).label("in_draw"),
)
_FIGURES = (
    select(_TABLE.c.activity_id, *_COUNTS)
    .where(_TABLE.c.activity_id.in_(bindparam("ids", expanding=True)))
    .group_by(_TABLE.c.activity_id)
)
_FIGURES_AND_NUMBER = select(func.count().filter(UP_TO_OWN).label("number"), *_COUNTS).where(
    _TABLE.c.activity_id == bindparam("activity", type_=_TABLE.c.activity_id.type)
)


async def figures(session: AsyncSession, ids: Sequence[ActivityId]) -> dict[ActivityId, Figures]:
    """By activity, in one query."""
    await flush(session)
    rows = await run(session, _FIGURES, {"ids": list(ids)})
    found = {row[0]: Figures(*(int(value) for value in row[1:])) for row in rows}
    return {activity_id: found.get(activity_id, Figures()) for activity_id in ids}


async def figures_for(session: AsyncSession, activity_id: ActivityId, mine: SignUp | None) -> tuple[Figures, int]:
    """Of one activity, and the position in the queue of whoever waits, or the number of their place (see
    `participants.number`); 0 for somebody who never signed up."""
    if mine is None:
        return (await figures(session, [activity_id]))[activity_id], 0
    await flush(session)
    row = (await run(session, _FIGURES_AND_NUMBER, {"id": mine.id, "activity": activity_id})).one()
    number = await position(session, mine) if mine.state == PlaceState.WAITING else int(row[0])
    return Figures(*(int(value) for value in row[1:])), number
