"""Reviewing applications: the queue, who has which in hand, and what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.membership import applications, memberships
from storage.membership.applications import Application, ApplicationState, Inquiry
from storage.membership.ids import ApplicationId
from storage.membership.memberships import Membership
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

CLAIMED_FOR = timedelta(minutes=30)
UNDONE_WITHIN = timedelta(minutes=5)


class InOtherHands(Refused):
    """Somebody else is reviewing it, or it is not waiting any more."""


class DecidedAlready(Repeated):
    """By this reviewer."""


class OwnApplication(Refused):
    """Nobody reviews their own application."""


class TooLateToUndo(Refused):
    """A decision can be undone by who took it, within UNDONE_WITHIN."""


class Queue(NamedTuple):
    """The applications that wait, oldest first, as far as asked for; how many in all; since when the oldest waits."""

    first: Sequence[Application]
    total: int
    oldest: datetime | None


def _waits() -> ColumnElement[bool]:
    return Application.state == ApplicationState.WAITING


def is_free(row: Application, reviewer: PersonId, now: datetime) -> bool:
    """Whether this reviewer may take it into hand now."""
    return row.claimed_by in (None, reviewer) or row.claimed_until is None or row.claimed_until <= now


async def queue(session: AsyncSession, reviewer: PersonId, limit: int = 8) -> Queue:
    """What this reviewer may see waiting: not their own."""
    others = _waits() & (Application.person_id != reviewer)
    found = await session.scalars(
        select(Application).where(others).order_by(Application.waiting_since, Application.id).limit(limit)
    )
    rows = found.all()
    return Queue(rows, await count_of_others(session, reviewer), rows[0].waiting_since if rows else None)


async def count_of_others(session: AsyncSession, reviewer: PersonId) -> int:
    """How many applications wait, but for this reviewer's own. All are counted by the index alone, which is faster than
    a look at whose each is; and the few of one person are looked at, so that SQLite does not look at all that wait."""
    waiting = await session.scalar(select(func.count()).select_from(Application).where(_waits())) or 0
    own = await session.scalars(select(Application.state).where(Application.person_id == reviewer))
    return waiting - own.all().count(ApplicationState.WAITING)


async def claim(session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime) -> Application:
    """Takes an application into hand for CLAIMED_FOR, by one statement, so that of two reviewers one gets it.

    Raises:
        OwnApplication, InOtherHands: see the classes.
    """
    found: Application | None = await session.scalar(
        update(Application)
        .where(
            Application.id == application_id,
            _waits(),
            Application.person_id != reviewer,
            or_(
                Application.claimed_by.is_(None),
                Application.claimed_by == reviewer,
                Application.claimed_until <= now,
            ),
        )
        .values(claimed_by=reviewer, claimed_until=now + CLAIMED_FOR)
        .returning(Application),
        execution_options={"populate_existing": True},
    )
    if found is not None:
        return found
    row = await applications.find(session, application_id)
    if row is not None and row.person_id == reviewer:
        raise OwnApplication
    raise InOtherHands


async def next_for(session: AsyncSession, reviewer: PersonId, now: datetime) -> Application | None:
    """The oldest one that this reviewer may take, claimed; None if there is none."""
    while True:
        found = await session.scalar(
            select(Application.id)
            .where(
                _waits(),
                Application.person_id != reviewer,
                or_(
                    Application.claimed_by.is_(None),
                    Application.claimed_by == reviewer,
                    Application.claimed_until <= now,
                ),
            )
            .order_by(Application.waiting_since, Application.id)
            .limit(1)
        )
        if found is None:
            return None
        try:
            return await claim(session, found, reviewer, now)
        except InOtherHands:
            continue  # somebody was faster


async def release(session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime) -> None:
    """Lets go of it. Raises InOtherHands."""
    row = await _in_hand(session, application_id, reviewer, now)
    row.claimed_by = row.claimed_until = None


async def _in_hand(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime
) -> Application:
    row = await applications.find_for_update(session, application_id)
    if row is not None and row.decided_by == reviewer and row.state != ApplicationState.WAITING:
        raise DecidedAlready
    holds = row is not None and row.claimed_by == reviewer and row.claimed_until is not None and row.claimed_until > now
    if row is None or not holds or row.state != ApplicationState.WAITING:
        raise InOtherHands
    if row.person_id == reviewer:
        raise OwnApplication
    return row


def _decide(row: Application, state: ApplicationState, reviewer: PersonId, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, reviewer, now
    row.claimed_by = row.claimed_until = None


async def approve(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime
) -> Membership:
    """Makes the applicant a member. Raises InOtherHands or DecidedAlready."""
    row = await _in_hand(session, application_id, reviewer, now)
    answers = applications.content_of(session, row).answers
    member = await memberships.create(session, row.person_id, answers, now)
    _decide(row, ApplicationState.APPROVED, reviewer, now)
    return member


async def refuse(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, reason: str, now: datetime
) -> Application:
    """Raises InOtherHands."""
    row = await _in_hand(session, application_id, reviewer, now)
    content = applications.content_of(session, row)
    content.reason = reason
    applications.keep_content(session, row, content)
    _decide(row, ApplicationState.REFUSED, reviewer, now)
    return row


async def ask(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, question: str, now: datetime
) -> Application:
    """The applicant is to answer this first; then it waits again, and who asked is told. Raises InOtherHands."""
    row = await _in_hand(session, application_id, reviewer, now)
    content = applications.content_of(session, row)
    content.exchange.append(Inquiry(question))
    applications.keep_content(session, row, content)
    row.state = ApplicationState.ASKED
    row.claimed_until = None
    return row


async def undo(session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime) -> Application:
    """Takes back the reviewer's own decision; the application is in their hand again.

    Raises:
        TooLateToUndo: see the class.
    """
    row = await applications.find_for_update(session, application_id)
    decided = (ApplicationState.APPROVED, ApplicationState.REFUSED)
    if row is None or row.state not in decided or row.decided_by != reviewer or row.decided_at is None:
        raise TooLateToUndo
    if now - row.decided_at > UNDONE_WITHIN:
        raise TooLateToUndo
    newer = await applications.latest_of(session, row.person_id)
    if newer is not None and newer.id != row.id:
        raise TooLateToUndo
    if row.state == ApplicationState.APPROVED and await memberships.of(session, row.person_id) is None:
        raise TooLateToUndo  # they have left meanwhile
    if row.state == ApplicationState.APPROVED:
        await memberships.leave(session, row.person_id, now)
    row.state = ApplicationState.WAITING
    row.decided_by = row.decided_at = None
    row.claimed_by, row.claimed_until = reviewer, now + CLAIMED_FOR
    return row


async def answered_to(session: AsyncSession, reviewer: PersonId) -> Sequence[Application]:
    """Those that wait with the answer to this reviewer's question, the newest first; not once anybody has taken them
    into hand since."""
    asked = (Application.claimed_by == reviewer) & (Application.claimed_until <= Application.waiting_since)
    found = await session.scalars(select(Application).where(_waits(), asked).order_by(Application.waiting_since.desc()))
    return found.all()


async def waiting_longer_than(session: AsyncSession, since: datetime) -> int:
    """How many wait since before this moment."""
    counted = select(func.count()).select_from(Application).where(_waits(), Application.waiting_since < since)
    return await session.scalar(counted) or 0
