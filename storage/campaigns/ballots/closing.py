"""The close of a ballot: envelopes go into the box, and of the papers remains who has voted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit, database
from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.ballots import BallotMovedOn
from storage.campaigns.ballots.boxes import Box, in_order
from storage.campaigns.ballots.notices import BallotBox, BallotClosed
from storage.campaigns.ballots.table import Ballot, BallotFile, Paper, State, Voter
from storage.campaigns.ballots.terms import LEAST_CAST, LEAST_ENTITLED
from storage.campaigns.ids import BallotId
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import announcements, queue
from storage.deliveries.queue import Addressed
from storage.engine.overwriting import overwriting
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId


async def close(
    session: AsyncSession,
    ballot_id: BallotId,
    closer: PersonId,
    staff: Sequence[PersonId],
    now: datetime,
    due: datetime,
) -> Ballot:
    """Closes it for good; `staff` get the box, and everybody hears its number and hash, at `due`.

    The box is one value, and who has voted is written again in the order of people: neither the order of rows nor the
    transaction that wrote them tells when somebody voted.

    Raises:
        NoSuchBallot, BallotMovedOn: see the classes.
    """
    row = await ballots.locked(session, ballot_id)
    if row.state is not State.OPEN:
        raise BallotMovedOn
    database.apart_to_the_end(session)
    row.closed_by, row.closed_at = closer, now
    found = (await session.scalars(select(Paper.envelope).where(Paper.ballot_id == row.id, Paper.voted))).all()
    if row.roll_size < LEAST_ENTITLED or len(found) < LEAST_CAST:
        row.state = State.NOT_OPENED
        await _note(session, row, closer, BallotAction.BALLOT_NOT_OPENED, now, "too few votes; its box is destroyed")
    else:
        row.state = State.CLOSED
        box = Box(row.as_said, row.roll_size, row.roll_hash.hex(), await asyncio.to_thread(in_order, found))
        row.cast, row.box_hash = len(found), box.hash
        session.add(BallotFile(ballot_id=row.id, content=await asyncio.to_thread(lambda: box.content)))
        await _note(session, row, closer, BallotAction.BALLOT_CLOSED, now, f"{row.cast} papers, box {row.box_hash}")
    await _shrink_papers(session, row.id)
    campaign = await campaigns.find(session, row.campaign_id)
    announcements.announce(session, BallotClosed(row.id), Segment.parse(campaign.segment), Topic.SURVEYS, due)
    await queue.add_all(session, [Addressed(one, BallotBox(row.id), due) for one in staff])
    wake_ups.request(session, WakeUp.BALLOTS)
    return row


async def _note(
    session: AsyncSession, row: Ballot, closer: PersonId, act: BallotAction, now: datetime, what: str
) -> None:
    await audit.note(session, closer, act, now, about=f"ballot {row.id}: {what}")


async def _shrink_papers(session: AsyncSession, ballot_id: BallotId) -> None:
    papers = select(Paper.ballot_id, Paper.person_id, Paper.voted).where(Paper.ballot_id == ballot_id)
    await session.execute(
        insert(Voter).from_select(["ballot_id", "person_id", "voted"], papers.order_by(Paper.person_id))
    )
    async with overwriting(session):  # an envelope beside its voter is what trustees could open later
        await session.execute(delete(Paper).where(Paper.ballot_id == ballot_id))


async def due(session: AsyncSession, now: datetime) -> BallotId | None:
    """One whose time is over."""
    chosen = select(Ballot.id).where(Ballot.state == State.OPEN, Ballot.closes_at <= now)
    return await session.scalar(chosen.order_by(Ballot.closes_at).limit(1))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the clock has something to do: papers to lay down at once, a ballot to close at its time."""
    freezing = await session.scalar(select(func.min(Ballot.opened_at)).where(Ballot.state == State.FREEZING))
    if freezing is not None:
        return freezing
    return await session.scalar(select(func.min(Ballot.closes_at)).where(Ballot.state == State.OPEN))
