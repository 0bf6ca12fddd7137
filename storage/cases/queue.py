"""Which cases wait: for a handler, for their own handler, for the clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import access, parties
from storage.cases.access import not_hidden_from
from storage.cases.desks import Scope
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState
from storage.deliveries.table import Delivery, State
from storage.telegram_ids import PersonId, TopicId

URGENT_FIRST = case((Case.urgent_at.is_not(None), 0), else_=1)


async def in_queue(
    session: AsyncSession,
    desk: str,
    viewer: PersonId,
    limit: int = 8,
    skip: int = 0,
    scope: Scope | None = None,
) -> Sequence[Case]:
    """What nobody has taken, as far as the viewer may see it, of these levels and places (None: of all): where somebody
    may be in danger at the top, then what is due first."""
    rows = await session.scalars(
        select(Case)
        .where(waits_in(desk, scope), not_hidden_from(viewer))
        .order_by(URGENT_FIRST, Case.due_at, Case.id)
        .offset(skip)
        .limit(limit)
    )
    return [row for row in rows if not parties.is_in_doubt(row) and access.who_may_see(session, row, [viewer])]


def waits_in(desk: str, scope: Scope | None) -> ColumnElement[bool]:
    """That nobody has taken a case of this desk, of these levels and places (None: of all)."""
    waits = (Case.desk == desk) & (Case.state != CaseState.CLOSED) & Case.assigned_to.is_(None)
    if scope is None:
        return waits
    within = [
        Case.level == level if places is None else (Case.level == level) & Case.place.in_(places)
        for level, places in scope.items()
    ]
    return waits & or_(Case.level == 0, *within)


class Waiting(NamedTuple):
    """How many cases nobody has taken; in `urgent` of them somebody may be in danger."""

    total: int
    urgent: int


async def count_waiting(session: AsyncSession, desk: str, viewer: PersonId, scope: Scope | None = None) -> Waiting:
    """Counts the cases of a desk that nobody has taken and that the viewer may see, of these levels and places (None:
    of all)."""
    chosen = select(func.count(Case.id), func.count(Case.urgent_at)).where(
        waits_in(desk, scope), not_hidden_from(viewer)
    )
    total, urgent = (await session.execute(chosen)).one()
    return Waiting(total, urgent)


async def in_hand(session: AsyncSession, handler: PersonId, limit: int = 40) -> Sequence[Case]:
    """The open cases of a handler: where somebody may be in danger first, then those that wait for the handler."""
    rows = await session.scalars(
        select(Case)
        .where(Case.assigned_to == handler, Case.state != CaseState.CLOSED)
        .order_by(URGENT_FIRST, Case.state, Case.last_at, Case.id)
        .limit(limit)
    )
    return [row for row in rows if row.assigned_to == handler]  # one that was handed over in the database is nobody's


# By the clock


AT_ONCE = 200
"""Cases that are looked at in one transaction."""


async def late(session: AsyncSession, now: datetime, limit: int = AT_ONCE) -> Sequence[Case]:
    """Those whose first answer, or whose decision at a level, is late, and of which the next ones are to be told."""
    rows = await session.scalars(
        select(Case)
        .where(
            Case.next_escalation_at <= now,
            Case.first_answer_at.is_(None) | (Case.level > 0),
            Case.state != CaseState.CLOSED,
        )
        .order_by(Case.next_escalation_at, Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def urgent_and_late(session: AsyncSession, now: datetime, limit: int = AT_ONCE) -> Sequence[Case]:
    """Those in which somebody may be in danger and has had no answer in time, and of which more people are to hear."""
    rows = await session.scalars(
        select(Case)
        .where(Case.urgent_due_at <= now, ~Case.urgent_told, Case.state != CaseState.CLOSED)
        .order_by(Case.urgent_due_at, Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


async def without_handler_left(
    session: AsyncSession, handlers: Sequence[PersonId], reviewers: Sequence[PersonId], levelled: Collection[str]
) -> Sequence[Case]:
    """Open cases in the hands of people who are no handlers any more; at the desks with levels, no reviewers."""
    is_levelled = Case.desk.in_(levelled)
    rows = await session.scalars(
        select(Case)
        .where(Case.state != CaseState.CLOSED, Case.assigned_to.is_not(None))
        .where(or_(is_levelled & Case.assigned_to.not_in(reviewers), ~is_levelled & Case.assigned_to.not_in(handlers)))
        .order_by(Case.id)
        .with_for_update(skip_locked=True)
    )
    return [row for row in rows if not parties.is_in_doubt(row)]


async def to_forget(session: AsyncSession, now: datetime, kept: timedelta, limit: int) -> list[CaseId]:
    """Closed cases whose personal part has had its time, and in which nobody is writing."""
    rows = await session.scalars(
        select(Case.id)
        .where(
            Case.closed_at < now - kept,
            Case.last_at < now - kept,
            Case.content.is_not(None),
            or_(Case.writing_until.is_(None), Case.writing_until < now),
        )
        .order_by(Case.closed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows)


async def with_undelivered(session: AsyncSession) -> Sequence[Case]:
    """Open cases whose rider a message could not reach, and those whose rider is known to be away."""
    missed = select(Delivery.recipient).where(Delivery.ordered, Delivery.state == State.UNREACHABLE)
    rows = await session.scalars(
        select(Case)
        .where(Case.state != CaseState.CLOSED, or_(Case.rider_unreachable, Case.person_id.in_(missed)))
        .order_by(Case.id)
        .with_for_update(skip_locked=True)
    )
    return rows.all()


# The topics of a forum


TABLES = frozenset({Case.__tablename__})


@dataclass(frozen=True, slots=True)
class OldTopic:
    """A case whose topic is missing, or says what holds no more; and what it is to say."""

    case: Case
    says: str
    is_in_doubt: bool


async def with_old_topic(session: AsyncSession, desks: Sequence[str], after: CaseId, limit: int) -> Sequence[OldTopic]:
    """The next ones of these desks after a case. Those in doubt are among them, so that one gets past them."""
    state = case(
        (Case.state == CaseState.CLOSED, "closed"),
        (Case.assigned_to.is_not(None), "taken"),
        (Case.urgent_at.is_not(None), "urgent"),
        else_="waits",
    )
    is_old = or_(Case.topic_shows.is_(None) & (Case.state != CaseState.CLOSED), Case.topic_shows != state)
    rows = await session.execute(
        select(Case, state)
        .where(Case.desk.in_(desks), is_old, Case.content.is_not(None), Case.id > after)
        .order_by(Case.id)
        .limit(limit)
    )
    return [OldTopic(row, says, parties.is_in_doubt(row)) for row, says in rows]


async def keep_topic(session: AsyncSession, case_id: CaseId, topic: TopicId | None, shows: str | None) -> None:
    """Notes which topic of the forum is about the case (None: it has one no more), and which state it shows."""
    await session.execute(update(Case).where(Case.id == case_id).values(topic_id=topic, topic_shows=shows))
