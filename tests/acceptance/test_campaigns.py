"""Campaigns: setting one up, moving it on, who hears of it, and whom it is for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from handlers.campaigns import presses
from handlers.campaigns.demands import presses as demand_presses
from handlers.i18n.translations import translator
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.audited import CampaignAction
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.ids import CampaignId
from storage.campaigns.notices import CampaignMoved
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.people.segments import Segment, Speaks
from storage.phases import State
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.campaigns import COUNTERPART, TITLE, in_phase, moved, prepared
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Town, running, telegram
from tests.support.words.campaigns import CAMPAIGN_LIST, NOTHING_OPEN

RIDER, OTHER = 510, 511


async def kept(town: Town, campaign_id: CampaignId) -> Campaign:
    async with town.database.reading() as session:
        return await campaigns.find(session, campaign_id)


@LANGUAGES
async def test_a_coordinator_sets_a_campaign_up_and_riders_hear_of_each_phase(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, RIDER, language)
    await rider.says("/voice")
    await rider.hears_of(_("Nothing is open to you right now. I'll let you know when the union asks for your views."))
    await coordinator.says("/campaign")
    await coordinator.hears_of(_(CAMPAIGN_LIST))
    await coordinator.presses(_("➕ New campaign"))
    await coordinator.hears_of(_("What is it called? For example: Delivery riders' agreement 2027"))
    await coordinator.says(TITLE)
    await coordinator.hears_of(
        _("Who are you negotiating with? A platform, an industry or a city, for example: Meituan, Dezhou")
    )
    await coordinator.says(COUNTERPART)
    await coordinator.hears_of(TITLE)
    await coordinator.changes(_("Phases"))
    await coordinator.hears_of(_("Which phases will there be? Press one to leave it out or put it back."))
    await coordinator.presses(_("Rank demands"))
    await coordinator.hears_of(_("Phases"))
    await coordinator.presses(_("✔ That's all"))
    await coordinator.hears_of(TITLE)
    await coordinator.changes(_("Demands until"))
    await coordinator.hears_of(
        _("Until when can riders submit demands? Write it like “next Saturday 8 pm”, or choose a day.")
    )
    await coordinator.says("下周六晚上八点" if language == "zh_Hans" else "next Saturday 8 pm")
    await coordinator.hears_of(TITLE)
    await coordinator.presses(_("💾 Save it"))
    page = await coordinator.hears_of(_("📝 not started"))
    assert _("Rank demands") not in page["text"] and _("Everyone") in page["text"]
    await rider.says("/voice")
    await rider.hears_of(_("Nothing is open to you right now. I'll let you know when the union asks for your views."))

    await coordinator.presses(_("▶ Move on to “{phase}” …").format(phase=_("Collect demands")))
    await coordinator.hears_of(_("Move on to “{phase}”? This can't be undone.").format(phase=_("Collect demands")))
    await coordinator.presses(_("▶ Move on and tell {people}").format(people=_("fewer than {n} people").format(n=5)))
    await coordinator.hears_of(_("▶️ running"))
    await town.announces()
    await rider.hears_of(_("What should the union raise? Tell us in one sentence."))
    await rider.presses(_("📢 Open"))
    page = await rider.hears_of(_("With: {counterpart}").format(counterpart=COUNTERPART))
    assert f"▶️ {_('Collect demands')}" in page["text"] and "20:00" in page["text"]
    await rider.says("/voice")
    await rider.hears_of(TITLE)
    async with town.database.reading() as session:
        entries = await audit.newest(session, 3)
    assert {entry.act for entry in entries} >= {CampaignAction.CAMPAIGN_CREATED, CampaignAction.CAMPAIGN_MOVED}


async def test_of_two_coordinators_one_moves_it_on(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.GATHER)
    await coordinator.says("/campaign")
    await coordinator.hears_of(CAMPAIGN_LIST)
    await coordinator.presses(TITLE)
    await coordinator.hears_of("▶️ running")
    await coordinator.presses("▶ Move on to “Rank demands”")
    await coordinator.hears_of("This can't be undone.")
    await moved(town, campaign_id, Phase.RANK)
    await coordinator.presses("▶ Move on and tell ")
    await coordinator.is_told("moved this campaign on")
    assert (await kept(town, campaign_id)).phase is Phase.RANK


async def test_what_makes_aliases_is_thrown_away_when_ranking_ends(town: Town) -> None:
    campaign_id = await in_phase(town, Phase.RANK)
    assert (await kept(town, campaign_id)).secret is not None
    await moved(town, campaign_id, Phase.DRAFT)
    assert (await kept(town, campaign_id)).secret is None
    skipping = await prepared(town, {Phase.GATHER: None, Phase.VOTE: None})
    await moved(town, skipping, Phase.VOTE)
    assert (await kept(town, skipping)).secret is None


async def test_it_ends_after_its_last_phase_and_can_still_be_looked_at(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await prepared(town, {Phase.GATHER: None})
    await moved(town, campaign_id, Phase.GATHER)
    await coordinator.forges(presses.ASK_TO_MOVE.data(campaign_id, "gather"))
    await coordinator.hears_of("End this campaign?")
    await coordinator.presses("⏹ End it and tell ")
    await coordinator.hears_of("✅ over")
    assert (await kept(town, campaign_id)).state is State.ENDED
    await coordinator.forges(presses.MOVE.data(campaign_id, "gather"))
    await coordinator.is_told("moved this campaign on")
    await rider.says("/voice")
    await rider.hears_of("Your voice")
    await rider.presses(TITLE)
    await rider.hears_of("✅ Collect demands")


async def test_several_moves_in_one_night_are_told_once(town: Town) -> None:
    """What is told is read when it is sent, so it would be the same twice. It promises no more than there is."""
    rider = await at_home(town, RIDER)
    await in_phase(town, Phase.RESULT)
    await town.announces()
    await rider.hears_of("The union will tell you here what came out of the talks.")
    async with town.database.reading() as session:
        mine = (Delivery.recipient == PersonId(RIDER)) & (Delivery.kind == CampaignMoved.kind)
        assert await session.scalar(select(func.count()).select_from(Delivery).where(mine)) == 1


async def test_it_is_for_its_segment_alone(town: Town) -> None:
    """Neither in a list, nor by a button that somebody makes up, nor by an announcement."""
    chinese, english = await at_home(town, RIDER, "zh_Hans"), await at_home(town, OTHER)
    campaign_id = await prepared(town, segment=Segment((Speaks("zh_Hans"),)))
    await chinese.forges(presses.SHOW.data(campaign_id))
    await chinese.is_told("没有向您开放")
    await moved(town, campaign_id, Phase.GATHER)
    await english.says("/voice")
    await english.hears_of(NOTHING_OPEN)
    await english.forges(presses.SHOW.data(campaign_id))
    await english.is_told("isn't open to you")
    await town.announces()
    await chinese.hears_of("您希望工会提出什么？")
    await town.until_idle()
    assert not any("What should the union raise" in heard.get("text", "") for heard in english.heard)


async def test_who_muted_surveys_hears_nothing(town: Town) -> None:
    rider, other = await at_home(town, RIDER), await at_home(town, OTHER)
    await in_phase(town, Phase.GATHER)
    await town.announces()
    await rider.hears_of("What should the union raise?")
    await rider.presses("🔕 Mute 📋 Surveys")
    await rider.is_answered()
    town.now += timedelta(seconds=5)  # one chat hears what all hear once a second
    await moved(town, await prepared(town, {Phase.RANK: None}), Phase.RANK)
    await town.announces()
    await other.hears_of("Which demands matter most?")
    assert not any("Which demands" in heard.get("text", "") for heard in rider.heard)


async def test_in_quiet_hours_it_waits_for_the_morning(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await prepared(town)
    town.now = NOON + timedelta(hours=11)  # 23:00 in Dezhou
    await coordinator.forges(presses.MOVE.data(campaign_id, ""))
    await coordinator.hears_of("▶️ running")
    await town.announces()
    assert not any("What should the union raise" in heard.get("text", "") for heard in rider.heard)
    town.now = NOON + timedelta(hours=19, minutes=1)
    await town.announces()
    await rider.hears_of("What should the union raise?")


async def test_coordinators_are_reminded_when_a_date_has_passed_until_it_is_moved(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await prepared(town, {Phase.GATHER: NOON + timedelta(days=1), Phase.RANK: None})
    await moved(town, campaign_id, Phase.GATHER)
    await town.tick("campaigns")
    town.now = NOON + timedelta(days=1, minutes=1)
    await town.tick("campaigns")
    await town.tick("campaigns")
    town.deliver()
    await coordinator.hears_of("The date for “Collect demands” has passed.")
    await coordinator.presses("📢 Open")
    await coordinator.hears_of("(date has passed)")
    await coordinator.presses("📅 Dates")
    await coordinator.hears_of("Collect demands")
    await coordinator.presses("✎ Collect demands")
    await coordinator.hears_of("Until when is it open?")
    await coordinator.says("28 Nov 20:00")
    assert "(date has passed)" not in (await coordinator.hears_of(TITLE))["text"]
    await town.tick("campaigns")
    town.deliver()
    await town.until_idle()
    reminders = [heard for heard in coordinator.heard if "The date for" in heard.get("text", "")]
    assert len(reminders) == 1


async def test_an_empty_ranking_is_warned_of_and_offers_no_button(town: Town) -> None:
    """As played: riders were congratulated on having been through all of nothing."""
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, 713)
    campaign_id = await in_phase(town, Phase.GATHER)
    await coordinator.forges(presses.RUN_SHOW.data(campaign_id))
    await coordinator.hears_of("running")
    await coordinator.presses("▶ Move on to “Rank demands”")
    assert "nothing to rank" in (await coordinator.hears_of("This can't be undone."))["text"]
    await moved(town, campaign_id, Phase.RANK)
    await rider.says("/voice")
    shown = await rider.hears_of("Demands so far: 0")
    assert "Rank the demands" not in str(shown.get("reply_markup"))
    await rider.forges(demand_presses.RANK.data(campaign_id), shown["message_id"])
    await rider.hears_of("There is nothing to rank yet.")


async def test_one_that_nobody_has_seen_can_be_deleted(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await prepared(town)
    await coordinator.forges(presses.RUN_SHOW.data(campaign_id))
    await coordinator.hears_of("not started")
    await coordinator.presses("🗑 Delete")
    await coordinator.hears_of("Nobody has seen it yet.")
    await coordinator.presses("🗑 Delete it")
    await coordinator.hears_of("None yet.")
    started = await in_phase(town, Phase.GATHER)
    await coordinator.forges(presses.DELETE.data(started))
    await coordinator.is_told("moved this campaign on")


async def test_the_timeline_needs_at_least_one_phase(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await coordinator.forges(presses.SET_DATE.data(CampaignId(99), "gather"))
    await coordinator.is_told("isn't open to you")
    campaign_id = await prepared(town, {Phase.GATHER: None})
    await coordinator.forges(presses.SET_DATE.data(campaign_id, "nothing"))
    await coordinator.is_answered()
    await coordinator.forges(presses.MOVE.data(campaign_id, "nothing"))
    await coordinator.is_answered()
    assert (await kept(town, campaign_id)).state is State.PREPARED


async def test_an_organisation_can_do_without(database: Database, tmp_path: Path) -> None:
    """Its commands are not there, nor its buttons; other commands are."""
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        features = config.features.model_copy(update={"voice": False})
        town = Town(database, api, config.model_copy(update={"features": features}))
        async with running(town.app):
            coordinator = await at_home(town, COORDINATOR)
            for command in ("/voice", "/campaign"):
                await coordinator.says(command)
                assert TITLE not in (await coordinator.hears())["text"]
            assert not {"voice", "campaign"} & set(town.app.services.routes.commands)
            await coordinator.forges(presses.RUN_LIST.data())
            await coordinator.is_answered()
            await coordinator.says("/activity")
            await coordinator.hears_of("Activities you run")


async def test_nobody_but_staff_runs_campaigns(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await prepared(town)
    await rider.forges(presses.MOVE.data(campaign_id, ""))
    await rider.is_answered()
    assert (await kept(town, campaign_id)).state is State.PREPARED
    assert PersonId(RIDER) not in town.context.staff.coordinators
