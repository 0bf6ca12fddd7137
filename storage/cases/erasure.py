"""The end of what is personal in cases: when their time is over, or when their rider or a handler is erased."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import collectives, contexts, copies, deadlines, doubts, levels, personal_data
from storage.cases.doubts import Named
from storage.cases.files import evidence
from storage.cases.ids import CaseId
from storage.cases.messages import CaseMessage
from storage.cases.table import Side
from storage.telegram_ids import PersonId


async def strip_case(session: AsyncSession, case_id: CaseId) -> None:
    """Takes all that is personal out of a case: what was said, with its copies' traces, the evidence, whose it was and
    who had it."""
    await _strip_messages(session, CaseMessage.case_id == case_id)
    await contexts.leave_all(session, case_id)
    await evidence.strip(session, case_id)
    await deadlines.strip(session, case_id)
    await levels.strip(session, case_id)
    await personal_data.strip(session, case_id)
    await collectives.forget_title(session, case_id)


async def _strip_messages(session: AsyncSession, which: ColumnElement[bool]) -> None:
    ids = select(CaseMessage.id).where(which)
    await copies.strip(session, ids)
    await evidence.strip_messages(session, ids)
    await session.execute(delete(CaseMessage).where(which))


async def strip_all_of(session: AsyncSession, person_id: PersonId) -> None:
    """The same of all cases of a rider, and of those in doubt that may be theirs; and of what they said as a rider,
    where the database has it in another case."""
    await _strip_brought(session, person_id, await doubts.naming(session, person_id))


async def _strip_brought(session: AsyncSession, person_id: PersonId, named: Named) -> None:
    for case_id in named.brought:
        await strip_case(session, case_id)
    await _strip_messages(session, (CaseMessage.author == person_id) & (CaseMessage.side == Side.RIDER))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Of a rider: all cases lose their personal part. Of a handler: what they said stays, without their number."""
    await session.flush()
    named = await doubts.naming(session, person_id)
    await doubts.take_out(session, person_id, named)
    await _strip_brought(session, person_id, named)
    await session.execute(update(CaseMessage).where(CaseMessage.author == person_id).values(author=None))
    await contexts.leave(session, person_id)
    await personal_data.handler_gone(session, person_id)
