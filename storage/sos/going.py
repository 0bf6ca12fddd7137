"""Whoever is going to a call for help: they take it, are asked whether they still are, give it back, are sent away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import THE_CLOCK
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.sos import asking, duties
from storage.sos.audited import HelpAction
from storage.sos.duties import Volunteer
from storage.sos.held import about, held, note, told_of
from storage.sos.ids import HelpCallId
from storage.sos.notices import (
    Gone,
    HelperConfirmed,
    HelperGaveUp,
    HelperHere,
    HelperIsGoing,
    HelpFollowed,
    HelpNoLongerWanted,
    NotWanted,
    StillGoing,
    Turn,
)
from storage.sos.table import (
    ANSWERS_WITHIN,
    ASKED_AFTER,
    CLOSER,
    ENDS_AFTER,
    HELD_FOR,
    CallState,
    CallTaken,
    Content,
    HelpCall,
    HelpingAlready,
    NobodyGoing,
    NotInCall,
    NotToldOfCall,
    Told,
    content_of,
    keep,
)
from storage.telegram_ids import PersonId


async def taken_by(session: AsyncSession, person_id: PersonId) -> HelpCall | None:
    """The call to which this person is going."""
    return await session.scalar(select(HelpCall).where(HelpCall.helper == person_id, HelpCall.state == CallState.TAKEN))


async def take(
    session: AsyncSession,
    call_id: HelpCallId,
    helper: PersonId,
    followers: Sequence[PersonId],
    now: datetime,
) -> Content:
    """This volunteer is going; the second press of the same one changes nothing.

    Raises:
        NoSuchCall, CallOver, NotToldOfCall, CallTaken, HelpingAlready: see the classes.
        NotOnDuty: their shift is over.
        MembersVolunteer: they were a member when they were told.
    """
    row = await held(session, call_id)
    if await session.get(Told, (call_id, helper)) is None:
        raise NotToldOfCall
    await duties.require_member(session, helper, now)
    volunteer = await duties.require(session, helper, now)
    if row.state is CallState.TAKEN:
        if row.helper == helper:
            return content_of(session, row)
        raise CallTaken
    if await taken_by(session, helper) is not None:
        raise HelpingAlready
    content = content_of(session, row)
    content = replace(content, helper=volunteer.name, away=_metres(volunteer, content), is_asked=False, taken_at=now)
    row.state, row.helper, row.due = CallState.TAKEN, helper, _until(row, content, now + ASKED_AFTER)
    keep(session, row, content)
    await note(session, HelpAction.HELP_TAKEN, helper, call_id, now)
    await asking.tell(session, [row.person_id], HelperIsGoing(call_id), now)
    await asking.tell(session, await told_of(session, call_id, apart_from=helper), HelpNoLongerWanted(call_id), now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.TAKEN), now)
    return content


def _metres(volunteer: Volunteer, content: Content) -> float | None:
    return None if content.spot is None or volunteer.reach else volunteer.spot.metres_to(content.spot)


def _until(row: HelpCall, content: Content, moment: datetime) -> datetime:
    """At the latest when the call ends by itself, or whoever is going has had long enough."""
    latest = row.at + ENDS_AFTER
    return min(moment, latest if content.taken_at is None else min(latest, content.taken_at + HELD_FOR))


async def still_going(session: AsyncSession, call_id: HelpCallId, helper: PersonId, now: datetime) -> Content:
    """Whoever is going says that they still are. Raises NoSuchCall, CallOver, NotInCall."""
    row = await held(session, call_id)
    if row.helper != helper:
        raise NotInCall
    content = replace(content_of(session, row), is_asked=False)
    keep(session, row, content)
    if not content.is_here:
        row.due = _until(row, content, now + ASKED_AFTER)
    wake_ups.request(session, WakeUp.SOS)
    return content


async def arrived(
    session: AsyncSession, call_id: HelpCallId, caller: PersonId, followers: Sequence[PersonId], now: datetime
) -> Content:
    """Who called says that whoever was going is with them: nobody asks any more, and the call stays theirs.

    Raises:
        NoSuchCall, CallOver, NotInCall, NobodyGoing: see the classes.
    """
    row, helper = await _held_by_caller(session, call_id, caller)
    before = content_of(session, row)
    if before.is_here:
        return before
    content = replace(before, is_here=True, is_asked=False)
    keep(session, row, content)
    row.due = row.at + ENDS_AFTER
    await note(session, HelpAction.HELP_ARRIVED, caller, call_id, now)
    await asking.tell(session, [helper], HelperConfirmed(call_id), now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.ARRIVED), now)
    return content


async def _held_by_caller(session: AsyncSession, call_id: HelpCallId, caller: PersonId) -> tuple[HelpCall, PersonId]:
    """The call, which nobody else changes until the end of this transaction, and who is going. Raises NoSuchCall,
    CallOver, NotInCall, NobodyGoing."""
    row = await held(session, call_id)
    if row.person_id != caller:
        raise NotInCall
    if row.helper is None:
        raise NobodyGoing
    return row, row.helper


async def send_away(
    session: AsyncSession,
    call_id: HelpCallId,
    caller: PersonId,
    metres: float,
    followers: Sequence[PersonId],
    now: datetime,
) -> bool:
    """Who called does not want whoever is going: the others are asked again, and coordinators rung at once. False if no
    others are asked any more, since MOST_SENT_AWAY have been sent away.

    Raises:
        NoSuchCall, CallOver, NotInCall, NobodyGoing: see the classes.
    """
    await asking.keep_apart(session)
    row, _ = await _held_by_caller(session, call_id, caller)
    content = content_of(session, row)
    content = replace(content, sent_away=content.sent_away + 1)
    keep(session, row, content)
    await _go_back(session, row, metres, now, NotWanted.SENT_HOME if content.is_here else NotWanted.SENT_AWAY)
    await note(session, HelpAction.HELP_SENT_AWAY, caller, call_id, now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.SENT_AWAY), now)
    return content.asks_volunteers


async def give_back(
    session: AsyncSession,
    call_id: HelpCallId,
    helper: PersonId,
    metres: float,
    followers: Sequence[PersonId],
    now: datetime,
) -> None:
    """Who was going can't come, or who was with the caller has to leave: the others are asked again, and coordinators
    rung at once. It is for the caller to say that they are safe.

    Raises:
        NoSuchCall, CallOver, NotInCall: see the classes.
    """
    await asking.keep_apart(session)
    row = await held(session, call_id)
    if row.helper != helper:
        raise NotInCall
    before = content_of(session, row)
    content = _nobodys(row, before, helper)
    keep(session, row, content)
    await session.execute(delete(Told).where(Told.call_id == call_id))
    await asking.ask_volunteers(session, row, content, metres, now)
    await note(session, HelpAction.HELP_GIVEN_BACK, helper, call_id, now)
    why, turn = (Gone.LEFT, Turn.LEFT) if before.is_here else (Gone.CANNOT, Turn.GIVEN_BACK)
    await asking.tell(session, [row.person_id], HelperGaveUp(call_id, why), now)
    await asking.tell(session, followers, HelpFollowed(call_id, turn), now)


def _nobodys(row: HelpCall, content: Content, helper: PersonId) -> Content:
    """Nobody is going any more, and who was is not asked again."""
    row.state, row.helper, row.rung, row.due = CallState.OPEN, None, True, row.at + ENDS_AFTER
    content = replace(content, gave_back=(*content.gave_back, helper), left=content.helper if content.is_here else "")
    return replace(content, helper="", away=None, is_asked=False, taken_at=None, is_here=False)


async def _go_back(session: AsyncSession, row: HelpCall, metres: float, now: datetime, why: NotWanted) -> None:
    """Nobody is going any more. Who was is told that they need not, and not asked again."""
    helper = row.helper
    assert helper is not None
    content = _nobodys(row, content_of(session, row), helper)
    keep(session, row, content)
    await session.execute(delete(Told).where(Told.call_id == row.id))
    await asking.ask_volunteers(session, row, content, metres, now)
    await asking.tell(session, [helper], HelpNoLongerWanted(row.id, why), now)


async def look_after(
    session: AsyncSession, row: HelpCall, followers: Sequence[PersonId], metres: float, now: datetime
) -> None:
    """Whoever has come closer is left alone; else they are asked, and the caller whether they have come. Without an
    answer the call goes back, and whatever the answer after HELD_FOR, unless the caller says that they have come."""
    content = content_of(session, row)
    assert row.helper is not None
    volunteer = await duties.volunteer(session, row.helper, now)
    away = None if volunteer is None else _metres(volunteer, content)
    is_late = content.taken_at is not None and now >= content.taken_at + HELD_FOR
    is_closer = away is not None and content.away is not None and away <= content.away - CLOSER
    if is_closer and not is_late:
        keep(session, row, replace(content, away=away, is_asked=False))
        row.due = _until(row, content, now + ASKED_AFTER)
    elif not content.is_asked and not is_late:
        keep(session, row, replace(content, is_asked=True))
        row.due = _until(row, content, now + ANSWERS_WITHIN)
        await asking.tell(session, [row.helper], StillGoing(row.id), now)
        await asking.tell(session, [row.person_id], HelperHere(row.id), now)
    else:
        await _go_back(session, row, metres, now, NotWanted.LATE if is_late else NotWanted.OTHERS)
        await audit.note(session, THE_CLOCK, HelpAction.HELP_WENT_BACK, now, row.person_id, about(row.id))
        await asking.tell(session, [row.person_id], HelperGaveUp(row.id, Gone.LATE if is_late else Gone.CANNOT), now)
        await asking.tell(session, followers, HelpFollowed(row.id, Turn.GIVEN_BACK), now)
