"""Collective cases: cases about the same thing, joined under one number.

A collective case gives nobody a right to its cases: each stays its rider's, and is in the hands of whoever has it in
hand. To which one a case is joined counts only with the seal of the case (storage/cases/parties.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Index, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.cases import access, parties
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.table import Case, CaseState, NoSuchCase, content_of
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.disclosure import Figure, figure
from storage.telegram_ids import PersonId

_LOOKED_AT = 30
"""The newest of a desk, of which those are listed that somebody may see."""


class CollectiveCase(Base):
    """Which cases are joined to it stands with the cases."""

    __tablename__ = "collective_cases"
    __table_args__ = (
        Index("ix_collective_cases_opened", "desk", "opened_at"),
        {"sqlite_autoincrement": True},  # an old button must never open a later one
    )

    id: Mapped[CollectiveId] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    desk: Mapped[str] = mapped_column(String(15))
    title: Mapped[bytes | None] = mapped_column(Sealed(("number", "desk")), default=None)
    """What it is about, for the handlers only; gone with the personal part of its last case."""
    opened_at: Mapped[datetime]


def title_of(session: AsyncSession, row: CollectiveCase) -> str:
    """Empty once it is gone."""
    return "" if row.title is None else sealed_columns.opened(session, row, CollectiveCase.title).decode()


async def joined(session: AsyncSession, collective_id: CollectiveId) -> Sequence[Case]:
    """All cases of it, whoever may see them."""
    rows = await session.scalars(select(Case).where(Case.collective_id == collective_id).order_by(Case.id))
    return rows.all()


def _is_seen(session: AsyncSession, row: Case, viewer: PersonId) -> bool:
    return not parties.is_in_doubt(row) and bool(access.who_may_see(session, row, [viewer]))


async def visible(
    session: AsyncSession, collective_id: CollectiveId, viewer: PersonId, desks: Sequence[str]
) -> CollectiveCase:
    """A collective case of these desks, for somebody who has one of its cases in hand or from whom none is hidden;
    never for a rider of one of them. Raises NoSuchCase."""
    row = await session.get(CollectiveCase, collective_id)
    if row is None or row.desk not in desks:
        raise NoSuchCase
    rows = await joined(session, collective_id)
    is_party = any(one.person_id == viewer for one in rows)
    has_some = any(one.assigned_to == viewer for one in rows)
    if is_party or not (has_some or all(_is_seen(session, one, viewer) for one in rows)):
        raise NoSuchCase
    return row


async def seen_of(session: AsyncSession, collective_id: CollectiveId, viewer: PersonId) -> list[Case]:
    """The cases of it that are not hidden from the viewer."""
    return [row for row in await joined(session, collective_id) if _is_seen(session, row, viewer)]


async def in_hand_of(session: AsyncSession, collective_id: CollectiveId, handler: PersonId) -> list[Case]:
    """Its open cases in this handler's hands: those to which they can write, and which they can close."""
    return [row for row in await joined(session, collective_id) if _is_open_in_hand(row, handler)]


async def in_hand_for_update(session: AsyncSession, collective_id: CollectiveId, handler: PersonId) -> list[Case]:
    """The same, read afresh and locked until the transaction ends: what was closed meanwhile is not among them."""
    rows = await session.scalars(
        select(Case)
        .where(Case.collective_id == collective_id, Case.assigned_to == handler)
        .order_by(Case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [row for row in rows if _is_open_in_hand(row, handler)]


def _is_open_in_hand(row: Case, handler: PersonId) -> bool:
    return row.assigned_to == handler and row.state != CaseState.CLOSED


def people_of(rows: Sequence[Case]) -> int:
    """How many people brought these cases, at least: each that was anonymous from the beginning counts as one more; all
    those of which nothing personal is left together as one, since they may all have been one person's."""
    named = {row.person_id for row in rows if row.person_id is not None}
    nobodys = [row for row in rows if row.person_id is None]
    anonymous = sum(row.content is not None for row in nobodys)
    return len(named) + anonymous + (anonymous < len(nobodys))


async def of_desk(session: AsyncSession, desk: str, viewer: PersonId, limit: int = 20) -> list[CollectiveCase]:
    """Those of a desk with an open case that the viewer may see, the newest first."""
    is_open = select(Case.collective_id).where(Case.collective_id.is_not(None), Case.state != CaseState.CLOSED)
    rows = await session.scalars(
        select(CollectiveCase)
        .where(CollectiveCase.desk == desk, CollectiveCase.id.in_(is_open))
        .order_by(CollectiveCase.id.desc())
        .limit(_LOOKED_AT)
    )
    found = []
    for row in rows:
        try:
            found.append(await visible(session, row.id, viewer, [desk]))
        except NoSuchCase:
            continue
        if len(found) == limit:
            break
    return found


class Candidates(NamedTuple):
    """What could be joined to a collective case: of the same kind and platform as one of its cases, and the rest."""

    alike: list[Case]
    others: list[Case]


async def candidates(session: AsyncSession, row: CollectiveCase, handler: PersonId, limit: int = 200) -> Candidates:
    """Of what the handler has in hand, the oldest first."""
    open_now = await session.scalars(
        select(Case)
        .where(
            Case.assigned_to == handler,
            Case.desk == row.desk,
            Case.state != CaseState.CLOSED,
            Case.level == 0,
            Case.collective_id.is_(None),
        )
        .order_by(Case.id)
        .limit(limit)
    )
    alike = {_matter(session, one) for one in await seen_of(session, row.id, handler)}
    found = Candidates([], [])
    for one in open_now:
        if one.assigned_to == handler:
            (found.alike if _matter(session, one) in alike else found.others).append(one)
    return found


def _matter(session: AsyncSession, row: Case) -> tuple[str, str]:
    content = content_of(session, row)
    return content.kind, content.platform


async def number_of(session: AsyncSession, row: Case) -> str:
    """Of the collective case that it is joined to; empty if there is none."""
    return (await numbers_of(session, [row])).get(row.id, "")


async def numbers_of(session: AsyncSession, rows: Sequence[Case]) -> dict[CaseId, str]:
    """Of the collective cases that these are joined to, by case."""
    ids = {row.collective_id for row in rows if row.collective_id is not None}
    if not ids:
        return {}
    found = await session.execute(select(CollectiveCase.id, CollectiveCase.number).where(CollectiveCase.id.in_(ids)))
    numbers = {row.id: row.number for row in found}
    return {
        row.id: numbers[row.collective_id]
        for row in rows
        if row.collective_id in numbers and not parties.is_in_doubt(row)
    }


async def people_in(session: AsyncSession, row: Case) -> int:
    """How many people brought the cases that this one is joined with; 0 if there are none."""
    if row.collective_id is None or parties.is_in_doubt(row):
        return 0
    return people_of([one for one in await joined(session, row.collective_id) if not parties.is_in_doubt(one)])


async def forget_title(session: AsyncSession, case_id: CaseId) -> None:
    """Once this case, without its personal part by now, was the last one of which anything was kept."""
    found = await session.scalar(select(Case.collective_id).where(Case.id == case_id))
    row = None if found is None else await session.get(CollectiveCase, found, with_for_update=True)
    if row is not None:
        await forget_title_unless_needed(session, row)


async def forget_title_unless_needed(session: AsyncSession, row: CollectiveCase) -> None:
    """Of one that is locked: once nothing is kept of any of its cases."""
    kept = select(func.count(Case.id)).where(Case.collective_id == row.id, Case.content.is_not(None))
    if not await session.scalar(kept):
        row.title = None
        await session.flush()


class CollectiveFigures(NamedTuple):
    """Of the collective cases of a desk that were begun in a period: the joined cases, and of how many people."""

    people: Figure
    cases: Figure


async def figures(session: AsyncSession, desk: str, start: datetime, end: datetime) -> CollectiveFigures:
    """What the statistics say of those that were begun in [start, end)."""
    begun = select(CollectiveCase.id).where(
        CollectiveCase.desk == desk, CollectiveCase.opened_at >= start, CollectiveCase.opened_at < end
    )
    rows = (await session.scalars(select(Case).where(Case.collective_id.in_(begun)))).all()
    people = people_of(rows)
    return CollectiveFigures(figure(people), figure(len(rows), people))
