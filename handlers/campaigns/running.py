"""/campaign: coordinators set campaigns up and move them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from handlers.campaigns import presses, words
from handlers.campaigns.form import CampaignDraft, draft_for, making, plan_of
from handlers.campaigns.parts import CampaignPart
from handlers.campaigns.words import ON_PHASES
from handlers.chat.audience import AudiencePart, segment_words
from handlers.chat.confirming import confirming
from handlers.chat.phase_dates import DatePages
from handlers.chat.phases import STATES, list_page, people
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.translations import N_
from storage import audit
from storage.campaigns import campaigns, moves
from storage.campaigns.audited import CampaignAction
from storage.campaigns.campaigns import Campaign, HasMovedOn, Phase
from storage.campaigns.ids import CampaignId
from storage.campaigns.notices import PhaseOverdue
from storage.people import segments
from storage.people.access import Right
from storage.people.segments import Segment
from storage.phases import State

_RIGHT = Right.RUN_CAMPAIGNS


class RunningPages:
    """The coordinators' pages, which the parts fill."""

    def __init__(self, parts: Sequence[CampaignPart], audience: Sequence[AudiencePart[Any]]) -> None:
        """`audience`: the questions of all features about whom it is for."""
        self._parts, self._audience = parts, audience
        self._form = making(draft_for(audience), self._made)
        self._dates = DatePages[Campaign, Phase, CampaignId](
            name="campaign",
            words=ON_PHASES,
            dates=presses.DATES,
            set_date=presses.SET_DATE,
            action=CampaignAction.CAMPAIGN_DATE_CHANGED,
            right=_RIGHT,
            page=self.page,
        )

    def register(self, routes: Routes) -> None:
        routes.command("campaign", self.command, about=N_("Run campaigns"), right=_RIGHT, writes=False)
        routes.form(self._form)
        self._dates.register(routes)
        routes.press(presses.RUN_LIST, self.list_again, right=_RIGHT, writes=False)
        routes.press(presses.RUN_SHOW, self.show, right=_RIGHT, writes=False)
        routes.press(presses.NEW, self.begin, right=_RIGHT)
        routes.press(presses.ASK_TO_MOVE, self.ask_to_move, right=_RIGHT, writes=False)
        routes.press(presses.MOVE, self.move, right=_RIGHT)
        routes.press(presses.ASK_TO_DELETE, self.ask_to_delete, right=_RIGHT, writes=False)
        routes.press(presses.DELETE, self.delete, right=_RIGHT)
        routes.notice_about(PhaseOverdue, ON_PHASES.overdue_words, ON_PHASES.read_overdue, reader=holding(_RIGHT))

    async def command(self, talk: Talk) -> None:
        talk.say(*_list(talk, await campaigns.all_of(talk.session, *State)))

    async def list_again(self, talk: Talk) -> None:
        talk.edit(*_list(talk, await campaigns.all_of(talk.session, *State)))

    async def begin(self, talk: Talk) -> None:
        await forms.begin(talk, self._form)

    async def _made(self, talk: Talk, draft: CampaignDraft) -> None:
        row = await campaigns.create(talk.session, plan_of(draft, self._audience))
        about = f"campaign {row.id}: {row.title}"
        await audit.note(talk.session, talk.person.id, CampaignAction.CAMPAIGN_CREATED, talk.now, about=about)
        talk.say(*await self.page(talk, row))

    async def show(self, talk: Talk, campaign_id: CampaignId) -> None:
        talk.edit(*await self.page(talk, await campaigns.find(talk.session, campaign_id)))

    async def page(self, talk: Talk, row: Campaign) -> Page:
        """A campaign as coordinators see it."""
        phases = await campaigns.phases_of(talk.session, row.id)
        whom = segment_words(talk, Segment.parse(row.segment), self._audience)
        lines = [
            words.heading(talk.view, row),
            Markup("{} · 👥 {}").format(talk._(STATES[row.state]), whom),
            Markup(""),
            ON_PHASES.timeline(talk.view, row, phases),
        ]
        rows: list[Sequence[Button]] = []
        for part in self._parts:
            if part.for_coordinators is not None:
                section = await part.for_coordinators(talk, row)
                lines += [Markup(""), *map(Markup.escape, section.lines)] if section.lines else []
                rows += section.buttons
        return Markup("\n").join(lines), [*rows, *await self._own_buttons(talk, row)]

    async def _own_buttons(self, talk: Talk, row: Campaign) -> Buttons:
        rows: list[list[Button]] = []
        if row.state is not State.ENDED:
            rows.append([await ON_PHASES.move_button(talk, row, talk._("⏹ End it …"))])
            rows.append([presses.DATES.button(talk._("📅 Dates"), row.id)])
        if row.state is State.PREPARED:
            rows[-1].append(presses.ASK_TO_DELETE.button(talk._("🗑 Delete …"), row.id))
        else:
            rows.append([presses.REPORT.button(talk._("📄 Report (PDF)"), row.id)])
        return [*rows, [presses.RUN_LIST.button(talk._("◀ All campaigns"))]]

    async def ask_to_move(self, talk: Talk, campaign_id: CampaignId, seen: str) -> None:
        """What will happen, and to how many people it will be told."""
        row = await campaigns.find(talk.session, campaign_id)
        following = await ON_PHASES.following(talk, row, seen)
        told = await segments.size(talk.session, Segment.parse(row.segment), talk.now)
        if following is None:
            asks = talk._("End this campaign? Riders can still look at it.")
            label = talk._("⏹ End it and tell {people}")
        else:
            asks = "\n\n".join([ON_PHASES.moving_words(talk, following), *await self._warnings(talk, row, following)])
            label = talk._("▶ Move on and tell {people}")
        go = presses.MOVE.button(label.format(people=people(talk.view, told)), row.id, seen)
        talk.edit(Markup.escape(asks), confirming(go, presses.RUN_SHOW.button(talk._("Not yet"), row.id)))

    async def _warnings(self, talk: Talk, row: Campaign, phase: Phase) -> list[str]:
        asked = [part.before_moving for part in self._parts if part.before_moving is not None]
        return [line for one in asked for line in await one(talk, row, phase)]

    async def move(self, talk: Talk, campaign_id: CampaignId, seen: str) -> None:
        quiet_until = talk.context.settings.quiet_hours.until(talk.now)
        phase = ON_PHASES.seen_phase(seen)
        moved = await moves.move(talk.session, campaign_id, phase, talk.person.id, talk.now, quiet_until)
        talk.edit(*await self.page(talk, moved.row))

    async def ask_to_delete(self, talk: Talk, campaign_id: CampaignId) -> None:
        row = await campaigns.find(talk.session, campaign_id)
        if row.state is not State.PREPARED:
            raise HasMovedOn
        go = presses.DELETE.button(talk._("🗑 Delete it"), row.id)
        asks = Markup(talk._("Delete “{title}”? Nobody has seen it yet.")).format(title=row.title)
        talk.edit(asks, confirming(go, presses.RUN_SHOW.button(talk._("Keep it"), row.id)))

    async def delete(self, talk: Talk, campaign_id: CampaignId) -> None:
        row = await campaigns.find(talk.session, campaign_id)
        about = f"campaign {row.id}: {row.title}"
        await moves.delete_prepared(talk.session, campaign_id)
        await audit.note(talk.session, talk.person.id, CampaignAction.CAMPAIGN_DELETED, talk.now, about=about)
        await self.list_again(talk)


def _list(talk: Talk, found: Sequence[Campaign]) -> Page:
    none_yet = talk._(
        "None yet. A campaign is one round of talks: collect demands, rank them, show the draft, vote, publish the "
        "result, follow up."
    )
    new = presses.NEW.button(talk._("➕ New campaign"))
    return list_page(talk, talk._("Campaigns"), none_yet, found, presses.RUN_SHOW, new)
