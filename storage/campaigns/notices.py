"""What people are told about a campaign."""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.ids import CampaignId
from storage.deliveries.notices import SubjectNotice


@dataclass(frozen=True, slots=True)
class CampaignMoved(SubjectNotice[CampaignId]):
    """To everybody whom a campaign is for: a phase has begun, or it is over. What it says is read when it is sent."""

    kind = "campaign_moved"


@dataclass(frozen=True, slots=True)
class PhaseOverdue(SubjectNotice[CampaignId]):
    """To coordinators: the date of the phase has passed, and the campaign waits to be moved on."""

    kind = "campaign_overdue"
