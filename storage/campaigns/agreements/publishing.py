"""Publishing a version: everybody whom the campaign is for is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.agreements import versions
from storage.campaigns.agreements.notices import VersionPublished
from storage.campaigns.agreements.table import Version
from storage.campaigns.ids import VersionId
from storage.deliveries import announcements
from storage.people.segments import Segment
from storage.people.topics import Topic


async def publish(session: AsyncSession, version_id: VersionId, now: datetime, quiet_until: datetime | None) -> Version:
    """Lets everybody read it, and tells them, after quiet hours.

    Raises:
        NoSuchVersion, IsPublished, PhaseOver: see the classes.
    """
    row = await versions.publish(session, version_id, now)
    campaign = await campaigns.find(session, row.campaign_id)
    segment = Segment.parse(campaign.segment)
    announcements.announce(session, VersionPublished(row.id), segment, Topic.SURVEYS, quiet_until or now)
    return row
