"""A call for help from its beginning to its end. Each operation also queues what the others hear of it.

`followers` are those who follow every call: the coordinators of the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import THE_CLOCK
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.sos import asking, going
from storage.sos.audited import HelpAction
from storage.sos.held import about, held, note, told_of
from storage.sos.ids import HelpCallId
from storage.sos.notices import (
    HelpFollowed,
    HelpNoLongerWanted,
    HelpOver,
    NobodyAnswers,
    Turn,
)
from storage.sos.table import (
    ANSWERED_WITHIN,
    DAY,
    ENDS_AFTER,
    MOST_A_DAY,
    MOST_IN_ALL,
    CallState,
    Content,
    Earlier,
    HelpCall,
    NotInCall,
    Told,
    TooManyCalls,
    keep,
)
from storage.telegram_ids import NOBODY, PersonId


async def check_allowance(session: AsyncSession, person_id: PersonId, erased: Sequence[Earlier], now: datetime) -> None:
    """`erased`: calls of theirs that are not kept any more. Raises TooManyCalls."""
    lately = [*await lately_of(session, person_id, now), *(one for one in erased if one.at > now - DAY)]
    if sum(one.counts for one in lately) >= MOST_A_DAY or len(lately) >= MOST_IN_ALL:
        raise TooManyCalls


async def lately_of(session: AsyncSession, person_id: PersonId, now: datetime) -> list[Earlier]:
    """The calls that this person has made within a day."""
    chosen = select(HelpCall.at, HelpCall.helper).where(HelpCall.person_id == person_id, HelpCall.at > now - DAY)
    return [Earlier(row.at, row.helper != NOBODY) for row in await session.execute(chosen)]


async def open_of(session: AsyncSession, person_id: PersonId) -> HelpCall | None:
    """This person's call that has not ended."""
    return await session.scalar(
        select(HelpCall).where(HelpCall.person_id == person_id, HelpCall.state != CallState.ENDED)
    )


async def begin(
    session: AsyncSession,
    person_id: PersonId,
    content: Content,
    metres: float,
    followers: Sequence[PersonId],
    now: datetime,
    erased: Sequence[Earlier] = (),
) -> tuple[HelpCall, int]:
    """Opens a call, and tells the volunteers within so many metres; returns it and how many they are. Where there are
    none, coordinators are rung at once. Whoever has a call open keeps that one.

    Raises:
        TooManyCalls: see the class.
    """
    row = await open_of(session, person_id)
    if row is not None:
        return row, await told_count(session, row.id)
    await check_allowance(session, person_id, erased, now)
    await asking.keep_apart(session)
    row = HelpCall(person_id=person_id, at=now, state=CallState.OPEN, rung=False)
    session.add(row)
    await session.flush()
    keep(session, row, content)
    await note(session, HelpAction.HELP_CALLED, person_id, row.id, now)
    told = await asking.ask_volunteers(session, row, content, metres, now)
    row.rung = told == 0
    row.due = now + (ENDS_AFTER if row.rung else ANSWERED_WITHIN)
    await asking.tell(session, followers, HelpFollowed(row.id, Turn.UNANSWERED if row.rung else Turn.OPENED), now)
    wake_ups.request(session, WakeUp.SOS)
    return row, told


async def end_by_party(
    session: AsyncSession, call_id: HelpCallId, by: PersonId, followers: Sequence[PersonId], now: datetime
) -> None:
    """Who called is safe or calls it off, or who was going has helped.

    Raises:
        NoSuchCall, CallOver, NotInCall: see the classes.
    """
    row = await held(session, call_id)
    if by not in (row.person_id, row.helper):
        raise NotInCall
    await note(session, HelpAction.HELP_ENDED, by, call_id, now)
    await _end(session, row, followers, now, is_by_helper=by == row.helper)


async def end_by_follower(
    session: AsyncSession, call_id: HelpCallId, by: PersonId, followers: Sequence[PersonId], now: datetime
) -> None:
    """A coordinator ends it, who has the right to.

    Raises:
        NoSuchCall, CallOver: see the classes.
    """
    row = await held(session, call_id)
    await audit.note(session, by, HelpAction.HELP_ENDED, now, row.person_id, about(call_id))
    await _end(session, row, followers, now)


async def look_after(session: AsyncSession, followers: Sequence[PersonId], metres: float, now: datetime) -> bool:
    """Takes one of the calls that the clock has to look at: nobody has answered, whoever is going has not come closer,
    or it ends by itself. True if there may be more."""
    await asking.keep_apart(session)
    row = await session.scalar(
        select(HelpCall)
        .where(HelpCall.state != CallState.ENDED, HelpCall.due <= now)
        .order_by(HelpCall.due)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return False
    if now >= row.at + ENDS_AFTER:
        await audit.note(session, THE_CLOCK, HelpAction.HELP_ENDED, now, row.person_id, about(row.id))
        await _end(session, row, followers, now)
    elif row.state is CallState.TAKEN:
        await going.look_after(session, row, followers, metres, now)
    else:
        row.rung, row.due = True, row.at + ENDS_AFTER
        await audit.note(session, THE_CLOCK, HelpAction.HELP_UNANSWERED, now, row.person_id, about(row.id))
        await asking.tell(session, [row.person_id], NobodyAnswers(row.id), now)
        await asking.tell(session, followers, HelpFollowed(row.id, Turn.UNANSWERED), now)
    return True


async def next_due(session: AsyncSession) -> datetime | None:
    return await session.scalar(select(func.min(HelpCall.due)).where(HelpCall.state != CallState.ENDED))


async def told_count(session: AsyncSession, call_id: HelpCallId) -> int:
    """How many volunteers have been told of it."""
    return await session.scalar(select(func.count()).where(Told.call_id == call_id)) or 0


async def _end(
    session: AsyncSession, row: HelpCall, followers: Sequence[PersonId], now: datetime, *, is_by_helper: bool = False
) -> None:
    """Names, place and who was going are erased; what remains is that there was a call."""
    parties = [one for one in (row.person_id, row.helper) if one is not None]
    told = [one for one in await told_of(session, row.id, apart_from=row.helper) if row.helper is None]
    row.state, row.due, row.content = CallState.ENDED, None, None
    row.helper = NOBODY if is_by_helper else None
    await session.execute(delete(Told).where(Told.call_id == row.id))
    await asking.tell(session, parties, HelpOver(row.id), now)
    await asking.tell(session, told, HelpNoLongerWanted(row.id), now)
    await asking.tell(session, followers, HelpFollowed(row.id, Turn.ENDED), now)
