"""A call for help from its beginning to its end. Each operation also queues what the others hear of it.

`followers` are those who follow every call: the coordinators of the moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import THE_CLOCK
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.sos import asking, duties
from storage.sos.audited import HelpAction
from storage.sos.duties import Volunteer
from storage.sos.ids import HelpCallId
from storage.sos.notices import (
    HelperGaveUp,
    HelperIsGoing,
    HelpFollowed,
    HelpNoLongerWanted,
    HelpOver,
    NobodyAnswers,
    StillGoing,
    Turn,
)
from storage.sos.table import (
    ANSWERED_WITHIN,
    ANSWERS_WITHIN,
    ASKED_AFTER,
    CLOSER,
    DAY,
    ENDS_AFTER,
    MOST_A_DAY,
    CallOver,
    CallState,
    CallTaken,
    Content,
    HelpCall,
    HelpingAlready,
    NoSuchCall,
    NotInCall,
    NotToldOfCall,
    Told,
    TooManyCalls,
    content_of,
    keep,
)
from storage.telegram_ids import NOBODY, PersonId


def _about(call_id: HelpCallId) -> str:
    return f"call {call_id}"


async def _note(session: AsyncSession, act: HelpAction, by: PersonId, call_id: HelpCallId, now: datetime) -> None:
    """Writes down what a rider did. They are its subject, since an actor stays in the log after an erasure."""
    await audit.note(session, NOBODY, act, now, by, _about(call_id))


async def check_allowance(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """Raises TooManyCalls."""
    counted = HelpCall.helper.is_(None) | (HelpCall.helper != NOBODY)
    recent = select(func.count()).where(HelpCall.person_id == person_id, HelpCall.at > now - DAY, counted)
    if (await session.scalar(recent) or 0) >= MOST_A_DAY:
        raise TooManyCalls


async def open_of(session: AsyncSession, person_id: PersonId) -> HelpCall | None:
    """This person's call that has not ended."""
    return await session.scalar(
        select(HelpCall).where(HelpCall.person_id == person_id, HelpCall.state != CallState.ENDED)
    )


async def taken_by(session: AsyncSession, person_id: PersonId) -> HelpCall | None:
    """The call to which this person is going."""
    return await session.scalar(select(HelpCall).where(HelpCall.helper == person_id, HelpCall.state == CallState.TAKEN))


async def begin(
    session: AsyncSession,
    person_id: PersonId,
    content: Content,
    metres: float,
    followers: Sequence[PersonId],
    now: datetime,
) -> tuple[HelpCall, int]:
    """Opens a call, and tells the volunteers within so many metres; returns it and how many they are. Where there are
    none, coordinators are rung at once. Whoever has a call open keeps that one.

    Raises:
        TooManyCalls: see the class.
    """
    row = await open_of(session, person_id)
    if row is not None:
        return row, await told_count(session, row.id)
    await check_allowance(session, person_id, now)
    await asking.keep_apart(session)
    row = HelpCall(person_id=person_id, at=now, state=CallState.OPEN, rung=False)
    session.add(row)
    await session.flush()
    keep(session, row, content)
    await _note(session, HelpAction.HELP_CALLED, person_id, row.id, now)
    told = await asking.ask_volunteers(session, row, content, metres, now)
    row.rung = told == 0
    row.due = now + (ENDS_AFTER if row.rung else ANSWERED_WITHIN)
    await asking.tell(session, followers, HelpFollowed(row.id, Turn.UNANSWERED if row.rung else Turn.OPENED), now)
    wake_ups.request(session, WakeUp.SOS)
    return row, told


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
    row = await _held(session, call_id)
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
    content = replace(content, helper=volunteer.name, away=_metres(volunteer, content), is_asked=False)
    row.state, row.helper, row.due = CallState.TAKEN, helper, _until(row, now + ASKED_AFTER)
    keep(session, row, content)
    await _note(session, HelpAction.HELP_TAKEN, helper, call_id, now)
    await asking.tell(session, [row.person_id], HelperIsGoing(call_id), now)
    await asking.tell(session, await _told(session, call_id, apart_from=helper), HelpNoLongerWanted(call_id), now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.TAKEN), now)
    return content


def _metres(volunteer: Volunteer, content: Content) -> float | None:
    return None if content.spot is None or volunteer.reach else volunteer.spot.metres_to(content.spot)


def _until(row: HelpCall, moment: datetime) -> datetime:
    """At the latest when the call ends by itself."""
    return min(moment, row.at + ENDS_AFTER)


async def still_going(session: AsyncSession, call_id: HelpCallId, helper: PersonId, now: datetime) -> None:
    """Whoever is going says that they still are. Raises NoSuchCall, CallOver, NotInCall."""
    row = await _held(session, call_id)
    if row.helper != helper:
        raise NotInCall
    keep(session, row, replace(content_of(session, row), is_asked=False))
    row.due = _until(row, now + ASKED_AFTER)
    wake_ups.request(session, WakeUp.SOS)


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
        NoSuchCall, CallOver, NotInCall: see the classes; or nobody is going (any more).
    """
    await asking.keep_apart(session)
    row = await _held(session, call_id)
    if row.person_id != caller or row.helper is None:
        raise NotInCall
    content = content_of(session, row)
    content = replace(content, sent_away=content.sent_away + 1)
    keep(session, row, content)
    await _go_back(session, row, metres, now)
    await _note(session, HelpAction.HELP_SENT_AWAY, caller, call_id, now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.GIVEN_BACK), now)
    return content.asks_volunteers


async def _go_back(session: AsyncSession, row: HelpCall, metres: float, now: datetime) -> None:
    """Nobody is going any more. Who was is told that they need not, and not asked again."""
    helper = row.helper
    assert helper is not None
    before = content_of(session, row)
    content = replace(before, helper="", gave_back=(*before.gave_back, helper), away=None, is_asked=False)
    row.state, row.helper, row.rung, row.due = CallState.OPEN, None, True, row.at + ENDS_AFTER
    keep(session, row, content)
    await session.execute(delete(Told).where(Told.call_id == row.id))
    await asking.ask_volunteers(session, row, content, metres, now)
    await asking.tell(session, [helper], HelpNoLongerWanted(row.id), now)


async def give_back(
    session: AsyncSession,
    call_id: HelpCallId,
    helper: PersonId,
    metres: float,
    followers: Sequence[PersonId],
    now: datetime,
) -> None:
    """Who was going can't come: the others are asked again, and coordinators rung at once.

    Raises:
        NoSuchCall, CallOver, NotInCall: see the classes.
    """
    await asking.keep_apart(session)
    row = await _held(session, call_id)
    if row.helper != helper:
        raise NotInCall
    before = content_of(session, row)
    content = replace(before, helper="", gave_back=(*before.gave_back, helper), away=None, is_asked=False)
    row.state, row.helper, row.rung, row.due = CallState.OPEN, None, True, row.at + ENDS_AFTER
    keep(session, row, content)
    await session.execute(delete(Told).where(Told.call_id == call_id))
    await asking.ask_volunteers(session, row, content, metres, now)
    await _note(session, HelpAction.HELP_GIVEN_BACK, helper, call_id, now)
    await asking.tell(session, [row.person_id], HelperGaveUp(call_id), now)
    await asking.tell(session, followers, HelpFollowed(call_id, Turn.GIVEN_BACK), now)


async def end_by_party(
    session: AsyncSession, call_id: HelpCallId, by: PersonId, followers: Sequence[PersonId], now: datetime
) -> None:
    """Who called is safe or calls it off, or who was going has helped.

    Raises:
        NoSuchCall, CallOver, NotInCall: see the classes.
    """
    row = await _held(session, call_id)
    if by not in (row.person_id, row.helper):
        raise NotInCall
    await _note(session, HelpAction.HELP_ENDED, by, call_id, now)
    await _end(session, row, followers, now, is_by_helper=by == row.helper)


async def end_by_follower(
    session: AsyncSession, call_id: HelpCallId, by: PersonId, followers: Sequence[PersonId], now: datetime
) -> None:
    """A coordinator ends it, who has the right to.

    Raises:
        NoSuchCall, CallOver: see the classes.
    """
    row = await _held(session, call_id)
    await audit.note(session, by, HelpAction.HELP_ENDED, now, row.person_id, _about(call_id))
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
        await audit.note(session, THE_CLOCK, HelpAction.HELP_ENDED, now, row.person_id, _about(row.id))
        await _end(session, row, followers, now)
    elif row.state is CallState.TAKEN:
        await _look_after_helper(session, row, followers, metres, now)
    else:
        row.rung, row.due = True, row.at + ENDS_AFTER
        await audit.note(session, THE_CLOCK, HelpAction.HELP_UNANSWERED, now, row.person_id, _about(row.id))
        await asking.tell(session, [row.person_id], NobodyAnswers(row.id), now)
        await asking.tell(session, followers, HelpFollowed(row.id, Turn.UNANSWERED), now)
    return True


async def _look_after_helper(
    session: AsyncSession, row: HelpCall, followers: Sequence[PersonId], metres: float, now: datetime
) -> None:
    """Whoever has come closer is left alone; else they are asked, and without an answer the call goes back."""
    content = content_of(session, row)
    assert row.helper is not None
    volunteer = await duties.volunteer(session, row.helper, now)
    away = None if volunteer is None else _metres(volunteer, content)
    if away is not None and content.away is not None and away <= content.away - CLOSER:
        keep(session, row, replace(content, away=away, is_asked=False))
        row.due = _until(row, now + ASKED_AFTER)
    elif not content.is_asked:
        keep(session, row, replace(content, is_asked=True))
        row.due = _until(row, now + ANSWERS_WITHIN)
        await asking.tell(session, [row.helper], StillGoing(row.id), now)
    else:
        await _go_back(session, row, metres, now)
        await audit.note(session, THE_CLOCK, HelpAction.HELP_WENT_BACK, now, row.person_id, _about(row.id))
        await asking.tell(session, [row.person_id], HelperGaveUp(row.id), now)
        await asking.tell(session, followers, HelpFollowed(row.id, Turn.GIVEN_BACK), now)


async def next_due(session: AsyncSession) -> datetime | None:
    return await session.scalar(select(func.min(HelpCall.due)).where(HelpCall.state != CallState.ENDED))


async def told_count(session: AsyncSession, call_id: HelpCallId) -> int:
    """How many volunteers have been told of it."""
    return await session.scalar(select(func.count()).where(Told.call_id == call_id)) or 0


async def _held(session: AsyncSession, call_id: HelpCallId) -> HelpCall:
    """The call, which nobody else changes until the end of this transaction. Raises NoSuchCall, CallOver."""
    row = await session.get(HelpCall, call_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchCall
    if row.state is CallState.ENDED:
        raise CallOver
    return row


async def _end(
    session: AsyncSession, row: HelpCall, followers: Sequence[PersonId], now: datetime, *, is_by_helper: bool = False
) -> None:
    """Names, place and who was going are erased; what remains is that there was a call."""
    parties = [one for one in (row.person_id, row.helper) if one is not None]
    told = [one for one in await _told(session, row.id, apart_from=row.helper) if row.helper is None]
    row.state, row.due, row.content = CallState.ENDED, None, None
    row.helper = NOBODY if is_by_helper else None
    await session.execute(delete(Told).where(Told.call_id == row.id))
    await asking.tell(session, parties, HelpOver(row.id), now)
    await asking.tell(session, told, HelpNoLongerWanted(row.id), now)
    await asking.tell(session, followers, HelpFollowed(row.id, Turn.ENDED), now)


async def _told(session: AsyncSession, call_id: HelpCallId, apart_from: PersonId | None) -> list[PersonId]:
    found = await session.scalars(select(Told.person_id).where(Told.call_id == call_id))
    return [one for one in found if one != apart_from]
