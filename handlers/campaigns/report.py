"""The report of a campaign as PDF, for the workers' congress: its phases, then what each part has to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.campaigns import presses, words
from handlers.campaigns.parts import CampaignPart
from handlers.chat.audience import AudiencePart, segment_words
from handlers.chat.reports import Block, Heading, Report, Table
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import dated
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId
from storage.people.access import Right
from storage.people.segments import Segment


class ReportPages:
    def __init__(self, parts: Sequence[CampaignPart], audience: Sequence[AudiencePart[Any]]) -> None:
        """`audience`: the questions of all features about whom it is for."""
        self._parts, self._audience = parts, audience

    def register(self, routes: Routes) -> None:
        routes.press(presses.REPORT, self.report, right=Right.RUN_CAMPAIGNS, writes=False)

    async def report(self, talk: Talk, campaign_id: CampaignId) -> None:
        row = await campaigns.find(talk.session, campaign_id)
        whom = segment_words(talk, Segment.parse(row.segment), self._audience)
        subtitle = talk._("With: {counterpart}").format(counterpart=row.counterpart) + f" · {whom}"
        blocks = [*await _timeline(talk, row)]
        for part in self._parts:
            if part.report is not None:
                blocks += await part.report(talk, row)
        footer = talk.context.settings.organisation.name
        content = await talk.context.ports.reports.pdf(Report(row.title, subtitle, footer, talk.now, blocks))
        talk.document(f"campaign-{row.id}.pdf", content, talk._("The report on the campaign."))


async def _timeline(talk: Talk, row: Campaign) -> list[Block]:
    """From when to when it ran, and its phases."""
    phases = await campaigns.phases_of(talk.session, row.id)
    ran = [[talk._("Start"), _day(talk, row.started_at)]]
    ran += [[talk._(words.PHASES[phase]), _until(talk, until)] for phase, until in phases.items()]
    ran.append([talk._("End"), _day(talk, row.ended_at)])
    return [Heading(talk._("Phases")), Table([talk._("Phase"), talk._("Date")], ran)]


def _until(talk: Talk, until: datetime | None) -> str:
    return "" if until is None else talk._("until {moment}").format(moment=_day(talk, until))


def _day(talk: Talk, moment: datetime | None) -> str:
    if moment is None:
        return ""
    zone = talk.context.settings.organisation.zone
    return dated(moment.astimezone(zone).date(), None, talk.language)
