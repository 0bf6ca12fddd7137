"""Applications as a table: those of a state, page by page, and what deciding about many of them will do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from sqlalchemy import literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.membership import applications, decisions, reviews
from storage.membership.applications import OPEN, Application, ApplicationState
from storage.membership.ids import ApplicationId
from storage.refusals import Refused
from storage.telegram_ids import PersonId

PAGE = 50
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which applications: of this state; that have waited for so many days; those of the viewer alone, which they have
    in hand or have decided."""

    state: ApplicationState = ApplicationState.WAITING
    days: int = 0
    mine: bool = False


class Place(NamedTuple):
    """After which row a page begins."""

    moment: datetime
    id: ApplicationId


def place_of(row: Application) -> Place:
    """Where the row stands in the table."""
    return Place(row.waiting_since if row.state in OPEN or row.decided_at is None else row.decided_at, row.id)


async def listed(
    session: AsyncSession, viewer: PersonId, chosen: Chosen, now: datetime, after: Place | None = None
) -> Sequence[Application]:
    """A page of others' applications: open ones oldest first, decided ones newest first. One row more than PAGE says
    that there are more."""
    is_open = chosen.state in OPEN
    moment = Application.waiting_since if is_open else Application.decided_at
    order = [moment, Application.id] if is_open else [moment.desc(), Application.id.desc()]
    rows = select(Application).where(Application.state == chosen.state, Application.person_id != viewer)
    if chosen.days:
        rows = rows.where(Application.waiting_since <= now - timedelta(days=chosen.days))
    if chosen.mine and is_open:
        rows = rows.where(Application.claimed_by == viewer, Application.claimed_until > now)
    elif chosen.mine:
        rows = rows.where(Application.decided_by == viewer)
    if after is not None:
        here = tuple_(moment, Application.id)
        there = tuple_(literal(after.moment, Application.waiting_since.type), literal(after.id))
        rows = rows.where(here > there if is_open else here < there)
    return (await session.scalars(rows.order_by(*order).limit(PAGE + 1))).all()


class Fate(Enum):
    """What a decision about many does with one of them."""

    DECIDED = "decided"
    NOT_WAITING = "not_waiting"
    IN_OTHER_HANDS = "in_other_hands"
    DOUBLE = "double"
    """Somebody else has applied or joined with the same number: it is decided alone, by who has read it."""


class Planned(NamedTuple):
    application: Application
    fate: Fate


async def planned(
    session: AsyncSession, ids: Sequence[ApplicationId], reviewer: PersonId, now: datetime
) -> list[Planned]:
    """What would happen if this reviewer decided about these now, oldest first. Their own are left out."""
    chosen = select(Application).where(Application.id.in_(ids[:MOST_AT_ONCE]), Application.person_id != reviewer)
    rows = await session.scalars(chosen.order_by(Application.waiting_since, Application.id))
    return [Planned(row, await _fate(session, row, reviewer, now)) for row in rows.all()]


async def _fate(session: AsyncSession, row: Application, reviewer: PersonId, now: datetime) -> Fate:
    if row.state != ApplicationState.WAITING:
        return Fate.NOT_WAITING
    if not reviews.is_free(row, reviewer, now):
        return Fate.IN_OTHER_HANDS
    return Fate.DOUBLE if await applications.doubles(session, row) else Fate.DECIDED


async def approve_all(
    session: AsyncSession, ids: Sequence[ApplicationId], reviewer: PersonId, now: datetime
) -> list[Planned]:
    """Approves those that can be, each with its own audit row and notice; returns what became of each."""

    async def decide(application_id: ApplicationId) -> None:
        await decisions.approve(session, application_id, reviewer, now)

    return await _decide_all(session, ids, reviewer, now, decide)


async def refuse_all(
    session: AsyncSession, ids: Sequence[ApplicationId], reviewer: PersonId, reason: str, now: datetime
) -> list[Planned]:
    """The same with a refusal, for one reason."""

    async def decide(application_id: ApplicationId) -> None:
        await decisions.refuse(session, application_id, reviewer, reason, now)

    return await _decide_all(session, ids, reviewer, now, decide)


async def _decide_all(
    session: AsyncSession,
    ids: Sequence[ApplicationId],
    reviewer: PersonId,
    now: datetime,
    decide: Callable[[ApplicationId], Awaitable[None]],
) -> list[Planned]:
    found = []
    for row, planned_fate in await planned(session, ids, reviewer, now):
        fate = planned_fate
        if fate is Fate.DECIDED:
            try:
                await reviews.claim(session, row.id, reviewer, now)
                await decide(row.id)
            except Refused:  # meanwhile; nothing but the hold has changed
                fate = Fate.NOT_WAITING
        found.append(Planned(row, fate))
    return found


async def undo_all(
    session: AsyncSession, ids: Sequence[ApplicationId], reviewer: PersonId, now: datetime
) -> tuple[list[Application], int]:
    """Takes back the reviewer's own decisions; returns those, and how many it is too late for."""
    undone, too_late = [], 0
    for application_id in ids[:MOST_AT_ONCE]:
        try:
            undone.append(await decisions.undo(session, application_id, reviewer, now))
        except reviews.TooLateToUndo:
            too_late += 1
    return undone, too_late
