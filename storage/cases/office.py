"""Cases as a table: what waits at a desk, or what somebody has in hand, narrowed down and page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, false, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import access, parties, queue
from storage.cases.desks import Scope
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, content_of
from storage.telegram_ids import PersonId

PAGE = 50
_AT_ONCE = 200
_MOST_READ = 2_000
"""Cases that are opened for one page: a kind is sealed, so it can't be searched."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which cases: what nobody has taken at these desks, of these levels and places (None: of all); or those in the
    viewer's hands, of these desks alone if there are any. Of a kind; opened so many days ago; overdue; waiting for the
    handlers."""

    desks: Mapping[str, Scope | None]
    mine: bool = False
    kind: str = ""
    days: int = 0
    overdue: bool = False
    ours: bool = False


class Place(NamedTuple):
    """After which row a page begins."""

    calm: int
    due_at: datetime
    id: CaseId


def place_of(row: Case) -> Place:
    """Where the row stands in the table."""
    return Place(int(row.urgent_at is None), row.due_at, row.id)


async def listed(
    session: AsyncSession, viewer: PersonId, chosen: Chosen, now: datetime, after: Place | None = None
) -> Sequence[Case]:
    """A page of cases: where somebody may be in danger first, then what is due first. One row more than PAGE says that
    there are more."""
    found: list[Case] = []
    for _ in range(_MOST_READ // _AT_ONCE):
        rows = (await session.scalars(_after(_which(viewer, chosen, now), after).limit(_AT_ONCE))).all()
        found += [row for row in rows if _is_shown(session, row, viewer, chosen)]
        if len(found) > PAGE or len(rows) < _AT_ONCE:
            break
        after = place_of(rows[-1])
    return found[: PAGE + 1]


def _which(viewer: PersonId, chosen: Chosen, now: datetime) -> Select[Case]:
    rows = select(Case).where(Case.state != CaseState.CLOSED)
    if chosen.mine:
        rows = rows.where(Case.assigned_to == viewer)
        rows = rows.where(Case.desk.in_(chosen.desks)) if chosen.desks else rows
    else:
        waits = [queue.waits_in(desk, scope) for desk, scope in chosen.desks.items()]
        rows = rows.where(or_(false(), *waits), access.not_hidden_from(viewer))
    if chosen.days:
        rows = rows.where(Case.opened_at <= now - timedelta(days=chosen.days))
    if chosen.overdue:
        rows = rows.where(_is_overdue(now))
    if chosen.ours:
        rows = rows.where(Case.state == CaseState.OURS)
    return rows


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    """No answer in time: to words of danger, the first one, or a decision at a level."""
    is_due = Case.first_answer_at.is_(None) | ((Case.level > 0) & (Case.state == CaseState.OURS))
    return (Case.urgent_due_at <= now) | (Case.urgent_due_at.is_(None) & is_due & (Case.due_at <= now))


def _after(rows: Select[Case], after: Place | None) -> Select[Case]:
    order = (queue.URGENT_FIRST, Case.due_at, Case.id)
    if after is not None:
        there = (literal(after.calm), literal(after.due_at, Case.due_at.type), literal(after.id))
        rows = rows.where(tuple_(*order) > tuple_(*there))
    return rows.order_by(*order)


def _is_shown(session: AsyncSession, row: Case, viewer: PersonId, chosen: Chosen) -> bool:
    """What the columns say is not believed: see storage/cases/parties.py."""
    if parties.is_in_doubt(row) or not access.who_may_see(session, row, [viewer]):
        return False
    return not chosen.kind or content_of(session, row).kind == chosen.kind
