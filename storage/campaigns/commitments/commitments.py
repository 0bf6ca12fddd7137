"""The result, and what was promised in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.agreements import reading
from storage.campaigns.agreements.table import ClauseText
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.commitments import planning
from storage.campaigns.commitments.table import (
    LONGEST,
    AskingItem,
    Commitment,
    CommitmentState,
    NoResultYet,
    NoSuchCommitment,
    Outcome,
    Result,
    ResultIsOut,
    TooManyCommitments,
    WasAsked,
)
from storage.campaigns.ids import CampaignId, ClauseId, CommitmentId
from storage.phases import State

MOST = 60
"""Of one campaign: each has a bit in the roll."""
_AFTER = (Phase.RESULT, Phase.FOLLOW_UP)


async def require_result_phase(session: AsyncSession, campaign_id: CampaignId) -> Campaign:
    """The campaign, locked until the transaction ends.

    Raises:
        NoSuchCampaign, NoResultYet: see the classes.
    """
    row = await session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise campaigns.NoSuchCampaign
    if row.state is not State.RUNNING or row.phase not in _AFTER:
        raise NoResultYet
    return row


async def result_of(session: AsyncSession, campaign_id: CampaignId) -> Result | None:
    return await session.get(Result, campaign_id)


async def publish_result(
    session: AsyncSession, campaign_id: CampaignId, outcome: Outcome, sentence: str, now: datetime
) -> Result:
    """What came out of the talks. A year later riders are asked about all that was promised.

    Raises:
        NoSuchCampaign, NoResultYet, ResultIsOut: see the classes.
    """
    await require_result_phase(session, campaign_id)
    if await result_of(session, campaign_id) is not None:
        raise ResultIsOut
    row = Result(campaign_id=campaign_id, outcome=outcome, sentence=sentence, published_at=now)
    session.add(row)
    await session.flush()
    await planning.plan(session, campaign_id)
    return row


async def correct_result(session: AsyncSession, campaign_id: CampaignId, outcome: Outcome, sentence: str) -> Result:
    """Changes the words of a published result, of which nobody is told again.

    Raises:
        NoSuchCampaign, NoResultYet: see the classes.
    """
    await require_result_phase(session, campaign_id)
    row = await result_of(session, campaign_id)
    if row is None:
        raise NoResultYet
    row.outcome, row.sentence = outcome, sentence
    return row


async def find(session: AsyncSession, commitment_id: CommitmentId) -> Commitment:
    """Raises NoSuchCommitment."""
    row = await session.get(Commitment, commitment_id)
    if row is None:
        raise NoSuchCommitment
    return row


async def all_of(session: AsyncSession, campaign_id: CampaignId) -> Sequence[Commitment]:
    """In the order in which they were entered."""
    chosen = select(Commitment).where(Commitment.campaign_id == campaign_id).order_by(Commitment.id)
    return (await session.scalars(chosen)).all()


async def add(
    session: AsyncSession, campaign_id: CampaignId, what: str, due: datetime | None, clause_id: ClauseId | None = None
) -> Commitment:
    """Enters something that was promised; `due` is by when (None: no date).

    Raises:
        NoSuchCampaign, NoResultYet, TooManyCommitments: see the classes.
    """
    await require_result_phase(session, campaign_id)
    count = select(func.count()).select_from(Commitment).where(Commitment.campaign_id == campaign_id)
    if (await session.scalar(count) or 0) >= MOST:
        raise TooManyCommitments
    row = Commitment(campaign_id=campaign_id, clause_id=clause_id, what=what[:LONGEST], due=due)
    session.add(row)
    await session.flush()
    await planning.plan(session, campaign_id)
    return row


async def add_clauses(session: AsyncSession, campaign_id: CampaignId, due: datetime | None) -> list[Commitment]:
    """A commitment of each clause of the newest version that is none yet, all due at the same time.

    Raises:
        NoSuchCampaign, NoResultYet, TooManyCommitments: see the classes.
    """
    wanted = await clauses_left(session, await require_result_phase(session, campaign_id))
    return [await add(session, campaign_id, summary(text), due, text.clause_id) for text in wanted]


async def clauses_left(session: AsyncSession, campaign: Campaign) -> list[ClauseText]:
    """The clauses of the newest version of which nothing has been entered; the preamble promises nothing."""
    draft = await reading.draft_of(session, campaign)
    entered = {row.clause_id for row in await all_of(session, campaign.id)}
    texts = draft.texts if draft is not None else ()
    return [text for text in texts if text.clause_id not in entered and (text.number or text.heading)]


def summary(text: ClauseText) -> str:
    """What a clause promises, in short: its heading and how it begins."""
    line = text.text.replace("\n", " ")
    colon = ": " if text.heading.isascii() else "："
    said = line if not text.heading or line.startswith(text.heading) else f"{text.heading}{colon}{line}"
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"


async def reword(session: AsyncSession, commitment_id: CommitmentId, what: str) -> Commitment:
    """Raises NoSuchCommitment, NoResultYet: see the classes."""
    row = await _changeable(session, commitment_id)
    row.what = what
    return row


async def set_due(session: AsyncSession, commitment_id: CommitmentId, due: datetime | None) -> Commitment:
    """Changes by when it is to be kept; riders are asked then.

    Raises:
        NoSuchCommitment, NoResultYet: see the classes.
    """
    row = await _changeable(session, commitment_id)
    row.due = due
    await session.flush()
    await planning.plan(session, row.campaign_id)
    return row


async def set_state(
    session: AsyncSession, commitment_id: CommitmentId, state: CommitmentState, note: str
) -> Commitment:
    """Says officially whether it is kept, and why it is said.

    Raises:
        NoSuchCommitment, NoResultYet: see the classes.
    """
    row = await _changeable(session, commitment_id)
    row.state, row.note = state, note
    return row


async def remove(session: AsyncSession, commitment_id: CommitmentId) -> CampaignId:
    """Takes out one that was entered by mistake.

    Raises:
        NoSuchCommitment, NoResultYet, WasAsked: see the classes.
    """
    row = await _changeable(session, commitment_id)
    asked = select(AskingItem.asking_id).where(AskingItem.commitment_id == commitment_id).limit(1)
    if await session.scalar(asked) is not None:
        raise WasAsked
    await session.delete(row)
    await session.flush()
    await planning.plan(session, row.campaign_id)
    return row.campaign_id


async def _changeable(session: AsyncSession, commitment_id: CommitmentId) -> Commitment:
    row = await find(session, commitment_id)
    await require_result_phase(session, row.campaign_id)
    return row
