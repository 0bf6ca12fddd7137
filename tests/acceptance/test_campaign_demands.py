"""Demands: brought, looked at, ranked and followed, in the chat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.sandbox.params import Upload
from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.demands import presses
from handlers.i18n.translations import translator
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Phase
from storage.campaigns.demands import moderation
from storage.campaigns.demands.audited import DemandAction
from storage.campaigns.demands.decks import SHUFFLED_EVERY
from storage.campaigns.demands.gathering import MOST
from storage.campaigns.demands.stances import DemandStance, Stance
from storage.campaigns.demands.table import (
    Demand,
    DemandAuthor,
    DemandCount,
    DemandFollower,
    DemandState,
    Reason,
)
from storage.campaigns.demands.voters import DemandVoter
from storage.campaigns.ids import CampaignId, DemandId
from storage.people import roles
from storage.people.access import Role
from storage.people.segments import Segment, Speaks
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.campaigns import in_phase, moved, prepared
from tests.support.demands import PAY, RAIN, REST, brought, counted, seeded, stands
from tests.support.languages import LANGUAGES
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town
from tests.support.words.privacy import STORED_PAGE

RIDER, OTHER = 710, 711
SENTENCES = {
    "en": (RAIN, PAY, REST, "Don't deduct pay when it rains heavily"),
    "zh_Hans": ("大雨天超时不扣钱", "等餐时间要算钱", "每周休息一天", "下大雨超时不要扣钱"),
}


async def brings(rider: Rider, campaign_id: CampaignId, **content: object) -> None:
    await rider.forges(presses.BRING.data(campaign_id))
    await rider.hears_of("What should the union raise? Write one sentence")
    await rider.sends(**content)


async def rows(town: Town, campaign_id: CampaignId) -> list[Demand]:
    async with town.database.reading() as session:
        chosen = select(Demand).where(Demand.campaign_id == campaign_id).order_by(Demand.id)
        return list((await session.scalars(chosen)).all())


@LANGUAGES
async def test_a_dozen_riders_bring_and_rank_and_hear_what_becomes_of_it(town: Town, language: str) -> None:
    _ = translator(language)
    rain, pay, rest, again = SENTENCES[language]
    coordinator = await at_home(town, COORDINATOR, language)
    riders = [await at_home(town, RIDER + at, language) for at in range(12)]
    campaign_id = await in_phase(town, Phase.GATHER)
    for rider, sentence in zip(riders, (rain, pay, rest), strict=False):
        await rider.forges(campaign_presses.SHOW.data(campaign_id))
        await rider.hears_of(_("Collect demands"))
        await rider.presses(_("✍ Submit a demand"))
        await rider.hears_of(
            _(
                "What should the union raise? Write one sentence of 5 to 120 characters, for example: "
                "No deductions for late orders in heavy rain. Or send a voice message of up to a "
                "minute."
            )
        )
        await rider.says(sentence)
        await rider.hears_of(_("Demands you can still submit: {n}").format(n=MOST - 1))

    await coordinator.says("/start")
    await coordinator.hears_of(_("Demands waiting: {n}").format(n=3))
    await coordinator.presses(_("📥 Check demands"))
    for sentence in (rain, pay, rest):
        page = await coordinator.hears_of(_("“{text}”").format(text=sentence))
        assert page.get("has_protected_content")
        await coordinator.presses(_("✅ Show it to everyone"))
    await coordinator.hears_of(_("✅ All demands have been checked."))
    town.deliver()
    for rider, sentence in zip(riders, (rain, pay, rest), strict=False):
        await rider.hears_of(sentence)

    fourth = riders[3]
    await fourth.forges(presses.BRING.data(campaign_id))
    await fourth.hears()
    await fourth.says(again)
    offered = await fourth.hears_of(_("Others have already said something like this. Does one of these mean the same?"))
    assert f"1. {rain}" in offered["text"]
    await fourth.presses(_("👍 {n}: the same, I support it").format(n=1))
    await fourth.hears_of(
        _("👍 Your support is counted. To hear what becomes of this demand, open it under “All demands”.")
    )

    await moved(town, campaign_id, Phase.RANK)
    for at, rider in enumerate(riders):
        await rider.forges(presses.RANK.data(campaign_id))
        left = 2 if rider is fourth else 3
        for number in range(left):
            page = await rider.hears_of(_("{n} of {total}").format(n=number + 1, total=10))
            if pay in page["text"] and at == 0:
                await rider.presses(_("🔔 Tell me what becomes of it"))
                await rider.is_told(_("You'll hear what becomes of it. To stop that, open it under “All demands”."))
            await rider.presses(_("👎 Disagree") if rest in page["text"] else _("👍 Agree"))
        await rider.hears_of(_("🎉 You've been through all of them. Thank you! More may still come in."))

    await moved(town, campaign_id, Phase.RESULT)
    await counted(town, campaign_id)
    for reader, page_press in ((riders[1], campaign_presses.SHOW), (coordinator, campaign_presses.RUN_SHOW)):
        await reader.forges(page_press.data(campaign_id))
        await reader.hears_of(_("📊 Riders who ranked: {n}. Demands: {demands}").format(n=10, demands=3))
        await reader.presses(_("📊 What riders want"))
        page = await reader.hears_of(_("📊 What many want"))
        few = _("<{n}").format(n=5)
        assert f"👍 10  👎 {few}  ⏭ {few}" in page["text"] and f"👍 {few}  👎 10  ⏭ {few}" in page["text"]
        assert page["text"].index(rest) > page["text"].index(rain)
        await reader.presses(_("🖼 Chart"))
        await reader.hears_of(_("Riders who agree"))
        await reader.presses(_("📄 As CSV"))
        await reader.until(lambda heard=reader.heard: "document" in heard[-1])
        upload = town.world.files.get(reader.heard[-1]["document"]["file_id"])
        assert upload is not None and f"{rain},shown,10,<5,<5" in upload.content.decode()

    (pay_id,) = [row.id for row in await rows(town, campaign_id) if row.text == pay]
    await coordinator.forges(presses.CARD.data(pay_id))
    await coordinator.hears_of(pay)
    await coordinator.presses(_("⚖ Enter the outcome …"))
    await coordinator.hears_of(_("What became of it? Everyone who asked to hear will be told."))
    await coordinator.presses(_("🤝 agreed"))
    await coordinator.hears_of(_("🤝 agreed"))
    await coordinator.presses(_("📣 Publish it and tell them"))
    await coordinator.hears_of(_("🤝 agreed") + " ·")
    town.deliver()
    await riders[0].hears_of("🔔 ")
    assert not any("🔔 “" in heard.get("text", "") for heard in riders[1].heard)
    await riders[0].presses(_("📋 See the demand"))
    await riders[0].hears_of(_("🤝 agreed") + " ·")


async def test_a_voice_message_is_written_down_and_shown(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    spoken = town.world.files.voice(Upload("v.ogg", b"OggS"))
    await brings(rider, campaign_id, voice={**spoken, "duration": 61})
    await rider.hears_of("That is too long")
    await rider.sends(document=town.world.files.document(Upload("a.txt", b"a")))
    await rider.hears_of("Please write one sentence, or send a voice message.")
    await rider.sends(voice={**spoken, "duration": 60})
    await rider.hears_of("A coordinator will check it first")
    await coordinator.forges(campaign_presses.RUN_SHOW.data(campaign_id))
    await coordinator.hears_of("0 shown, 1 waiting")
    await coordinator.presses("📥 Check 1")
    played = await coordinator.hears_of("Demands waiting: 1")
    assert played["voice"]["file_id"] == spoken["file_id"] and played["has_protected_content"]
    await coordinator.presses("✍ Write it down")
    await coordinator.hears_of("Write down what you heard")
    await coordinator.says("Call me: 138 0013 8000")
    await coordinator.hears_of("There is a phone or ID number in it.")
    await coordinator.says(RAIN)
    await coordinator.hears_of("Written down. Is this right?")
    await coordinator.presses("✅ Show it to everyone")
    await coordinator.hears_of("All demands have been checked.")
    town.deliver()
    await rider.hears_of(f"Everyone can read your demand now: “{RAIN}”")
    await rider.presses("🔔 Tell me what becomes of it")
    await rider.is_told("You'll hear what becomes of it.")
    (row,) = await rows(town, campaign_id)
    assert (row.text, row.state, row.voice, row.draft) == (RAIN, DemandState.SHOWN, None, None)
    async with town.database.reading() as session:
        acts = {entry.act for entry in await audit.newest(session, 5)}
    assert {DemandAction.DEMAND_WRITTEN_DOWN, DemandAction.DEMAND_SHOWN} <= acts


async def test_what_holds_a_number_is_not_taken(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    await brings(rider, campaign_id, text="My number is 13800138000")
    await rider.hears_of("There is a phone or ID number in it.")
    await rider.says("Hi")
    await rider.hears_of("Please write 5 to 120 characters.")
    await rider.says("x" * 121)
    await rider.hears_of("Please write 5 to 120 characters.")
    assert not await rows(town, campaign_id)


async def test_a_better_wording_is_asked_for_and_comes_back(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    (demand_id,) = await brought(town.database, campaign_id, RIDER, NOON, "Something must change!")
    await coordinator.forges(presses.QUEUE.data(campaign_id, DemandId(0)))
    await coordinator.hears_of("Something must change!")
    await coordinator.presses("✏ Ask for other words")
    await coordinator.hears_of("What should its author make clearer?")
    await coordinator.presses("What exactly should change?")
    await coordinator.hears_of("All demands have been checked.")
    town.deliver()
    heard = await rider.hears_of("a coordinator has a question")
    assert "Something must change!" in heard["text"] and "What exactly should change?" in heard["text"]
    await rider.presses("✍ Reword it")
    await rider.hears_of("Please reword it in one sentence")
    await rider.says(PAY)
    await rider.hears_of("will check it again")
    await coordinator.forges(presses.SHOW.data(demand_id, 0))
    await coordinator.is_told("or it has been reworded")  # of what they have read, which is not what it says now
    await coordinator.forges(presses.QUEUE.data(campaign_id, DemandId(0)))
    await coordinator.hears_of(PAY)
    await coordinator.presses("✅ Show it to everyone")
    await coordinator.hears_of("All demands have been checked.")
    await rider.presses("✍ Reword it")
    await rider.is_told("no longer needs rewording")
    other = await at_home(town, OTHER)
    await other.forges(presses.REWORD.data(demand_id))
    await other.is_told("no longer there")


async def test_a_form_for_a_better_wording_closes_once_nobody_waits_for_it(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    (demand_id,) = await brought(town.database, campaign_id, RIDER, NOON, "Something must change!")
    async with town.database.writing() as session:
        await moderation.ask(session, demand_id, 0, "What exactly?")
    await rider.forges(presses.REWORD.data(demand_id))
    await rider.hears_of("Please reword it in one sentence")
    await moved(town, campaign_id, Phase.DRAFT)
    await rider.says(PAY)
    await rider.hears_of("I have closed this form; nothing from it was sent.")
    await rider.says("/cancel")
    await rider.hears_of("nothing to cancel")
    await coordinator.says("/start")
    assert "Demands waiting" not in (await coordinator.hears_of("Waiting for you"))["text"]


@pytest.mark.both_databases
async def test_refusals_are_public_but_for_what_would_hurt(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    await brought(town.database, campaign_id, RIDER, NOON, "You idiots of the office", "Buy my cheap scooters")
    await coordinator.forges(presses.QUEUE.data(campaign_id, DemandId(0)))
    await coordinator.hears_of("You idiots")
    await coordinator.presses("⛔ Refuse …")
    await coordinator.hears_of("Why refuse it?")
    await coordinator.presses("it insults someone")
    await coordinator.hears_of("Buy my cheap scooters")
    await coordinator.presses("⛔ Refuse …")
    await coordinator.hears_of("Why refuse it?")
    await coordinator.presses("it is advertising")
    await coordinator.hears_of("All demands have been checked.")
    town.deliver()
    heard = await rider.hears_of("Your demand was not accepted: “You idiots")
    assert "Reason: it insults someone" in heard["text"]
    await rider.hears_of("Reason: it is advertising")
    await rider.forges(campaign_presses.SHOW.data(campaign_id))
    await rider.hears_of("Demands so far: 0")
    await rider.presses("⛔ Refused: 2, and why")
    log = (await rider.hears_of("it is advertising: 1"))["text"]
    assert "“Buy my cheap scooters”" in log and "idiots" not in log and "it insults someone: 1" in log
    insult, _ = await rows(town, campaign_id)
    assert insult.text is None and insult.draft is None
    await coordinator.forges(presses.REFUSE.data(insult.id, 0, "too_late"))
    assert await coordinator.is_answered() is not None
    await coordinator.forges(presses.CARD.data(insult.id))
    await coordinator.is_told("no longer there")


async def test_of_two_coordinators_one_decides(town: Town) -> None:
    first, second = await at_home(town, COORDINATOR), await at_home(town, ADMIN)
    campaign_id = await in_phase(town, Phase.GATHER)
    (demand_id,) = await brought(town.database, campaign_id, RIDER, NOON, RAIN)
    await first.forges(presses.SHOW.data(demand_id, 0))
    await second.forges(presses.REFUSE.data(demand_id, 0, Reason.UNCLEAR.value))
    await town.until_idle()
    await first.until(lambda: first.answers)
    await second.until(lambda: second.answers)
    lost = [
        one for one in (first, second) if any("or it has been reworded" in answer["text"] for answer in one.answers)
    ]
    assert len(lost) == 1
    (row,) = await rows(town, campaign_id)
    assert row.state is (DemandState.REFUSED if lost == [first] else DemandState.SHOWN)
    town.deliver()
    await town.until_idle()


async def test_one_person_brings_ten(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    await brought(town.database, campaign_id, RIDER, NOON, *(f"Demand number {at}" for at in range(MOST - 1)))
    await brings(rider, campaign_id, text=RAIN)
    await rider.hears_of("Demands you can still submit: 0")
    await rider.forges(presses.BRING.data(campaign_id))
    await rider.is_told("the most that one person can")


@pytest.mark.both_databases
async def test_a_demand_of_the_unions_own_is_marked_and_becomes_part_of_another(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.RANK)
    await coordinator.forges(campaign_presses.RUN_SHOW.data(campaign_id))
    await coordinator.hears_of("0 shown, 0 waiting")
    await coordinator.presses("➕ Add a union demand")
    await coordinator.hears_of("What does the union itself demand?")
    await coordinator.says(RAIN)
    await coordinator.hears_of("📌 “")
    whole, other = await seeded(town.database, campaign_id, "No deductions in any bad weather", REST)
    (part,) = [row.id for row in await rows(town, campaign_id) if row.text == RAIN]
    for person in range(RIDER, RIDER + 5):
        await stands(town.database, part, person, Stance.AGREE, NOON)
    await coordinator.forges(presses.CARD.data(part))
    assert "📌 from the union" in (await coordinator.hears_of(RAIN))["text"]
    await coordinator.presses("🔗 Make it part of another …")
    page = await coordinator.hears_of("part of?")
    assert "1. No deductions in any bad weather" in page["text"]
    await coordinator.presses("1")
    await coordinator.hears_of("This can't be undone.")
    await coordinator.presses("🔗 Make it part of that")
    await coordinator.hears_of("Its own support still stands.")
    await coordinator.forges(presses.MERGE_NOW.data(part, other))
    await coordinator.is_told("can't be put together")
    await coordinator.forges(presses.MERGE_NOW.data(whole, whole))
    await coordinator.is_told("can't be put together")
    await rider.forges(presses.STAND.data(part, 1, 0))
    await rider.is_told("has become part of another one")
    await rider.forges(presses.CARD.data(whole))
    assert f"🧩 Includes “{RAIN}”" in (await rider.hears_of("bad weather"))["text"]
    await rider.forges(presses.CARD.data(part))
    await rider.hears_of("🔗 Part of “No deductions in any bad weather”")
    await moved(town, campaign_id, Phase.DRAFT)
    await counted(town, campaign_id)
    async with town.database.reading() as session:
        counts = {row.demand_id: row.agree for row in await session.scalars(select(DemandCount))}
    assert counts == {part: 5, whole: 0, other: 0}, "support is never moved"
    await coordinator.forges(presses.MERGE_NOW.data(other, whole))
    await coordinator.is_told("Ranking is over")


async def test_after_ten_one_is_asked_whether_it_is_enough(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.RANK)
    await seeded(town.database, campaign_id, *(f"Demand number {at}" for at in range(12)))
    await rider.forges(presses.RANK.data(campaign_id))
    seen = set()
    for number in range(10):
        page = await rider.hears_of(f"{number + 1} of 10")
        seen.add(page["text"].partition("“")[2])
        await rider.presses("⏭ Pass")
    await rider.hears_of("That's 10. Enough for today?")
    await rider.presses("▶ Go on")
    for number in range(2):
        page = await rider.hears_of(f"{number + 1} of 10")
        seen.add(page["text"].partition("“")[2])
        await rider.presses("⏭ Pass")
    await rider.hears_of("You've been through all of them.")
    assert len(seen) == 12, "none comes twice"
    await rider.forges(presses.ENOUGH.data(campaign_id))
    await rider.hears_of("You can go on at any time")


async def test_a_stance_can_be_changed_by_pressing_again(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.RANK)
    first, _ = await seeded(town.database, campaign_id, RAIN, PAY)
    await rider.forges(presses.STAND.data(first, 1, 0))
    await rider.hears_of("2 of 10")
    await rider.presses("◀ Previous one")
    await rider.hears_of(f"“{RAIN}”")
    await rider.presses("👎 Disagree")
    await rider.hears_of("2 of 10")
    await rider.forges(presses.STAND.data(first, 7, 0))
    await rider.is_told("no longer works")
    async with town.database.reading() as session:
        (row,) = await session.scalars(select(DemandStance))
        assert row.stance is Stance.DISAGREE
        assert (await session.get_one(Demand, first)).stances == 1


async def test_the_fewest_stances_come_first(town: Town) -> None:
    """By and large: 20 people rank 2 of 10 each, and each demand gets its share."""
    campaign_id = await in_phase(town, Phase.RANK)
    await seeded(town.database, campaign_id, *(f"Demand number {at}" for at in range(10)))
    riders = [await at_home(town, RIDER + at) for at in range(20)]
    for rider in riders:
        await rider.forges(presses.RANK.data(campaign_id))
        for number in range(2):
            await rider.hears_of(f"{number + 1} of 10")
            await rider.presses("👍 Agree")
        await rider.hears_of("3 of 10")
    assert all(3 <= row.stances <= 5 for row in await rows(town, campaign_id))
    town.now += SHUFFLED_EVERY
    (late,) = await seeded(town.database, campaign_id, PAY)
    await riders[0].forges(presses.RANK.data(campaign_id))
    await riders[0].hears_of(f"“{PAY}”")
    assert late


async def test_what_is_answered_does_not_tell_the_stance(town: Town) -> None:
    """It is kept with the update for a moment, so it is the same whatever somebody said."""
    riders = [await at_home(town, RIDER + at) for at in range(3)]
    campaign_id = await in_phase(town, Phase.RANK)
    first, _ = await seeded(town.database, campaign_id, RAIN, PAY)
    told = []
    for rider, stance in zip(riders, Stance, strict=True):
        await rider.forges(presses.STAND.data(first, int(stance), 0))
        page = await rider.hears_of("2 of 10")
        told.append((page["text"], page["reply_markup"], await rider.is_answered()))
    assert told[0] == told[1] == told[2]


async def test_when_ranking_ends_nobody_can_be_joined_with_a_stance(town: Town) -> None:
    rider, author = await at_home(town, RIDER), await at_home(town, OTHER)
    campaign_id = await in_phase(town, Phase.GATHER)
    await brought(town.database, campaign_id, OTHER, NOON, REST, PAY)
    (demand_id,) = await seeded(town.database, campaign_id, RAIN)
    await moved(town, campaign_id, Phase.RANK)
    await rider.forges(presses.STAND.data(demand_id, 1, 0))
    await rider.hears_of("You've been through all of them.")
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(DemandVoter)) == 1
    await moved(town, campaign_id, Phase.DRAFT)
    await rider.forges(presses.STAND.data(demand_id, -1, 0))
    await rider.is_told("This phase has closed.")
    await counted(town, campaign_id)
    async with town.database.reading() as session:
        assert (await campaigns.find(session, campaign_id)).secret is None
        for table in (DemandStance, DemandVoter, DemandAuthor):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
    late = [row for row in await rows(town, campaign_id) if row.state is DemandState.REFUSED]
    assert [(row.reason, row.text, row.draft) for row in late] == [(Reason.TOO_LATE, None, None)] * 2
    town.deliver()
    await author.hears_of("nobody got to your demand")
    await town.until_idle()
    assert sum("nobody got to your demand" in heard.get("text", "") for heard in author.heard) == 1


@pytest.mark.both_databases
async def test_who_follows_hears_of_each_change_once(town: Town) -> None:
    rider, other = await at_home(town, RIDER), await at_home(town, OTHER)
    coordinator, second = await at_home(town, COORDINATOR), await at_home(town, ADMIN)
    campaign_id = await in_phase(town, Phase.RANK)
    part, whole = await seeded(town.database, campaign_id, RAIN, "No deductions in bad weather")
    for one in (part, whole):
        await rider.forges(presses.FOLLOW.data(one))
        await rider.is_told("You'll hear")
    await other.forges(presses.FOLLOW.data(part))
    await other.is_told("You'll hear")
    await coordinator.forges(presses.SET_OUTCOME.data(whole, "agreed"))
    await coordinator.is_told("Ranking is still open.")
    async with town.database.writing() as session:
        await moderation.merge(session, part, whole)
    await moved(town, campaign_id, Phase.RESULT)
    await coordinator.forges(presses.SET_OUTCOME.data(part, "on_table"))
    await second.forges(presses.SET_OUTCOME.data(whole, "on_table"))
    await coordinator.until(lambda: coordinator.answers)
    await second.until(lambda: second.answers)
    await coordinator.forges(presses.ASK_OUTCOME.data(whole, "rejected"))
    await coordinator.hears_of("Why was it rejected?")
    await coordinator.says("They say the system can't tell the weather")
    await coordinator.hears_of("✖ rejected")
    await coordinator.forges(presses.SET_OUTCOME.data(whole, "rejected"))
    await coordinator.is_answered()
    town.deliver()
    for told in (rider, other):
        await told.hears_of("🗣 on the table")
        assert "can't tell the weather" in (await told.hears_of("✖ rejected"))["text"]
    await town.until_idle()
    for told in (rider, other):
        assert sum("🔔 “" in heard.get("text", "") for heard in told.heard) == 2
    await rider.forges(presses.CARD.data(part))
    assert "on the table ·" in (await rider.hears_of(RAIN))["text"]
    await rider.presses("🔕 Stop telling me")
    await rider.is_told("I won't tell you any more.")


async def test_it_is_for_the_segment_alone(town: Town) -> None:
    stranger = await at_home(town, RIDER)
    campaign_id = await prepared(town, segment=Segment((Speaks("zh_Hans"),)))
    await moved(town, campaign_id, Phase.RANK)
    (demand_id,) = await seeded(town.database, campaign_id, RAIN)
    for data in (
        presses.STAND.data(demand_id, 1, 0),
        presses.RANK.data(campaign_id),
        presses.LIST.data(campaign_id, 0),
        presses.CARD.data(demand_id),
        presses.FOLLOW.data(demand_id),
        presses.AGAIN.data(demand_id, 0),
        presses.REFUSALS.data(campaign_id, 0),
        presses.RESULTS.data(campaign_id, "many", 0),
        presses.FILE.data(campaign_id),
        presses.CHART.data(campaign_id),
    ):
        before = len(stranger.answers)
        await stranger.forges(data)
        await stranger.until(lambda before=before: len(stranger.answers) > before)
        assert "isn't open to you" in stranger.answers[-1]["text"], data
    theirs = await at_home(town, OTHER, "zh_Hans")
    await theirs.forges(presses.STAND.data(demand_id, 1, 0))
    await theirs.hears_of("现有的诉求您都看过了")


async def test_nothing_is_told_before_ranking_is_over(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    campaign_id = await in_phase(town, Phase.RANK)
    (demand_id,) = await seeded(town.database, campaign_id, RAIN)
    for person in range(1, 9):
        await stands(town.database, demand_id, person, Stance.AGREE, NOON)
    for data in (
        presses.RESULTS.data(campaign_id, "many", 0),
        presses.RESULTS.data(campaign_id, "all", 0),
        presses.FILE.data(campaign_id),
        presses.CHART.data(campaign_id),
        presses.OUTCOMES.data(demand_id),
    ):
        await coordinator.forges(data)
        assert "Ranking is still open." in await coordinator.is_answered(), data
    for data in (
        campaign_presses.RUN_SHOW.data(campaign_id),
        presses.LIST.data(campaign_id, 0),
        presses.CARD.data(demand_id),
    ):
        await coordinator.forges(data)
        assert "👍" not in (await coordinator.hears())["text"]


async def test_after_its_date_nobody_brings_or_ranks(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await prepared(town, {Phase.GATHER: NOON + timedelta(hours=1), Phase.RANK: NOON + timedelta(hours=2)})
    await moved(town, campaign_id, Phase.GATHER)
    (demand_id,) = await seeded(town.database, campaign_id, RAIN)
    town.now = NOON + timedelta(hours=1)
    await rider.forges(presses.BRING.data(campaign_id))
    await rider.is_told("This phase has closed.")
    await moved(town, campaign_id, Phase.RANK)
    town.now = NOON + timedelta(hours=2)
    for data in (presses.RANK.data(campaign_id), presses.STAND.data(demand_id, 1, 0)):
        await rider.forges(data)
        assert "closed" in await rider.is_answered() or "closed" in await rider.is_answered()
    await rider.forges(campaign_presses.SHOW.data(campaign_id))
    await rider.hears_of("Demands so far: 1")
    with pytest.raises(AssertionError):
        rider.button("▶ Rank the demands")


@pytest.mark.both_databases
async def test_erasing_a_person_removes_stances_wishes_and_authorship(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.GATHER)
    await brought(town.database, campaign_id, RIDER, NOON, REST)
    (demand_id,) = await seeded(town.database, campaign_id, RAIN)
    (shown_id,) = await brought(town.database, campaign_id, RIDER, NOON, PAY)
    async with town.database.writing() as session:
        await moderation.show(session, shown_id, 0)
    await moved(town, campaign_id, Phase.RANK)
    await rider.forges(presses.STAND.data(demand_id, 1, 0))
    await rider.hears_of("2 of 10")
    await stands(town.database, demand_id, OTHER, Stance.AGREE, NOON)
    await rider.forges(presses.FOLLOW.data(demand_id))
    await rider.is_told("You'll hear")
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await rider.presses("Download a copy")
    await rider.until(lambda: "document" in rider.heard[-1])
    upload = town.world.files.get(rider.heard[-1]["document"]["file_id"])
    assert upload is not None
    copy = upload.content.decode()
    assert REST in copy and RAIN in copy and '"stance":"agree"' in copy.replace(" ", "")
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await erases_everything(rider)
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(DemandStance)) == 1
        for table in (DemandAuthor, DemandFollower):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        left = {row.text: row.stances for row in await session.scalars(select(Demand))}
    assert left == {RAIN: 1, PAY: 0}, "what is shown stays, without an author; what nobody has read goes"


async def test_who_is_no_coordinator_any_more_can_decide_nothing(town: Town) -> None:
    former = await at_home(town, OTHER)
    campaign_id = await in_phase(town, Phase.GATHER)
    (demand_id,) = await brought(town.database, campaign_id, RIDER, NOON, RAIN)
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(OTHER), Role.COORDINATOR, ADMIN, NOON)
    await former.forges(presses.ASK_WORDING.data(demand_id, 0))
    await former.hears_of("What should its author make clearer?")
    async with town.database.writing() as session:
        await roles.take(session, PersonId(OTHER), Role.COORDINATOR)
    await former.says("What do you mean?")
    await former.hears_of("staff in charge")
    (row,) = await rows(town, campaign_id)
    assert row.state is DemandState.WAITING
    await town.announces()
