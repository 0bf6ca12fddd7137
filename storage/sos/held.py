"""A call for help that is held while it changes, and what is written down about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.sos.audited import HelpAction
from storage.sos.ids import HelpCallId
from storage.sos.table import CallOver, CallState, HelpCall, NoSuchCall, Told
from storage.telegram_ids import NOBODY, PersonId


def about(call_id: HelpCallId) -> str:
    return f"call {call_id}"


async def note(session: AsyncSession, act: HelpAction, by: PersonId, call_id: HelpCallId, now: datetime) -> None:
    """Writes down what a rider did. They are its subject, since an actor stays in the log after an erasure."""
    await audit.note(session, NOBODY, act, now, by, about(call_id))


async def held(session: AsyncSession, call_id: HelpCallId) -> HelpCall:
    """The call, which nobody else changes until the end of this transaction. Raises NoSuchCall, CallOver."""
    row = await session.get(HelpCall, call_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchCall
    if row.state is CallState.ENDED:
        raise CallOver
    return row


async def told_of(session: AsyncSession, call_id: HelpCallId, apart_from: PersonId | None) -> list[PersonId]:
    found = await session.scalars(select(Told.person_id).where(Told.call_id == call_id))
    return [one for one in found if one != apart_from]
