"""The audited actions of campaigns."""

from __future__ import annotations

from storage.audit import AuditAction


class CampaignAction(AuditAction):
    """What coordinators do to a campaign, which everybody in it feels."""

    CAMPAIGN_CREATED = "campaign_created"
    CAMPAIGN_MOVED = "campaign_moved"
    CAMPAIGN_DATE_CHANGED = "campaign_date_changed"
    CAMPAIGN_DELETED = "campaign_deleted"
