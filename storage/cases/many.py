"""Several cases that somebody chose from a list, to do the same with each: with which of them that can be done, and why
not with the others. A case that they may not see is not named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import access, parties
from storage.cases.desks import Desks
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import CaseMessage
from storage.cases.table import Case, CaseState
from storage.telegram_ids import PersonId

MOST_AT_ONCE = 50


class Fate(StrEnum):
    """What can be done with a case, or why it can't be: the first reason there is."""

    READY = "ready"
    GONE = "gone"
    NOT_IN_HAND = "not_in_hand"
    CLOSED = "closed"
    IN_DANGER = "in_danger"
    """Somebody may be in danger and waits for an answer to that, which one for many is not."""
    ANONYMOUS = "anonymous"
    """Nobody would get the answer."""
    BY_LEVELS = "by_levels"
    OTHER_DESK = "other_desk"
    JOINED_ALREADY = "joined_already"
    JOINED_ELSEWHERE = "joined_elsewhere"
    FULL = "full"


class Chosen(NamedTuple):
    """`row` is None for one that is GONE."""

    row: Case | None
    fate: Fate


async def to_answer(session: AsyncSession, ids: Collection[CaseId], handler: PersonId, desks: Desks) -> list[Chosen]:
    """Which of these cases this handler can answer by one text for many. `desks` are those that they work at."""
    rows = await _rows(session, ids)
    return [_answered(session, rows.get(one), handler, desks) for one in sorted(ids)]


async def to_join(session: AsyncSession, ids: Collection[CaseId], handler: PersonId, desks: Desks) -> list[Chosen]:
    """Which of these cases can be joined to one collective case, of the desk of the first of them."""
    rows = await _rows(session, ids)
    found = [_joined(session, rows.get(one), handler, desks) for one in sorted(ids)]
    desk = next((one.row.desk for one in found if one.row is not None and one.fate is Fate.READY), "")
    return [_of_desk(one, desk) for one in found]


async def hold(session: AsyncSession, ids: Collection[CaseId]) -> None:
    """Locks them until the transaction ends, all in one order, and reads them afresh."""
    chosen = select(Case).where(Case.id.in_(ids)).order_by(Case.id)
    await session.scalars(chosen.with_for_update().execution_options(populate_existing=True))


async def last_messages(session: AsyncSession, ids: Collection[CaseId]) -> dict[CaseId, CaseMessageId]:
    """The last message of each of these cases, as far as there is one."""
    newest = select(CaseMessage.case_id, func.max(CaseMessage.id)).where(CaseMessage.case_id.in_(ids))
    rows = (await session.execute(newest.group_by(CaseMessage.case_id))).all()
    return {case_id: last for case_id, last in rows if last is not None}


async def _rows(session: AsyncSession, ids: Collection[CaseId]) -> dict[CaseId, Case]:
    rows: Sequence[Case] = (await session.scalars(select(Case).where(Case.id.in_(ids)))).all()
    return {row.id: row for row in rows}


def _in_hand(session: AsyncSession, row: Case | None, handler: PersonId, desks: Desks) -> Chosen:
    if row is None or parties.is_in_doubt(row):
        return Chosen(None, Fate.GONE)
    if row.assigned_to != handler:
        desk = desks.get(row.desk)
        is_of_theirs = desk is not None and desk.is_handled_by(handler, place=row.place)
        is_seen = is_of_theirs and bool(access.who_may_see(session, row, [handler]))
        return Chosen(row, Fate.NOT_IN_HAND) if is_seen else Chosen(None, Fate.GONE)
    return Chosen(row, Fate.CLOSED if row.state == CaseState.CLOSED else Fate.READY)


def _answered(session: AsyncSession, row: Case | None, handler: PersonId, desks: Desks) -> Chosen:
    found = _in_hand(session, row, handler, desks)
    if found.row is None or found.fate is not Fate.READY:
        return found
    if found.row.urgent_due_at is not None:
        return Chosen(found.row, Fate.IN_DANGER)
    return Chosen(found.row, Fate.ANONYMOUS) if found.row.person_id is None else found


def _joined(session: AsyncSession, row: Case | None, handler: PersonId, desks: Desks) -> Chosen:
    found = _in_hand(session, row, handler, desks)
    if found.row is None or found.fate is not Fate.READY:
        return found
    if found.row.level:
        return Chosen(found.row, Fate.BY_LEVELS)
    return found if found.row.collective_id is None else Chosen(found.row, Fate.JOINED_ALREADY)


def _of_desk(chosen: Chosen, desk: str) -> Chosen:
    if chosen.fate is Fate.READY and chosen.row is not None and chosen.row.desk != desk:
        return Chosen(chosen.row, Fate.OTHER_DESK)
    return chosen
