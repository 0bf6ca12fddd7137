"""What may be read of a call, by whom; and what is copied, erased and forgotten of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.deliveries.notices import SubjectNotice
from storage.people.blocks import Block
from storage.privacy.retention import Retention, forget_some
from storage.sos import calls, duties, going
from storage.sos.audited import HelpAction
from storage.sos.duties import Spot
from storage.sos.ids import HelpCallId
from storage.sos.notices import HelpFollowed, Turn
from storage.sos.table import DAY, CallOver, CallState, Content, HelpCall, NoSuchCall, Told, content_of, keep
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Facts:
    """A call as it is now; `content` is None once it has ended."""

    id: HelpCallId
    person_id: PersonId
    at: datetime
    state: CallState
    helper: PersonId | None
    content: Content | None
    told: int


async def facts(session: AsyncSession, call_id: HelpCallId) -> Facts | None:
    row = await session.get(HelpCall, call_id)
    if row is None:
        return None
    content = None if row.state is CallState.ENDED else content_of(session, row)
    told = await calls.told_count(session, call_id)
    return Facts(row.id, row.person_id, row.at, row.state, row.helper, content, told)


async def while_open(session: AsyncSession, notice: SubjectNotice[HelpCallId], _now: datetime) -> Facts | None:
    """The call that a notice is about; None unless somebody is still to answer it."""
    return await _in_state(session, notice.subject, CallState.OPEN)


async def while_taken(session: AsyncSession, notice: SubjectNotice[HelpCallId], _now: datetime) -> Facts | None:
    """The same unless somebody is going."""
    return await _in_state(session, notice.subject, CallState.TAKEN)


async def while_awaited(session: AsyncSession, notice: SubjectNotice[HelpCallId], _now: datetime) -> Facts | None:
    """The same unless somebody is going who has not come yet, as far as the caller has said."""
    found = await _in_state(session, notice.subject, CallState.TAKEN)
    return None if found is None or found.content is None or found.content.is_here else found


async def while_here(session: AsyncSession, notice: SubjectNotice[HelpCallId], _now: datetime) -> Facts | None:
    """The same unless whoever was going is with the caller, who has said so."""
    found = await _in_state(session, notice.subject, CallState.TAKEN)
    return found if found is not None and found.content is not None and found.content.is_here else None


async def called_by(session: AsyncSession, person_id: PersonId) -> Facts | None:
    """This person's call that has not ended."""
    row = await calls.open_of(session, person_id)
    return None if row is None else await facts(session, row.id)


async def taken_by(session: AsyncSession, person_id: PersonId) -> Facts | None:
    """The call to which this person is going, or has come."""
    row = await going.taken_by(session, person_id)
    return None if row is None else await facts(session, row.id)


async def for_follower(session: AsyncSession, notice: HelpFollowed, _now: datetime) -> Facts | None:
    """The call, if what a coordinator is to be told of it is still so."""
    return await _in_state(session, notice.subject, _STATE_AFTER.get(notice.turn, CallState.OPEN))


_STATE_AFTER = {Turn.TAKEN: CallState.TAKEN, Turn.ARRIVED: CallState.TAKEN, Turn.ENDED: CallState.ENDED}


async def _in_state(session: AsyncSession, call_id: HelpCallId, state: CallState) -> Facts | None:
    found = await facts(session, call_id)
    return found if found is not None and found.state is state else None


async def wanted_from(
    session: AsyncSession, call_id: HelpCallId, person_id: PersonId, now: datetime
) -> tuple[Spot, float] | None:
    """Where help is wanted, and how far that is from this volunteer in metres; None unless the call is open and this
    person was told of it and is on duty."""
    found = await facts(session, call_id)
    if found is None or found.state is not CallState.OPEN or found.content is None or found.content.spot is None:
        return None
    is_told = await session.get(Told, (call_id, person_id)) is not None
    if not is_told or await duties.until(session, person_id, now) is None:
        return None
    volunteer = await duties.require(session, person_id, now)
    return found.content.spot, volunteer.spot.metres_to(found.content.spot)


async def place_for_follower(session: AsyncSession, call_id: HelpCallId, by: PersonId, now: datetime) -> Facts:
    """The call with its place, for a coordinator, who is written down as having seen it.

    Raises:
        NoSuchCall, CallOver: see the classes.
    """
    found = await facts(session, call_id)
    if found is None:
        raise NoSuchCall
    if found.content is None:
        raise CallOver
    await audit.note(session, by, HelpAction.HELP_PLACE_SEEN, now, found.person_id, f"call {call_id}")
    return found


async def running(session: AsyncSession) -> list[Facts]:
    """The calls that have not ended, the oldest first."""
    ids = await session.scalars(select(HelpCall.id).where(HelpCall.state != CallState.ENDED).order_by(HelpCall.at))
    found = [await facts(session, call_id) for call_id in ids.all()]
    return [one for one in found if one is not None]


async def taken_by_blocked(session: AsyncSession, now: datetime) -> list[tuple[HelpCallId, PersonId]]:
    """The calls to which somebody is going who was blocked since, with the helper."""
    blocked = select(Block.person_id).where(Block.until.is_(None) | (Block.until > now))
    found = await session.execute(
        select(HelpCall.id, HelpCall.helper)
        .where(HelpCall.state == CallState.TAKEN, HelpCall.helper.in_(blocked))
        .order_by(HelpCall.id)
    )
    return [(row.id, row.helper) for row in found]


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    """What is kept of the calls that this person made."""
    rows = await session.scalars(select(HelpCall).where(HelpCall.person_id == person_id).order_by(HelpCall.at))
    return [{"at": row.at, "state": row.state.value, **_own(session, row)} for row in rows]


def _own(session: AsyncSession, row: HelpCall) -> dict[str, object]:
    if row.state is CallState.ENDED:
        return {}
    content = content_of(session, row)
    return {"name": content.name, "latitude": content.latitude, "longitude": content.longitude}


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Their calls; that they were told of others', and went there."""
    own = select(HelpCall.id).where(HelpCall.person_id == person_id)
    await session.execute(delete(Told).where(Told.call_id.in_(own) | (Told.person_id == person_id)))
    await session.execute(delete(HelpCall).where(HelpCall.person_id == person_id))
    await session.execute(update(HelpCall).where(HelpCall.helper == person_id).values(helper=None))
    not_ended = select(HelpCall).where(HelpCall.state != CallState.ENDED).order_by(HelpCall.id)
    for row in (await session.scalars(not_ended)).all():
        if person_id in content_of(session, row).gave_back:
            await _forget_gave_back(session, row, person_id)


async def _forget_gave_back(session: AsyncSession, row: HelpCall, person_id: PersonId) -> None:
    await session.refresh(row, with_for_update=True)
    if row.state is not CallState.ENDED:
        content = content_of(session, row)
        rest = tuple(one for one in content.gave_back if one != person_id)
        left = "" if content.gave_back[-1:] == (person_id,) else content.left
        keep(session, row, replace(content, gave_back=rest, left=left))


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """After a day nothing is left of a call that has ended."""
    has_ended = HelpCall.state == CallState.ENDED
    return await forget_some(session, HelpCall, has_ended & (HelpCall.at < now - DAY))
