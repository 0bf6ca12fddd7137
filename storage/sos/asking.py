"""Whom a call for help is told to: those nearby who are on duty, and whoever goes on duty while nobody has answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries import queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.dialects import lock_name
from storage.sos import duties
from storage.sos.duties import Volunteer
from storage.sos.notices import HelpWanted
from storage.sos.table import CallState, Content, HelpCall, Told, content_of
from storage.telegram_ids import PersonId


async def tell(session: AsyncSession, people: Sequence[PersonId], notice: Notice, now: datetime) -> None:
    await queue.add_all(session, [Addressed(one, notice, now) for one in people])


async def keep_apart(session: AsyncSession) -> None:
    """Keeps those apart who ask volunteers and who go on duty, of whom neither would see the other; to be asked for
    before any call is held."""
    await lock_name(session, Told.__tablename__)


async def ask_newcomer(
    session: AsyncSession, person: PersonId, volunteer: Volunteer, metres: float, now: datetime
) -> None:
    """Tells somebody who has just gone on duty of the calls nearby that nobody has answered; not who gave one back."""
    await session.flush()
    await keep_apart(session)
    for row in await _open_now(session):
        content = content_of(session, row)
        place, others = content.spot, person != row.person_id and person not in content.gave_back
        is_near = content.asks_volunteers and place is not None and volunteer.is_near(place, metres)
        if is_near and others and await session.get(Told, (row.id, person)) is None:
            session.add(Told(call_id=row.id, person_id=person))
            await tell(session, [person], HelpWanted(row.id), now)


async def _open_now(session: AsyncSession) -> Sequence[HelpCall]:
    """The calls that nobody has answered, which nobody ends until the end of this transaction."""
    rows = await session.scalars(
        select(HelpCall)
        .where(HelpCall.state == CallState.OPEN)
        .order_by(HelpCall.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def ask_volunteers(
    session: AsyncSession,
    row: HelpCall,
    content: Content,
    metres: float,
    now: datetime,
) -> int:
    spot = content.spot
    near = [] if spot is None or not content.asks_volunteers else await duties.near(session, spot, metres, now)
    asked = [person for person in near if person not in (row.person_id, *content.gave_back)]
    session.add_all(Told(call_id=row.id, person_id=person) for person in asked)
    await session.flush()
    await tell(session, asked, HelpWanted(row.id), now)
    return len(asked)
