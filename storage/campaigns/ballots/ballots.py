"""Ballots: prepared by a coordinator, opened in the phase of the vote, and looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.table import Ballot, BallotFile, Paper, State, Voter
from storage.campaigns.ballots.terms import LEAST_ENTITLED, Terms, canonical
from storage.campaigns.ballots.thresholds import ADVISORY_ONLY, RuleName
from storage.campaigns.campaigns import Phase
from storage.campaigns.ids import BallotId, CampaignId
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.dialects import add_new
from storage.people import segments
from storage.people.entitled import entitled
from storage.people.segments import Segment
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

ROLL_START = hashlib.sha256(b"nuanxin roll 1").digest()


class NoSuchBallot(Refused):
    """It does not exist, or is not there for riders yet."""


class KeyUsedBefore(Refused):
    """The key is that of another ballot, whose box is or will be opened with it."""


class BallotMovedOn(Repeated):
    """Somebody has opened, closed or published it meanwhile."""


class ClosesTooSoon(Refused):
    """Its closing time has passed, or is about to."""


class TooFewEntitled(Refused):
    """So few are entitled that its box would never be opened."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A ballot as it is set up."""

    terms: Terms
    rule: RuleName
    closes_at: datetime


async def prepare(
    session: AsyncSession, campaign_id: CampaignId, plan: Plan, coordinator: PersonId, now: datetime
) -> Ballot:
    """A ballot that riders do not see yet. One whose rule is advisory by law is advisory.

    Raises:
        KeyUsedBefore: see the class.
        NoSuchCampaign: see the class.
    """
    await campaigns.find(session, campaign_id)
    assert not (plan.terms.is_binding and plan.rule in ADVISORY_ONLY)
    is_new = await add_new(
        session,
        Ballot,
        campaign_id=campaign_id,
        terms=canonical(plan.terms.plain).decode(),
        rule=plan.rule,
        key=plan.terms.key.content,
        closes_at=plan.closes_at,
        roll_hash=ROLL_START,
    )
    if not is_new:
        raise KeyUsedBefore
    row = (await session.scalars(select(Ballot).where(Ballot.key == plan.terms.key.content))).one()
    about = f"ballot {row.id}: terms {plan.terms.digest.hex()}"
    await audit.note(session, coordinator, BallotAction.BALLOT_PREPARED, now, about=about)
    return row


async def find(session: AsyncSession, ballot_id: BallotId) -> Ballot:
    """Raises NoSuchBallot."""
    row = await session.get(Ballot, ballot_id)
    if row is None:
        raise NoSuchBallot
    return row


async def locked(session: AsyncSession, ballot_id: BallotId) -> Ballot:
    """The same, for changing it: no vote is cast meanwhile.

    Raises:
        NoSuchBallot: see the class.
    """
    row = await session.get(Ballot, ballot_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchBallot
    return row


async def of_campaign(session: AsyncSession, campaign_id: CampaignId) -> Sequence[Ballot]:
    """All of a campaign, the newest first."""
    chosen = select(Ballot).where(Ballot.campaign_id == campaign_id).order_by(Ballot.id.desc())
    return (await session.scalars(chosen)).all()


async def begun(session: AsyncSession, limit: int) -> Sequence[Ballot]:
    """Those that have been opened, the newest first."""
    chosen = select(Ballot).where(Ballot.state != State.PREPARED).order_by(Ballot.id.desc()).limit(limit)
    return (await session.scalars(chosen)).all()


async def begin(session: AsyncSession, ballot_id: BallotId, coordinator: PersonId, now: datetime) -> Ballot:
    """Has the papers laid down, by the clock; the vote begins as soon as all are there.

    Raises:
        NoSuchBallot, BallotMovedOn, ClosesTooSoon, TooFewEntitled: see the classes.
        PhaseOver: the campaign is not in the phase of the vote.
    """
    row = await locked(session, ballot_id)
    if row.state is not State.PREPARED:
        raise BallotMovedOn
    campaign = await campaigns.find_held(session, row.campaign_id)
    await campaigns.require_phase(session, campaign, Phase.VOTE, now)
    if row.closes_at <= now:
        raise ClosesTooSoon
    if await segments.size(session, entitled(Segment.parse(campaign.segment)), now) < LEAST_ENTITLED:
        raise TooFewEntitled
    row.state, row.opened_by, row.opened_at = State.FREEZING, coordinator, now
    about = f"ballot {row.id}: terms {row.as_said.digest.hex()}"
    await audit.note(session, coordinator, BallotAction.BALLOT_OPENED, now, about=about)
    wake_ups.request(session, WakeUp.BALLOTS)
    return row


async def remove(session: AsyncSession, ballot_id: BallotId, coordinator: PersonId, now: datetime) -> None:
    """Throws away one that has not been opened.

    Raises:
        NoSuchBallot, BallotMovedOn: see the classes.
    """
    row = await locked(session, ballot_id)
    if row.state is not State.PREPARED:
        raise BallotMovedOn
    await session.delete(row)
    await audit.note(session, coordinator, BallotAction.BALLOT_DELETED, now, about=f"ballot {ballot_id}")


async def is_running(session: AsyncSession, campaign_id: CampaignId) -> bool:
    """Whether people vote in this campaign now."""
    chosen = select(Ballot.id).where(Ballot.campaign_id == campaign_id)
    return await session.scalar(chosen.where(Ballot.state.in_((State.FREEZING, State.OPEN))).limit(1)) is not None


async def remove_all_of(session: AsyncSession, campaign_id: CampaignId) -> None:
    """With a campaign that is deleted before its start goes what was prepared for it."""
    await session.execute(delete(Ballot).where(Ballot.campaign_id == campaign_id, Ballot.state == State.PREPARED))


async def file_of(session: AsyncSession, ballot_id: BallotId) -> bytes | None:
    """The closed box, or the published result; None if there is neither."""
    row = await session.get(BallotFile, ballot_id)
    return None if row is None else row.content


TABLES = frozenset({Ballot.__tablename__})
"""Where the clock finds what there is to do."""
PERSONAL_TABLES = (Paper, Voter)
