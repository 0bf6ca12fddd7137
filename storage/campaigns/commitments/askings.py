"""Asking riders whether commitments are kept: the roll is laid down, answers are counted, and the roll is removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Table, delete, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import disclosure
from storage.campaigns import campaigns
from storage.campaigns.commitments import planning
from storage.campaigns.commitments.notices import CommitmentsAsked
from storage.campaigns.commitments.table import (
    AnsweredAlready,
    AskedPerson,
    Asking,
    AskingItem,
    AskingOver,
    AskingState,
    Commitment,
    NoSuchCommitment,
    NotOnTheRoll,
    Said,
)
from storage.campaigns.ids import AskingId, CampaignId, CommitmentId
from storage.database import apart_to_the_end
from storage.deliveries import announcements
from storage.dialects import insert_into
from storage.disclosure import Figure, figure
from storage.people import segments
from storage.people.entitled import entitled
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import NOBODY, PersonId

OPEN_FOR = timedelta(days=14)
_REMOVED_AT_ONCE = 2_000
_ITEMS = cast(Table, AskingItem.__table__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What riders have said about a commitment, as it is shown."""

    kept: Figure
    not_kept: Figure
    cannot_tell: Figure
    is_yearly: bool


async def carry_on(session: AsyncSession, now: datetime, announced_at: datetime) -> bool:
    """The next step of one asking: it begins, the next people are put on its roll, everybody is told, it closes, the
    next people are taken off. False if there is nothing to do."""
    row = await _at_work(session, now) or await planning.due_now(session, now)
    if row is None:
        return False
    if row.state is AskingState.PLANNED:
        await _begin(session, row)
    elif row.state is AskingState.LAYING:
        await _lay(session, row, now, announced_at)
    else:
        await _close(session, row)
    return True


async def _at_work(session: AsyncSession, now: datetime) -> Asking | None:
    busy = Asking.state.in_((AskingState.LAYING, AskingState.CLOSING))
    over = (Asking.state == AskingState.OPEN) & (Asking.closes_at <= now)
    chosen = select(Asking).where(busy | over).order_by(Asking.id).limit(1)
    return await session.scalar(chosen.with_for_update(skip_locked=True))


async def _begin(session: AsyncSession, row: Asking) -> None:
    about = await planning.about(session, row)
    if not about:
        await session.delete(row)
        return
    session.add_all(AskingItem(asking_id=row.id, commitment_id=one, position=at) for at, one in enumerate(about))
    row.state = AskingState.LAYING


async def _lay(session: AsyncSession, row: Asking, now: datetime, announced_at: datetime) -> None:
    campaign = await campaigns.find(session, row.campaign_id)
    segment = Segment.parse(campaign.segment)
    theirs = entitled(segment)
    chunk = announcements.CHUNK_READ if segment.reads_rows else announcements.CHUNK
    last = await segments.end_of_page(session, row.laid_to, chunk)
    if last is None:
        row.state, row.closes_at, row.laid_to = AskingState.OPEN, announced_at + OPEN_FOR, NOBODY
        announcements.announce(session, CommitmentsAsked(row.id), segment, Topic.SURVEYS, announced_at)
        return
    if segment.reads_rows:
        people = await segments.page(session, theirs, row.laid_to, last, now)
        session.add_all(AskedPerson(asking_id=row.id, person_id=one.id) for one in people)
    else:
        chosen = select(literal(row.id), PersonRow.id, literal(0)).where(
            segments.between(row.laid_to, last), *theirs.in_sql(session, now)
        )
        names = ["asking_id", "person_id", "answered"]
        apart_to_the_end(session)
        await session.execute(insert_into(session, AskedPerson).from_select(names, chosen).on_conflict_do_nothing())
    row.laid_to = last


async def _close(session: AsyncSession, row: Asking) -> None:
    if row.state is AskingState.OPEN:
        row.state = AskingState.CLOSING
        await _round_off(session, row.id)
    some = select(AskedPerson.person_id).where(AskedPerson.asking_id == row.id).limit(_REMOVED_AT_ONCE)
    removed = await session.execute(
        delete(AskedPerson)
        .where(AskedPerson.asking_id == row.id, AskedPerson.person_id.in_(some))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(removed, CursorResult)
    if removed.rowcount < _REMOVED_AT_ONCE:
        row.state = AskingState.CLOSED


async def _round_off(session: AsyncSession, asking_id: AskingId) -> None:
    """From the close on the database knows no more than everybody may see."""
    counters = (AskingItem.kept, AskingItem.not_kept, AskingItem.cannot_tell)
    await session.execute(
        update(AskingItem)
        .where(AskingItem.asking_id == asking_id)
        .values({column: disclosure.kept(_ITEMS.c[column.key]) for column in counters})
        .execution_options(synchronize_session=False)
    )


async def find(session: AsyncSession, asking_id: AskingId) -> Asking:
    """Raises AskingOver."""
    row = await session.get(Asking, asking_id)
    if row is None:
        raise AskingOver
    return row


async def answer(
    session: AsyncSession,
    asking_id: AskingId,
    commitment_id: CommitmentId,
    person_id: PersonId,
    said: Said,
    now: datetime,
) -> None:
    """Counts what a rider says about one commitment. That they have answered is kept until the asking closes; what they
    said is not.

    Raises:
        AskingOver, NoSuchCampaign, NoSuchCommitment, NotOnTheRoll, AnsweredAlready: see the classes.
    """
    held = select(Asking).where(Asking.id == asking_id).with_for_update(read=True)
    await session.execute(held.execution_options(populate_existing=True))  # not closed before this is counted
    row = await _open(session, asking_id, person_id, now)
    item = await session.get(AskingItem, (row.id, commitment_id))
    if item is None:
        raise NoSuchCommitment
    bit = 1 << item.position
    mine = (AskedPerson.asking_id == row.id) & (AskedPerson.person_id == person_id)
    flagged = await session.execute(
        update(AskedPerson)
        .where(mine, AskedPerson.answered.bitwise_and(bit) == 0)
        .values(answered=AskedPerson.answered.bitwise_or(bit))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(flagged, CursorResult)
    if not flagged.rowcount:
        is_there = await session.scalar(select(AskedPerson.asking_id).where(mine)) is not None
        raise AnsweredAlready if is_there else NotOnTheRoll
    column = {Said.KEPT: AskingItem.kept, Said.NOT_KEPT: AskingItem.not_kept, Said.CANNOT_TELL: AskingItem.cannot_tell}
    await session.execute(
        update(AskingItem)
        .where(AskingItem.asking_id == row.id, AskingItem.commitment_id == commitment_id)
        .values({column[said]: column[said] + 1})
        .execution_options(synchronize_session=False)
    )


async def _open(session: AsyncSession, asking_id: AskingId, person_id: PersonId, now: datetime) -> Asking:
    row = await find(session, asking_id)
    await campaigns.find_for(session, row.campaign_id, person_id, now)
    if row.state is not AskingState.OPEN or row.closes_at is None or row.closes_at <= now:
        raise AskingOver
    return row


async def unanswered(
    session: AsyncSession, asking_id: AskingId, person_id: PersonId, now: datetime
) -> tuple[list[Commitment], int]:
    """What this person has not answered about, in its order; and how many commitments the asking has.

    Raises:
        AskingOver, NoSuchCampaign, NotOnTheRoll: see the classes.
    """
    row = await _open(session, asking_id, person_id, now)
    answered = await session.scalar(
        select(AskedPerson.answered).where(AskedPerson.asking_id == row.id, AskedPerson.person_id == person_id)
    )
    if answered is None:
        raise NotOnTheRoll
    chosen = (
        select(AskingItem.position, Commitment)
        .join(Commitment, Commitment.id == AskingItem.commitment_id)
        .where(AskingItem.asking_id == row.id)
        .order_by(AskingItem.position)
    )
    items = [(position, commitment) for position, commitment in await session.execute(chosen)]
    return [commitment for position, commitment in items if not answered >> position & 1], len(items)


async def open_for(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId, now: datetime) -> Asking | None:
    """One in which this person can still answer."""
    for row in await planning.of_campaign(session, campaign_id, AskingState.OPEN):
        try:
            left, _ = await unanswered(session, row.id, person_id, now)
        except (AskingOver, NotOnTheRoll):
            continue
        if left:
            return row
    return None


async def answers_of(session: AsyncSession, campaign_id: CampaignId) -> dict[CommitmentId, Answers]:
    """What riders said when they were asked last, by commitment. Nothing of an asking that is still open: whoever
    looks again and again would see who answers."""
    chosen = (
        select(AskingItem, Asking.is_yearly)
        .join(Asking, Asking.id == AskingItem.asking_id)
        .where(Asking.campaign_id == campaign_id)
        .where(Asking.state.in_((AskingState.CLOSING, AskingState.CLOSED)))
        .order_by(Asking.due, Asking.id)
    )
    return {
        item.commitment_id: Answers(figure(item.kept), figure(item.not_kept), figure(item.cannot_tell), is_yearly)
        for item, is_yearly in await session.execute(chosen)
    }


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Takes somebody off all rolls; what was counted stays."""
    await segments.forget_ends(session, person_id, Asking.laid_to)
    rolls: Sequence[AskingId] = (
        await session.scalars(select(Asking.id).where(Asking.state.in_(planning.GOES_ON)))
    ).all()
    theirs = AskedPerson.asking_id.in_(rolls) & (AskedPerson.person_id == person_id)
    await session.execute(delete(AskedPerson).where(theirs))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, int]]:
    """In which open askings this person has answered about how many commitments."""
    rows = (await session.scalars(select(AskedPerson).where(AskedPerson.person_id == person_id))).all()
    return [{"asking": row.asking_id, "commitments_answered": row.answered.bit_count()} for row in rows]
