"""Publishing the result: everybody whom the campaign was for is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.commitments import commitments
from storage.campaigns.commitments.notices import ResultPublished
from storage.campaigns.commitments.table import Outcome, Result
from storage.campaigns.ids import CampaignId
from storage.deliveries import announcements
from storage.people.segments import Segment
from storage.people.topics import Topic


async def publish(
    session: AsyncSession,
    campaign_id: CampaignId,
    outcome: Outcome,
    sentence: str,
    now: datetime,
    quiet_until: datetime | None,
) -> Result:
    """Keeps the result and tells everybody, after quiet hours.

    Raises:
        NoSuchCampaign, NoResultYet, ResultIsOut: see the classes.
    """
    row = await commitments.publish_result(session, campaign_id, outcome, sentence, now)
    segment = Segment.parse((await campaigns.find(session, campaign_id)).segment)
    announcements.announce(session, ResultPublished(campaign_id), segment, Topic.SURVEYS, quiet_until or now)
    return row
