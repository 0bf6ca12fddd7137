"""Moving a campaign on: what its parts do then, and who hears of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.audited import CampaignAction
from storage.campaigns.ballots import ballots
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.demands import ending as demands_ending
from storage.campaigns.ids import CampaignId
from storage.campaigns.notices import CampaignMoved
from storage.campaigns.surveys import running as surveys
from storage.deliveries import announcements
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.phases import Moved
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class BallotRuns(Refused):
    """People are voting: the ballot is closed first."""


async def move(
    session: AsyncSession,
    campaign_id: CampaignId,
    seen: Phase | None,
    mover: PersonId,
    now: datetime,
    quiet_until: datetime | None,
) -> Moved[Campaign, Phase]:
    """Goes on from the phase that the mover has seen, notes who did that, and tells everybody, after quiet hours.

    Raises:
        NoSuchCampaign, HasMovedOn, BallotRuns: see the classes.
    """
    await campaigns.find_for_update(session, campaign_id)  # a ballot that begins meanwhile is seen, or sees the move
    if await ballots.is_running(session, campaign_id):
        raise BallotRuns
    moved = await campaigns.move(session, campaign_id, seen, now)
    row = moved.row
    await _end_phase(session, moved, quiet_until or now)
    if moved.entered is None:
        await surveys.end_with_campaign(session, row.id, mover, now)
    about = f"campaign {row.id}: {moved.left or 'start'} -> {moved.entered or 'end'}"
    await audit.note(session, mover, CampaignAction.CAMPAIGN_MOVED, now, about=about)
    notice = CampaignMoved(row.id)
    announcements.announce(session, notice, Segment.parse(row.segment), Topic.SURVEYS, quiet_until or now)
    return moved


async def _end_phase(session: AsyncSession, moved: Moved[Campaign, Phase], due: datetime) -> None:
    """What made people's aliases is thrown away once nobody takes part under one any more."""
    order = list(Phase)
    at = order.index(moved.entered) if moved.entered is not None else len(order)
    if at > order.index(Phase.RANK):
        await demands_ending.end(session, moved.row, due)


async def delete_prepared(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Throws away one that has not been started, with what was prepared for it.

    Raises:
        NoSuchCampaign, HasMovedOn: see the classes.
    """
    await ballots.remove_all_of(session, campaign_id)
    await campaigns.delete_prepared(session, campaign_id)
