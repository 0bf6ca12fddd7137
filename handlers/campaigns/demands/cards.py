"""The list of demands, the page of one, who wants to hear of it, and the public log of refusals."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.demands import presses, words
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import number
from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands import following, lists, moderation, outcomes, results, table
from storage.campaigns.demands.counting import OPINION
from storage.campaigns.demands.table import Demand, DemandState
from storage.campaigns.ids import CampaignId, DemandId
from storage.people.access import Right

_MOST_PAGES = 2_000


def register(routes: Routes) -> None:
    routes.press(presses.LIST, show_list, writes=False)
    routes.press(presses.CARD, show, writes=False)
    routes.press(presses.FOLLOW, follow)
    routes.press(presses.UNFOLLOW, unfollow)
    routes.press(presses.REFUSALS, show_refusals, writes=False)


async def show_list(talk: Talk, campaign_id: CampaignId, page: int) -> None:
    row = await words.campaign_for(talk, campaign_id)
    if not 0 <= page < _MOST_PAGES:
        raise InvalidCallback
    found, total = await lists.page(talk.session, campaign_id, page)
    lines = [Markup("📋 <b>{}</b> · {}").format(talk._("All demands"), number(total, talk.language))]
    for at, demand in enumerate(found, start=page * lists.PAGE + 1):
        lines.append(Markup("{}. {}").format(at, words.line(talk.view, demand)))
    if not found:
        lines.append(escape(talk._("None yet.")))
    buttons = [presses.CARD.button(str(at), demand.id) for at, demand in enumerate(found, start=page * lists.PAGE + 1)]
    turn = [presses.LIST.button(talk._("◀ Previous"), campaign_id, page - 1)] if page else []
    if (page + 1) * lists.PAGE < total:
        turn.append(presses.LIST.button(talk._("Next ▶"), campaign_id, page + 1))
    talk.edit(Markup("\n\n").join(lines), [*words.numbered(buttons), turn, [back(talk, row)]])


def back(talk: Talk, row: Campaign) -> Button:
    """To the campaign, as coordinators see it where they may."""
    if talk.person.may(Right.RUN_CAMPAIGNS):
        return campaign_presses.RUN_SHOW.button(talk._("◀ Back"), row.id)
    return campaign_presses.SHOW.button(talk._("◀ Back"), row.id)


async def show(talk: Talk, demand_id: DemandId) -> None:
    talk.edit(*await page_of(talk, await table.find_public(talk.session, demand_id)))


async def page_of(talk: Talk, row: Demand) -> Page:
    """All that is known of a demand."""
    campaign = await words.campaign_for(talk, row.campaign_id)
    lines = [Markup("<b>{}</b>").format(words.quoted(talk.view, row.text or ""))]
    lines.append(Markup("<i>{}</i>").format(words.origin(talk.view, is_seed=row.is_seed)))
    lines += [*await _family(talk, row), *await _history(talk, row), *await _figures(talk, row)]
    rows: list[Sequence[Button]] = []
    if row.part_of is not None:
        rows.append([presses.CARD.button(talk._("🔗 See the one it is part of"), row.part_of)])
    is_told = await following.follows(talk.session, row.id, talk.person.id)
    rows.append([follow_button(talk, row.id, is_told=is_told)])
    if talk.person.may(Right.RUN_CAMPAIGNS):
        rows += await _for_coordinators(talk, row)
    rows.append([presses.LIST.button(talk._("📋 All demands"), campaign.id, 0)])
    return Markup("\n").join(lines), rows


def follow_button(talk: Talk, demand_id: DemandId, *, is_told: bool) -> Button:
    if is_told:
        return presses.UNFOLLOW.button(talk._("🔕 Stop telling me"), demand_id)
    return presses.FOLLOW.button(talk._("🔔 Tell me what becomes of it"), demand_id)


async def _for_coordinators(talk: Talk, row: Demand) -> list[list[Button]]:
    if await results.is_over(talk.session, row.campaign_id):
        return [[presses.OUTCOMES.button(talk._("⚖ Enter the outcome …"), row.id)]]
    if row.part_of is None and row.state is DemandState.SHOWN:
        return [[presses.MERGE.button(talk._("🔗 Make it part of another …"), row.id, 0)]]
    return []


async def _family(talk: Talk, row: Demand) -> list[Markup]:
    """What it is part of, and what is part of it."""
    lines = []
    if row.part_of is not None:
        whole = await table.find(talk.session, row.part_of)
        said = talk._("🔗 Part of {demand}. Its own support still stands.")
        lines.append(Markup(said).format(demand=words.quoted(talk.view, whole.text or "")))
    for part in await lists.parts_of(talk.session, row.id):
        said = talk._("🧩 Includes {demand}")
        lines.append(Markup(said).format(demand=words.quoted(talk.view, part.text or "")))
    return lines


async def _history(talk: Talk, row: Demand) -> list[Markup]:
    lines = []
    for change in await outcomes.changes_of(talk.session, row):
        line = Markup("{} · {}").format(talk._(words.OUTCOMES[change.state]), talk.view.moment(change.at))
        lines.append(labelled(talk._, line, change.reason) if change.reason else line)
    return lines


async def _figures(talk: Talk, row: Demand) -> list[Markup]:
    found = await results.one(talk.session, row.id)
    if found is None:
        return []
    lines = [Markup(""), escape(words.figures_line(found.figures, talk.language))]
    for breakdown, part, figures in await results.of_parts(talk.session, row.id):
        name = words.group_name(talk.view, part) if breakdown == OPINION else part
        lines.append(labelled(talk._, name, words.figures_line(figures, talk.language)))
    return lines


async def follow(talk: Talk, demand_id: DemandId) -> None:
    row = await table.find_public(talk.session, demand_id)
    await words.campaign_for(talk, row.campaign_id)
    await following.follow(talk.session, demand_id, talk.person.id)
    talk.answer_callback(talk._("You'll hear what becomes of it. To stop that, open it under “All demands”."))
    talk.relabel(presses.FOLLOW.button(talk._("🔔 I'll tell you"), demand_id))


async def unfollow(talk: Talk, demand_id: DemandId) -> None:
    """Open to whoever follows it, also if the campaign is not for them any more."""
    await following.unfollow(talk.session, demand_id, talk.person.id)
    talk.answer_callback(talk._("I won't tell you any more."))
    talk.relabel(presses.UNFOLLOW.button(talk._("🔕 Switched off"), demand_id))


async def show_refusals(talk: Talk, campaign_id: CampaignId, page: int) -> None:
    """How many were refused, for what, and what they said, unless it would hurt somebody."""
    row = await words.campaign_for(talk, campaign_id)
    if not 0 <= page < _MOST_PAGES:
        raise InvalidCallback
    counted = await moderation.refusals(talk.session, campaign_id)
    lines = [Markup("⛔ <b>{}</b>").format(talk._("Refused"))]
    lines += [
        labelled(talk._, talk._(words.REASONS[reason]), number(count, talk.language))
        for reason, count in counted.items()
    ]
    found = await moderation.refused(talk.session, campaign_id, page)
    for demand in found[: moderation.REFUSALS_SHOWN]:
        assert demand.reason is not None
        text = words.quoted(talk.view, demand.text) if demand.text else Markup("—")
        lines.append(Markup("• {} <i>{}</i>").format(text, talk._(words.REASONS[demand.reason])))
    if not found:
        lines.append(escape(talk._("Nothing has been refused.")))
    turn = [presses.REFUSALS.button(talk._("◀ Previous"), campaign_id, page - 1)] if page else []
    if len(found) > moderation.REFUSALS_SHOWN:
        turn.append(presses.REFUSALS.button(talk._("Next ▶"), campaign_id, page + 1))
    talk.edit(Markup("\n").join(lines), [turn, [back(talk, row)]])
