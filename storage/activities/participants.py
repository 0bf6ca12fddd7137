"""Who has a place in an activity, who waits for one, and in which order.

A place is counted with its guests.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import cast

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Select,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId, SignUpId
from storage.column_types import BigKey, IntEnumColumn, Sealed
from storage.database import Base, vault_of
from storage.dialects import is_postgresql
from storage.engine.fast_statements import run
from storage.engine.write_detection import flush
from storage.telegram_ids import PersonId


class PlaceState(IntEnum):
    """Where a person stands with an activity; in exactly one of these."""

    PLACED = 0
    WAITING = 1
    OFFERED = 2  # a place is kept for them until `offered_until`
    LEFT = 3
    IN_DRAW = 4  # holds a ticket; the draw gives a place, or one in the queue


TAKING = (PlaceState.PLACED, PlaceState.OFFERED)


class SignUp(Base):
    __tablename__ = "sign_ups"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        Index("ix_sign_ups_queue", "activity_id", "state", "queued_at", "guests", "came_at", "rating"),
    )

    id: Mapped[SignUpId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    state: Mapped[PlaceState] = mapped_column(IntEnumColumn(PlaceState))
    guests: Mapped[int] = mapped_column(SmallInteger, default=0)
    at: Mapped[datetime]
    queued_at: Mapped[datetime]
    offered_until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    answers: Mapped[bytes | None] = mapped_column(Sealed(("activity_id", "person_id")), default=None)
    leads: Mapped[str | None] = mapped_column(String(120), default=None)
    came_at: Mapped[datetime | None] = mapped_column(default=None)
    walked_in: Mapped[bool] = mapped_column(default=False)
    ticket: Mapped[int | None] = mapped_column(default=None)
    ticket_code: Mapped[str | None] = mapped_column(String(8), default=None)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    rating: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    comment: Mapped[bytes | None] = mapped_column(Sealed(("activity_id", "person_id")), default=None)


_TABLE = cast(Table, SignUp.__table__)
_ACTIVITY = bindparam("activity", type_=BigInteger)
_PERSON = bindparam("person", type_=_TABLE.c.person_id.type)
_OF_ACTIVITY = _TABLE.c.activity_id == _ACTIVITY
_WAITS = _OF_ACTIVITY & (_TABLE.c.state == PlaceState.WAITING)
_ID_OF = select(_TABLE.c.id).where(_OF_ACTIVITY, _TABLE.c.person_id == _PERSON)
_TAKEN = select(func.coalesce(func.sum(1 + _TABLE.c.guests), 0)).where(_OF_ACTIVITY, _TABLE.c.state.in_(TAKING))
_QUEUE_LENGTH = select(func.count()).select_from(_TABLE).where(_WAITS)
_FIRST = select(_TABLE.c.id).where(_WAITS).order_by(_TABLE.c.queued_at, _TABLE.c.id).limit(1)
_ID = bindparam("id", type_=BigInteger)
_QUEUED_AT = bindparam("queued_at", type_=_TABLE.c.queued_at.type)
_BEFORE = _QUEUE_LENGTH.where(
    (_TABLE.c.queued_at < _QUEUED_AT) | ((_TABLE.c.queued_at == _QUEUED_AT) & (_TABLE.c.id < _ID))
)
UP_TO_OWN = _TABLE.c.id <= _ID
"""The rows of an activity that count for the number of somebody's place, by the `id` of theirs."""
_NUMBER = select(func.count()).select_from(_TABLE).where(_OF_ACTIVITY, UP_TO_OWN)


async def of(session: AsyncSession, activity_id: ActivityId, person_id: PersonId) -> SignUp | None:
    """The person's row as it is now, also if this session read it before it locked the activity."""
    if not is_postgresql(session):
        # What this session has read, nobody else has changed since.
        await flush(session)
        row_id = (await run(session, _ID_OF, {"activity": activity_id, "person": person_id})).scalar()
        return None if row_id is None else await session.get(SignUp, row_id)
    wanted = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.person_id == person_id)
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def stands(session: AsyncSession, activity_id: ActivityId, person_id: PersonId) -> bool:
    """Whether the person has a place or an offer, or waits."""
    row = await of(session, activity_id, person_id)
    return row is not None and row.state != PlaceState.LEFT


async def taken(session: AsyncSession, activity_id: ActivityId) -> int:
    """Places that are taken or kept for an offer, guests included."""
    await flush(session)
    return int((await run(session, _TAKEN, {"activity": activity_id})).scalar())


async def free_places(session: AsyncSession, activity: Activity) -> int | None:
    """None where there are as many as like; never below 0."""
    if activity.places is None:
        return None
    return max(0, activity.places - await taken(session, activity.id))


def in_queue(activity_id: ActivityId) -> ColumnElement[bool]:
    """Who waits for this activity."""
    return (SignUp.activity_id == activity_id) & (SignUp.state == PlaceState.WAITING)


async def queue_length(session: AsyncSession, activity_id: ActivityId) -> int:
    await flush(session)
    return int((await run(session, _QUEUE_LENGTH, {"activity": activity_id})).scalar())


async def next_in_queue(session: AsyncSession, activity_id: ActivityId) -> SignUpId | None:
    """Whose turn it is."""
    await flush(session)
    found: SignUpId | None = (await run(session, _FIRST, {"activity": activity_id})).scalar()
    return found


async def position(session: AsyncSession, row: SignUp) -> int:
    """1 for whoever is next."""
    await flush(session)
    values = {"activity": row.activity_id, "queued_at": row.queued_at, "id": row.id}
    return 1 + int((await run(session, _BEFORE, values)).scalar())


async def fits_alone(session: AsyncSession, activity: Activity, row: SignUp) -> bool:
    """Whether somebody waits although a place is free: because of their guests, and before everybody else."""
    if row.state != PlaceState.WAITING or not row.guests or await position(session, row) > 1:
        return False
    return await free_places(session, activity) != 0


async def number(session: AsyncSession, row: SignUp) -> int:
    """The number of somebody's place: 1 for whoever signed up first. It stays when others give up theirs; only the
    erasure of somebody's data moves those behind them."""
    await flush(session)
    return int((await run(session, _NUMBER, {"activity": row.activity_id, "id": row.id})).scalar())


async def standing(session: AsyncSession, row: SignUp) -> int:
    """The position in the queue of whoever waits, else the number of their place."""
    return await position(session, row) if row.state == PlaceState.WAITING else await number(session, row)


async def numbers(session: AsyncSession, activity_id: ActivityId) -> dict[SignUpId, int]:
    """The numbers of all places of an activity, as `number` gives them."""
    ids = await session.scalars(select(SignUp.id).where(SignUp.activity_id == activity_id).order_by(SignUp.id))
    return {row_id: at for at, row_id in enumerate(ids, start=1)}


async def people_of(
    session: AsyncSession, activity_id: ActivityId, states: Sequence[PlaceState] = TAKING, limit: int | None = None
) -> list[SignUp]:
    """In the order in which they came to their state: places by sign-up, the queue by its order."""
    rows = await session.scalars(
        select(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state.in_(states))
        .order_by(SignUp.state, SignUp.queued_at, SignUp.id)
        .limit(limit)
    )
    return list(rows)


async def count(session: AsyncSession, activity_id: ActivityId, states: Sequence[PlaceState]) -> int:
    counted = select(func.count()).select_from(SignUp)
    return await session.scalar(counted.where(SignUp.activity_id == activity_id, SignUp.state.in_(states))) or 0


def participant_ids(activity_id: ActivityId, states: Sequence[PlaceState]) -> Select[PersonId]:
    """The people in these states, as a query of their ids, to tell them all something."""
    return select(SignUp.person_id).where(SignUp.activity_id == activity_id, SignUp.state.in_(states))


async def mine(session: AsyncSession, person_id: PersonId) -> dict[ActivityId, SignUp]:
    """By activity: where this person has a place, an offer, or waits."""
    rows = await session.scalars(select(SignUp).where(SignUp.person_id == person_id, SignUp.state != PlaceState.LEFT))
    return {row.activity_id: row for row in rows}


def answers_of(session: AsyncSession, row: SignUp) -> list[str]:
    """Returns the answers to the organiser's questions, in their order; empty if there are none."""
    return answers_in(session, row.id, row.activity_id, row.person_id, row.answers)


def answers_in(
    session: AsyncSession, row_id: SignUpId, activity_id: ActivityId, person_id: PersonId, sealed: bytes | None
) -> list[str]:
    """The same, of the columns of a row."""
    if sealed is None:
        return []
    place = sealed_columns.identity(row_id, activity_id, person_id)
    return list(orjson.loads(vault_of(session).open(sealed, "sign_ups.answers", place)))
