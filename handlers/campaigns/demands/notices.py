"""What authors and followers of demands are told."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup, escape
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.demands import presses, words
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands import outcomes
from storage.campaigns.demands.notices import (
    BetterWordingAsked,
    DemandChanged,
    DemandRefused,
    DemandShown,
    DemandsTooLate,
)
from storage.campaigns.demands.table import Demand, DemandChange


def register(routes: Routes) -> None:
    routes.notice(DemandShown, shown_words, reader=RECIPIENT)
    routes.notice(DemandRefused, refused_words, reader=RECIPIENT)
    routes.notice(BetterWordingAsked, wording_words, reader=RECIPIENT)
    routes.notice_about(DemandsTooLate, too_late_words, _campaign, reader=RECIPIENT)
    routes.notice_about(DemandChanged, changed_words, _change, reader=RECIPIENT)


def shown_words(view: View, notice: DemandShown) -> Page:
    said = view._("✅ Everyone can read your demand now: {demand}")
    text = Markup(said).format(demand=words.quoted(view, notice.text))
    return text, [[presses.FOLLOW.button(view._("🔔 Tell me what becomes of it"), notice.demand)]]


def refused_words(view: View, notice: DemandRefused) -> Page:
    text = words.quoted(view, notice.text) if notice.text else escape(view._("🎤 voice message"))
    said = Markup(view._("⛔ Your demand was not accepted: {demand}")).format(demand=text)
    reason = view._("Reason: {reason}").format(reason=view._(words.REASONS[notice.reason]))
    buttons = [[campaign_presses.SHOW.button(view._("📢 Open"), notice.campaign)]]
    return Markup("{}\n{}").format(said, reason), buttons


def wording_words(view: View, notice: BetterWordingAsked) -> Page:
    text = words.quoted(view, notice.text) if notice.text else escape(view._("🎤 voice message"))
    said = view._("Before your demand is shown to others, a coordinator has a question:")
    buttons = [[presses.REWORD.button(view._("✍ Reword it"), notice.demand)]]
    return Markup("{}\n{}\n❓ {}").format(said, text, notice.question), buttons


async def _campaign(session: AsyncSession, notice: DemandsTooLate, _now: datetime) -> Campaign:
    return await campaigns.find(session, notice.subject)


def too_late_words(view: View, notice: DemandsTooLate, row: Campaign) -> Page:
    said = view._("Sorry, nobody got to your demand before ranking ended. You can still tell us: /suggestion")
    buttons = [[campaign_presses.SHOW.button(view._("📢 Open"), notice.subject)]]
    return Markup("📢 <b>{}</b>\n{}").format(row.title, said), buttons


async def _change(session: AsyncSession, notice: DemandChanged, _now: datetime) -> tuple[DemandChange, Demand] | None:
    return await outcomes.change(session, notice.subject)


def changed_words(view: View, _notice: DemandChanged, about: tuple[DemandChange, Demand]) -> Page:
    change, demand = about
    text = Markup("🔔 {}\n<b>{}</b>").format(
        words.quoted(view, demand.text or ""), view._(words.OUTCOMES[change.state])
    )
    if change.reason:
        text += Markup("\n{}").format(change.reason)
    return text, [[presses.CARD.button(view._("📋 See the demand"), demand.id)]]
