"""Campaigns: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.all_parts import PARTS
from handlers.campaigns.parts import CampaignPart
from handlers.campaigns.report import ReportPages
from handlers.campaigns.running import RunningPages
from handlers.campaigns.voice import VoicePages
from handlers.chat.feature import AllFeatures, Duty, Feature, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.audited import CampaignAction
from storage.campaigns.campaigns import HasMovedOn, NoPhases, NoSuchCampaign, PhaseOver


def campaigns_of(parts: Sequence[CampaignPart]) -> Feature:
    """Campaigns that consist of these parts."""

    def register(routes: Routes, others: AllFeatures) -> None:
        RunningPages(parts, others.audience).register(routes)
        VoicePages(parts).register(routes)
        ReportPages(parts, others.audience).register(routes)
        for part in parts:
            part.register(routes, others)

    async def duties(talk: Talk) -> Sequence[Duty]:
        return [duty for part in parts if part.duties is not None for duty in await part.duties(talk)]

    async def privacy_lines(talk: Talk) -> Sequence[str]:
        found = [part.privacy.lines for part in parts if part.privacy.lines is not None]
        return [line for lines in found for line in await lines(talk)]

    async def warnings(talk: Talk) -> Sequence[str]:
        found = [part.privacy.warnings for part in parts if part.privacy.warnings is not None]
        return [line for lines in found for line in await lines(talk)]

    return Feature(
        name="campaigns",
        switch="voice",
        register=register,
        refusals={
            NoSuchCampaign: N_("This isn't open to you. See what is: /voice"),
            HasMovedOn: N_("Someone else has just moved this campaign on. See where it stands: /campaign"),
            PhaseOver: N_("This phase has closed. See what is open: /voice"),
            NoPhases: N_("A campaign needs at least one phase."),
            **{refused: said for part in parts for refused, said in part.refusals.items()},
        },
        audit_labels={
            CampaignAction.CAMPAIGN_CREATED: N_("campaign created"),
            CampaignAction.CAMPAIGN_MOVED: N_("campaign moved on"),
            CampaignAction.CAMPAIGN_DATE_CHANGED: N_("date of a campaign changed"),
            CampaignAction.CAMPAIGN_DELETED: N_("campaign deleted before its start"),
            **{action: label for part in parts for action, label in part.audit_labels.items()},
        },
        audit_details={
            CampaignAction.CAMPAIGN_CREATED: (N_("campaign {id}: {title}"),),
            CampaignAction.CAMPAIGN_MOVED: (N_("campaign {id}: {left} -> {entered}"),),
            CampaignAction.CAMPAIGN_DATE_CHANGED: (N_("campaign {id}: {phase} until {until}"),),
            CampaignAction.CAMPAIGN_DELETED: (N_("campaign {id}: {title}"),),
            **{action: details for part in parts for action, details in part.audit_details.items()},
        },
        personal_data=tuple(data for part in parts for data in part.personal_data),
        retention=tuple(forget for part in parts for forget in part.retention),
        privacy=PrivacyPart(lines=privacy_lines, warnings=warnings),
        duties=duties,
        queues=tuple(queue for part in parts for queue in part.queues),
    )


FEATURE = campaigns_of(PARTS)
