"""The result, what was promised, whether riders find it kept, and the report for the congress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.commitments import presses
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import translator
from storage import audit
from storage.campaigns.agreements import reading
from storage.campaigns.campaigns import Phase
from storage.campaigns.commitments import askings, commitments, planning
from storage.campaigns.commitments.audited import CommitmentAction
from storage.campaigns.commitments.table import (
    AnsweredAlready,
    AskedPerson,
    AskingState,
    Commitment,
    CommitmentState,
    Outcome,
    Said,
)
from storage.campaigns.ids import AskingId, CampaignId, CommitmentId, DemandId
from storage.database import Database
from storage.people.segments import Segment, Speaks
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.agreements import FIRST, KNOWN, published, with_campaigns
from tests.support.campaigns import TITLE, in_phase, moved, prepared
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.pdf_text import text_of_pdf
from tests.support.privacy import erases_everything
from tests.support.simulator import COORDINATOR, NOON, Rider, Town, running, telegram
from tests.support.words.privacy import STORED_PAGE

RIDER, OTHER = 510, 511
HEARD: list[tuple[Sequence[DemandId], CommitmentState, str]] = []


async def _votes(_session: AsyncSession, _view: View, _campaign_id: CampaignId) -> Sequence[tuple[str, int]]:
    return [("Yes", 31), ("No", 9)]


async def _tell(_talk: Talk, demands: Sequence[DemandId], state: CommitmentState, note: str) -> None:
    HEARD.append((demands, state, note))


@pytest.fixture
async def voting(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose campaigns have had a ballot, and demands that people follow."""
    HEARD.clear()
    connections = replace(KNOWN, ballot_counts=_votes, tell_demands=_tell)
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address), all_features=with_campaigns(connections))
        async with running(town.app):
            yield town


async def signed(town: Town, due_in_days: int = 30, text: str = FIRST["en"]) -> tuple[CampaignId, list[CommitmentId]]:
    """A campaign in its follow-up with a commitment of each clause."""
    campaign_id = await in_phase(town, Phase.DRAFT)
    await published(town, campaign_id, text)
    await moved(town, campaign_id, Phase.RESULT)
    async with town.database.writing() as session:
        await commitments.publish_result(session, campaign_id, Outcome.SIGNED, "All of it", town.now)
        rows = await commitments.add_clauses(session, campaign_id, town.now + timedelta(days=due_in_days))
    await moved(town, campaign_id, Phase.FOLLOW_UP)
    return campaign_id, [row.id for row in rows]


async def asked(town: Town, campaign_id: CampaignId, *states: AskingState) -> list[AskingId]:
    async with town.database.reading() as session:
        return [row.id for row in await planning.of_campaign(session, campaign_id, *states)]


async def until_asked(town: Town) -> None:
    for _ in range(4):
        await town.tick("commitments")
    await town.announces()


async def answers(town: Town, asking_id: AskingId, commitment_id: CommitmentId, people: range, said: Said) -> None:
    async with town.database.writing() as session:
        for one in people:
            await askings.answer(session, asking_id, commitment_id, PersonId(one), said, town.now)


async def on_roll(town: Town) -> int:
    async with town.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(AskedPerson)) or 0


@LANGUAGES
async def test_a_result_becomes_commitments_that_riders_are_asked_about(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, RIDER, language)
    for one in range(600, 612):
        await at_home(town, one, language)
    campaign_id = await in_phase(town, Phase.DRAFT)
    await published(town, campaign_id, FIRST[language])
    await moved(town, campaign_id, Phase.RESULT)
    await coordinator.forges(campaign_presses.RUN_SHOW.data(campaign_id))
    await coordinator.hears_of(_("No result is published yet."))
    await coordinator.presses(_("🤝 Result and commitments"))
    await coordinator.hears_of(_("No result is published yet."))
    await coordinator.presses(_("📣 Publish the result"))
    await coordinator.hears_of(_("What came out of the talks?"))
    await coordinator.presses(_("✅ Signed"))
    await coordinator.hears_of(_("In one sentence that everyone will read: what was agreed, or why not?"))
    await coordinator.says("30 <minutes> of rest")
    await coordinator.hears_of("30 <minutes> of rest")
    await coordinator.presses(_("📣 Tell everyone"))
    await coordinator.hears_of(_("✓ The result is published."))
    await town.announces()
    told = await rider.hears_of("30 <minutes> of rest")
    assert _("✅ Signed") in told["text"]

    await coordinator.presses(_("🤝 Commitments"))
    await coordinator.hears_of("30 <minutes> of rest")
    await coordinator.presses(
        _("➕ Add the other {n} clause").format(n=3) if language == "zh_Hans" else "➕ Add the other 3 "
    )
    await coordinator.hears_of(
        _("What is the deadline? Riders will then be asked whether it was kept. Write it like “28 Nov”, or choose.")
    )
    await coordinator.presses(_("In 90 days"))
    await coordinator.hears_of("30 <minutes> of rest")
    await coordinator.presses("⏳ ")
    await coordinator.hears_of(_("⏳ open"))
    await coordinator.presses(_("❌ not kept") + " …")
    await coordinator.hears_of(_("“{state}”: why? One sentence that everyone can read.").format(state=_("❌ not kept")))
    await coordinator.says("They keep 20 minutes")
    await coordinator.hears_of(_("❌ not kept"))
    await moved(town, campaign_id, Phase.FOLLOW_UP)

    town.now = NOON + timedelta(days=91)
    await until_asked(town)
    await rider.hears_of(_("Something that was agreed is due now. Has it been kept? A few taps are enough."))
    await rider.presses(_("✍ Has it been kept?"))
    for number in (1, 2, 3):
        page = await rider.hears_of(f"🤝 {number}/3")
        assert _("⏳ open") not in page["text"]
        await rider.presses(_("✅ Kept"))
        await rider.is_told(_("Counted."))
    await rider.hears_of(
        _("Thank you, that was the last one. Once enough riders have answered, you can see the totals: /voice")
    )
    async with town.database.reading() as session:
        first, *_others = [row.id for row in await commitments.all_of(session, campaign_id)]
    (asking,) = await asked(town, campaign_id, AskingState.OPEN)
    await rider.forges(presses.ANSWER.data(asking, first, "not_kept"))
    await rider.is_told(_("You have answered this already."))
    await answers(town, asking, first, range(600, 607), Said.KEPT)
    await answers(town, asking, first, range(607, 610), Said.NOT_KEPT)
    await rider.forges(presses.AGREED.data(campaign_id, 0))
    page = await rider.hears_of("🤝")
    assert "👥" not in page["text"], "nothing is shown while riders still answer"

    town.now += askings.OPEN_FOR + timedelta(minutes=1)
    for _tick in range(4):
        await town.tick("commitments")
    assert await on_roll(town) == 0
    await rider.forges(presses.ANSWER.data(asking, first, "kept"))
    await rider.is_told(_("This question has closed. See what is open: /voice"))
    await rider.forges(presses.AGREED.data(campaign_id, 0))
    page = await rider.hears_of("👥")
    few = _("<{n}").format(n=5)
    shown = _("Riders: kept {kept}, not kept {not_kept}, can't tell {cannot_tell}")
    assert shown.format(kept=10, not_kept=few, cannot_tell=few) in page["text"]
    assert _("❌ not kept") in page["text"] and "They keep 20 minutes" in page["text"]

    town.now = NOON + planning.A_YEAR + timedelta(hours=1)
    await until_asked(town)
    await rider.hears_of(_("A year has passed since the result. Has what was agreed been kept? A few taps are enough."))
    assert len(await asked(town, campaign_id, AskingState.OPEN)) == 1

    await coordinator.forges(campaign_presses.REPORT.data(campaign_id))
    await coordinator.until(lambda: "document" in coordinator.heard[-1])
    upload = town.world.files.get(coordinator.heard[-1]["document"]["file_id"])
    assert upload is not None and upload.content.startswith(b"%PDF")
    text = text_of_pdf(upload.content).replace("\n", "")
    for told_of in (TITLE, _("Phases"), _("Draft agreement"), "30 <minutes> of rest", "They keep 20 minutes"):
        assert told_of.replace(" ", "") in text.replace(" ", "")
    async with town.database.reading() as session:
        acts = {entry.act for entry in await audit.newest(session, 20)}
    assert acts >= {
        CommitmentAction.RESULT_PUBLISHED,
        CommitmentAction.COMMITMENT_ADDED,
        CommitmentAction.COMMITMENT_STATED,
    }


async def test_the_result_of_a_ballot_comes_with_a_picture(voting: Town) -> None:
    """Uploaded once; who comes next gets it by Telegram's id. Who follows a demand behind a clause hears of it."""
    town = voting
    coordinator, rider, other = [await at_home(town, one) for one in (COORDINATOR, RIDER, OTHER)]
    campaign_id = await in_phase(town, Phase.DRAFT)
    _, clause, *_rest = await published(town, campaign_id)
    async with town.database.writing() as session:
        await reading.set_demand(session, clause, DemandId(1), answered=True)
    await moved(town, campaign_id, Phase.RESULT)
    await coordinator.forges(presses.PUBLISH.data(campaign_id))
    await coordinator.hears_of("What came out of the talks?")
    await coordinator.presses("🤝 The talks go on")
    await coordinator.hears_of("In one sentence that everyone will read")
    await coordinator.says("We meet again in May")
    await coordinator.hears_of("We meet again in May")
    await coordinator.presses("📣 Tell everyone")
    await coordinator.hears_of("The result is published.")
    await town.announces()
    for one in (rider, other):
        told = await one.hears_of("We meet again in May")
        assert "photo" in told and "• Yes: 31" in told["caption"]
    await rider.presses("🤝 What was agreed")
    await rider.hears_of("Nothing has been entered yet.")
    await coordinator.forges(presses.ADD.data(campaign_id))
    await coordinator.hears_of("Which clause is it from?")
    await coordinator.presses("Rest breaks")
    await coordinator.hears_of("What was promised?")
    await coordinator.says("Twenty minutes of rest")
    await coordinator.hears_of("What is the deadline")
    await coordinator.presses("No date")
    await coordinator.hears_of("no date")
    await coordinator.presses("✅ kept …")
    await coordinator.hears_of("why? One sentence")
    await coordinator.presses("Skip")
    await coordinator.hears_of("✅ kept")
    assert HEARD == [
        ([1], CommitmentState.OPEN, "Twenty minutes of rest"),
        ([1], CommitmentState.KEPT, "Twenty minutes of rest"),
    ]


async def test_of_two_coordinators_one_publishes_the_result(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.RESULT)
    await coordinator.forges(presses.PUBLISH.data(campaign_id))
    await coordinator.hears_of("What came out of the talks?")
    async with town.database.writing() as session:
        await commitments.publish_result(session, campaign_id, Outcome.NOT_SIGNED, "They left", town.now)
    await coordinator.presses("✅ Signed")
    await coordinator.hears_of("In one sentence that everyone will read")
    await coordinator.says("They signed")
    await coordinator.hears_of("They signed")
    await coordinator.presses("📣 Tell everyone")
    await coordinator.is_told("has just published the result")
    await coordinator.forges(presses.PUBLISH.data(campaign_id))
    await coordinator.is_told("has just published the result")
    await coordinator.says("/cancel")
    await coordinator.hears_of("Cancelled")
    await coordinator.forges(presses.CORRECT.data(campaign_id))
    await coordinator.hears_of("They left")
    await coordinator.changes("In one sentence")
    await coordinator.hears_of("In one sentence that everyone will read")
    await coordinator.says("They left the table")
    await coordinator.hears_of("They left the table")
    await coordinator.presses("💾 Save it")
    await coordinator.hears_of("Nobody is told a second time.")
    await rider.forges(presses.RESULT.data(campaign_id))
    await rider.hears_of("❌ Not signed: They left the table")


async def test_what_is_not_there_yet_is_refused(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.VOTE)
    for press in (presses.PUBLISH, presses.CORRECT, presses.ADD, presses.ADD_CLAUSES):
        await coordinator.forges(press.data(campaign_id))
        await coordinator.is_told("This is possible only from the result")
    await rider.forges(presses.RESULT.data(campaign_id))
    await rider.is_told("This is possible only from the result")
    await rider.forges(presses.ASK.data(AskingId(1)))
    await rider.is_told("This question has closed.")
    await coordinator.forges(presses.SHOW.data(CommitmentId(1)))
    await coordinator.is_told("no longer there")


async def test_it_is_asked_of_its_segment_and_of_those_who_were_there(town: Town) -> None:
    chinese, english = await at_home(town, RIDER, "zh_Hans"), await at_home(town, OTHER)
    campaign_id = await prepared(town, segment=Segment((Speaks("zh_Hans"),)))
    await moved(town, campaign_id, Phase.RESULT)
    async with town.database.writing() as session:
        await commitments.publish_result(session, campaign_id, Outcome.SIGNED, "好", town.now)
        kept = (await commitments.add(session, campaign_id, "三十分钟", town.now + timedelta(days=1))).id
    await moved(town, campaign_id, Phase.FOLLOW_UP)
    town.now += timedelta(days=1, minutes=1)
    await until_asked(town)
    await chinese.hears_of("落实了吗？")
    (asking,) = await asked(town, campaign_id, AskingState.OPEN)
    for data in (
        presses.ANSWER.data(asking, kept, "kept"),
        presses.ASK.data(asking),
        presses.AGREED.data(campaign_id, 0),
        presses.RESULT.data(campaign_id),
    ):
        before = len(english.answers)
        await english.forges(data)
        await english.until(lambda before=before: len(english.answers) > before)
        assert "isn't open to you" in english.answers[-1]["text"]
    late = await at_home(town, 700, "zh_Hans")
    await late.forges(presses.ANSWER.data(asking, kept, "kept"))
    await late.is_told("只问当时已在这里的人")
    await late.forges(presses.ANSWER.data(asking, kept, "nothing"))
    await late.is_answered()
    await late.forges(presses.ANSWER.data(asking, CommitmentId(99), "kept"))
    await late.is_told("已经不在了")


async def test_two_answers_at_once_count_as_one(town: Town) -> None:
    await at_home(town, RIDER)
    campaign_id, (kept, *_rest) = await signed(town)
    town.now += timedelta(days=31)
    await until_asked(town)
    (asking,) = await asked(town, campaign_id, AskingState.OPEN)
    tried = await asyncio.gather(
        *(answers(town, asking, kept, range(RIDER, RIDER + 1), said) for said in Said), return_exceptions=True
    )
    assert sum(isinstance(one, AnsweredAlready) for one in tried) == 2


@pytest.mark.both_databases
async def test_a_commitment_can_be_changed_and_what_was_asked_about_stays(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, RIDER)
    campaign_id, (first, second, third) = await signed(town)
    await coordinator.forges(presses.REWORD.data(first))
    await coordinator.hears_of("What was promised?")
    await coordinator.says("Twenty minutes of rest")
    await coordinator.hears_of("Twenty minutes of rest")
    await coordinator.forges(presses.SET_DUE.data(second))
    await coordinator.hears_of("What is the deadline")
    await coordinator.says("1 Dec")
    await coordinator.hears_of("by Tue 1 Dec")
    await coordinator.forges(presses.ASK_TO_REMOVE.data(third))
    await coordinator.hears_of("Remove this commitment?")
    await coordinator.presses("🗑 Remove it")
    await coordinator.hears_of("All of it")
    town.now = NOON + timedelta(days=8)
    await until_asked(town)
    await rider.hears_of("Something that was agreed is due now.")
    await rider.presses("✍ Has it been kept?")
    await rider.hears_of("🤝 1/1")
    await coordinator.forges(presses.REMOVE.data(second))
    await coordinator.is_told("Riders have been asked about it")
    async with town.database.reading() as session:
        assert [row.id for row in await commitments.all_of(session, campaign_id)] == [first, second]
        assert await session.get(Commitment, third) is None


async def test_nobody_is_asked_before_the_follow_up_nor_after_the_end(town: Town) -> None:
    rider = await at_home(town, RIDER)
    campaign_id = await in_phase(town, Phase.RESULT)
    async with town.database.writing() as session:
        await commitments.add(session, campaign_id, "Shoes", town.now + timedelta(days=1))
    town.now += timedelta(days=2)
    await until_asked(town)
    await moved(town, campaign_id, None)
    town.now += timedelta(days=2)
    await until_asked(town)
    assert not any("agreed is due" in heard.get("text", "") for heard in rider.heard)
    assert await on_roll(town) == 0


async def test_in_quiet_hours_the_question_waits_for_the_morning(town: Town) -> None:
    rider = await at_home(town, RIDER)
    await signed(town, due_in_days=1)
    town.now = NOON + timedelta(days=1, hours=11)  # 23:00 in Dezhou
    await until_asked(town)
    assert not any("agreed is due" in heard.get("text", "") for heard in rider.heard)
    town.now = NOON + timedelta(days=1, hours=19, minutes=1)
    await town.announces()
    await rider.hears_of("Something that was agreed is due now.")


async def test_an_erased_rider_leaves_the_roll_and_not_the_count(town: Town) -> None:
    rider: Rider = await at_home(town, RIDER)
    for one in range(600, 606):
        await at_home(town, one)
    campaign_id, (kept, *_rest) = await signed(town)
    town.now += timedelta(days=31)
    await until_asked(town)
    (asking,) = await asked(town, campaign_id, AskingState.OPEN)
    await answers(town, asking, kept, range(600, 604), Said.KEPT)
    await answers(town, asking, kept, range(RIDER, RIDER + 1), Said.KEPT)
    before = await on_roll(town)
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await erases_everything(rider)
    assert await on_roll(town) == before - 1
    town.now += askings.OPEN_FOR
    for _ in range(4):
        await town.tick("commitments")
    async with town.database.reading() as session:
        assert (await askings.answers_of(session, campaign_id))[kept].kept == 5
