"""The coordinators' page of the draft agreement, and its sections on the pages of a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.agreements import presses
from handlers.campaigns.parts import Section
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import number
from storage.campaigns import campaigns
from storage.campaigns.agreements import comment_lists, reading, versions
from storage.campaigns.agreements.comments import DECISIONS, CommentState
from storage.campaigns.agreements.table import DraftOver, Version
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId, CommentId
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS


def register(routes: Routes) -> None:
    routes.press(presses.RUN, run, right=_RIGHT, writes=False)


async def for_riders(talk: Talk, campaign: Campaign) -> Section:
    draft = await reading.draft_of(talk.session, campaign)
    if draft is None:
        return Section()
    count = talk.plural("{n} clause", "{n} clauses", len(draft.texts)).format(n=len(draft.texts))
    version = talk._("Draft, version {n}").format(n=draft.version.number)
    button = presses.OPEN.button(talk._("📄 Read the draft"), campaign.id)
    return Section([f"📄 {version} · {count}"], [[button]])


async def for_coordinators(talk: Talk, campaign: Campaign) -> Section:
    latest, is_open = await versions.published(talk.session, campaign.id), await _can_send(talk, campaign)
    if latest is None and not is_open:
        return Section()
    button = presses.RUN.button(talk._("📄 Draft agreement"), campaign.id)
    return Section(await _lines(talk, campaign, latest), [[button]])


async def _can_send(talk: Talk, campaign: Campaign) -> bool:
    try:
        await versions.require_draft(talk.session, campaign)
    except DraftOver:
        return False
    return True


async def _lines(talk: Talk, campaign: Campaign, latest: Version | None) -> list[str]:
    """Where the draft stands, and what there is to do."""
    lines = ["📄 " + talk._("No version of the draft is published yet.")]
    if latest is not None and latest.published_at is not None:
        when = talk.view.moment(latest.published_at)
        lines = ["📄 " + talk._("Version {n}, published {when}").format(n=latest.number, when=when)]
        states = await comment_lists.states_of(talk.session, campaign.id)
        said = talk._("💬 {waiting} to check, {open} to answer, {settled} answered")
        settled = sum(states.get(state, 0) for state in DECISIONS)
        waiting, is_open = states.get(CommentState.WAITING, 0), states.get(CommentState.OPEN, 0)
        shown = {"waiting": waiting, "open": is_open, "settled": settled}
        lines.append(said.format(**{name: number(count, talk.language) for name, count in shown.items()}))
    if await versions.prepared(talk.session, campaign.id) is not None:
        following = await versions.next_number(talk.session, campaign.id)
        lines.append("📝 " + talk._("Version {n}, not published yet").format(n=following))
    return lines


async def run(talk: Talk, campaign_id: CampaignId) -> None:
    talk.edit(*await _page(talk, await campaigns.find(talk.session, campaign_id)))


async def _page(talk: Talk, campaign: Campaign) -> Page:
    latest = await versions.published(talk.session, campaign.id)
    prepared = await versions.prepared(talk.session, campaign.id)
    lines = [Markup("📄 <b>{}</b>").format(campaign.title), *await _lines(talk, campaign, latest)]
    rows: list[Sequence[Button]] = []
    to_do = len(await comment_lists.to_do(talk.session, campaign.id))
    if to_do:
        label = talk._("💬 Work through comments ({n})").format(n=number(to_do, talk.language))
        rows.append([presses.WORK.button(label, campaign.id, CommentId(0))])
    if prepared is not None:
        rows.append([presses.PREPARED.button(talk._("📝 Check and publish"), prepared.id)])
    elif await _can_send(talk, campaign):
        following = await versions.next_number(talk.session, campaign.id)
        rows.append([presses.SEND.button(talk._("⬆ Send version {n}").format(n=following), campaign.id)])
    if latest is not None or prepared is not None:
        rows.append([presses.EXPLAINED.button(talk._("❓ Reasons for clauses"), campaign.id, 0)])
    if latest is not None:
        rows.append(
            [
                presses.TABLE_CSV.button(talk._("📥 CSV"), campaign.id),
                presses.TABLE_PDF.button(talk._("📥 PDF"), campaign.id),
            ]
        )
    rows.append([campaign_presses.RUN_SHOW.button(talk._("◀ Back"), campaign.id)])
    return Markup("\n").join(map(Markup.escape, lines)), rows
