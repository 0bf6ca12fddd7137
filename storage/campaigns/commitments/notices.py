"""What people are told about the result, and about what was promised."""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.ids import AskingId, CampaignId
from storage.deliveries.notices import SubjectNotice


@dataclass(frozen=True, slots=True)
class ResultPublished(SubjectNotice[CampaignId]):
    """To everybody whom the campaign is for: what came out of it, with a picture where there was a ballot."""

    kind = "campaign_result"


@dataclass(frozen=True, slots=True)
class CommitmentsAsked(SubjectNotice[AskingId]):
    """To everybody whom the campaign is for: is it kept?"""

    kind = "commitments_asked"
