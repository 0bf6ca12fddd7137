"""A contest after its set-up: all of it is changed until it is announced, then a part; new rules ask again."""

from __future__ import annotations

import pytest

from handlers.contests import presses
from handlers.i18n.translations import translator
from storage.contests import contests, editing, entries, entry_changes, entry_checks
from storage.contests.contests import ContestClosed, ContestMovedOn, Phase, Tie
from storage.contests.editing import RewordedMeanwhile, Wording
from storage.contests.entries import EntryState, RulesChanged
from storage.contests.ids import ContestId
from storage.database import Database
from storage.membership.conditions import IsMember
from storage.people.segments import Segment
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.contests import RULES, TITLE, entered, found, moved, plan, prepared
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Rider, Town
from tests.support.words.forms import REVIEW_PAGE

ENTRANT, OTHER = 701, 702
NEW_RULES = "Show how you ride safely. Two minutes at most, and nothing that was published before."


async def opens(coordinator: Rider, contest_id: ContestId, words: str) -> None:
    await coordinator.forges(presses.RUN_SHOW.data(contest_id))
    await coordinator.hears_of(words)


async def state_of(town: Town, contest_id: ContestId) -> EntryState:
    async with town.database.reading() as session:
        return (await entries.of_person(session, contest_id, PersonId(ENTRANT)))[0].state


@LANGUAGES
async def test_it_is_changed_until_it_is_announced_and_then_as_far_as_it_is_open(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, entrant = await at_home(town, COORDINATOR, language), await at_home(town, ENTRANT, language)
    contest_id = await prepared(town.database)
    await opens(coordinator, contest_id, _("📝 not started"))
    await coordinator.presses(_("✎ Change"))
    await coordinator.hears_of(_(REVIEW_PAGE))
    for title, question, press in (
        (_("Who decides"), _("Who decides?"), _("Public vote alone")),
        (_("Ties"), _("What breaks a tie?"), _("A draw that anyone can check")),
    ):
        await coordinator.changes(title)
        await coordinator.hears_of(question)
        await coordinator.presses(press)
        await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_("💾 Save it"))
    page = (await coordinator.hears_of(_("📝 not started")))["text"]
    assert _("Public vote") in page and _("Judging") not in page and "SHA-256" in page
    await coordinator.presses(_("👥 Who may enter"))
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("Who can enter: {whom}").format(whom=_("Everyone")))

    await moved(town.database, contest_id, Phase.ENTRY)
    await entered(town.database, contest_id, ENTRANT)
    await opens(coordinator, contest_id, f"▶️ {_('Call for entries')}")
    await coordinator.presses(_("✎ Change"))
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.changes(_("Rules"))
    await coordinator.hears()
    await coordinator.says(NEW_RULES)
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(f"▶️ {_('Call for entries')}")
    town.deliver()
    told = await entrant.hears_of(_("The rules have changed. Your entry takes part once you agree to the new ones."))
    assert NEW_RULES in told["text"] and await state_of(town, contest_id) is EntryState.AGREEING
    await entrant.forges(presses.AGREE_AGAIN.data(contest_id, 1))
    await entrant.is_told(_("The rules have changed. Please read them again: /contests"))
    await entrant.presses(_("✅ I agree to the new rules"))
    await entrant.is_told(_("Thank you. Your entry will be checked again."))
    assert await state_of(town, contest_id) is EntryState.WAITING
    await opens(coordinator, contest_id, _("⏳ being checked"))
    row = await found(town.database, contest_id)
    assert (row.rules, row.rules_version) == (NEW_RULES, 2) and contests.settings_of(row).tie is Tie.DRAW


@LANGUAGES
async def test_rules_that_change_while_somebody_fills_in_lose_no_answers(town: Town, language: str) -> None:
    _ = translator(language)
    entrant = await at_home(town, ENTRANT, language)
    contest_id = await prepared(town.database, plan([Phase.ENTRY, Phase.VOTE], categories=("Riding",)))
    await moved(town.database, contest_id, Phase.ENTRY)
    await entrant.forges(presses.AGREE.data(contest_id, 1))
    await entrant.hears()
    await entrant.says("How I ride in the rain, at night, and with a full box.")
    await entrant.hears_of(_("What is the title of your entry?"))
    async with town.database.writing() as session:
        await editing.change(session, contest_id, Wording(TITLE, NEW_RULES, 1, 1))
    await entrant.says("In the rain")
    await entrant.hears_of(
        _("Which name should be shown with it? Use your account's name, or write a nickname or your team's name.")
    )
    await entrant.says("Rainy Li")
    await entrant.hears_of("In the rain")
    for attempt in range(2):
        await entrant.presses(_("📨 Send it in"))
        if not attempt:
            kept = "The rules have changed since you began. Nothing has been sent yet, and your answers are kept."
            await entrant.hears_of(_(kept))
            await entrant.hears_of(NEW_RULES)
            assert "Rainy Li" in (await entrant.hears_of(_(REVIEW_PAGE)))["text"]
    await entrant.hears_of(_("Your entry is in. A coordinator will check it, and I'll let you know."))
    assert await state_of(town, contest_id) is EntryState.WAITING

    newer = NEW_RULES + " Helmets on."
    async with town.database.writing() as session:
        await editing.change(session, contest_id, Wording(TITLE, newer, 1, 2))
        (mine,) = await entries.of_person(session, contest_id, PersonId(ENTRANT))
    await entrant.forges(presses.CHANGE.data(mine.id))
    await entrant.hears_of(_(REVIEW_PAGE))
    await entrant.presses(_("📨 Send it in"))
    await entrant.hears_of(newer)
    assert await state_of(town, contest_id) is EntryState.AGREEING, "nobody agrees to what they were not shown"
    await entrant.hears_of(_(REVIEW_PAGE))
    await entrant.presses(_("📨 Send it in"))
    await entrant.hears_of(_("Your entry is in. A coordinator will check it, and I'll let you know."))
    assert await state_of(town, contest_id) is EntryState.WAITING


async def test_what_the_announcement_and_the_result_fix(database: Database) -> None:
    contest_id = await prepared(database, plan())
    async with database.writing() as session:
        await contests.set_segment(session, contest_id, Segment((IsMember(),)))
        row = await contests.change_prepared(session, contest_id, plan([Phase.ENTRY, Phase.CHECK, Phase.VOTE]))
        assert list(await contests.phases_of(session, contest_id)) == [*list(Phase)[:3], Phase.RESULT]
        assert contests.settings_of(row).public_weight == 100
    await moved(database, contest_id, Phase.ENTRY)
    async with database.writing() as session:
        with pytest.raises(ContestMovedOn):
            await contests.change_prepared(session, contest_id, plan())
        with pytest.raises(ContestMovedOn):
            await contests.set_segment(session, contest_id, Segment())
        changed = await editing.change(session, contest_id, Wording("Ride safely", RULES, 3, 1))
        assert (changed.contest.title, changed.contest.rules_version, changed.asked_again) == ("Ride safely", 1, [])
        assert contests.settings_of(changed.contest).entries_each == 3
    entry_id = await entered(database, contest_id, ENTRANT)
    await entered(database, contest_id, OTHER)
    async with database.writing() as session:
        asked = await editing.change(session, contest_id, Wording(TITLE, NEW_RULES, 3, 1))
        with pytest.raises(RewordedMeanwhile):
            await editing.change(session, contest_id, Wording("A new title alone", RULES, 3, 1))
        assert {one.person_id for one in asked.asked_again} == {ENTRANT, OTHER}
        mine = await entries.find(session, entry_id)
        content = entries.content_of(session, mine)
        with pytest.raises(RulesChanged):
            await entry_changes.change(session, entry_id, PersonId(ENTRANT), content, NOON)
        await editing.agree_again(session, contest_id, PersonId(ENTRANT), 2, NOON)
        await entry_checks.decide(session, entry_id, mine.revision, reason=None)
    await moved(database, contest_id, Phase.VOTE)
    async with database.writing() as session:
        assert [one.id for one in await entries.published(session, contest_id)] == [entry_id], "who never agreed"
        with pytest.raises(ContestClosed):
            await editing.change(session, contest_id, Wording(TITLE, RULES, 3, 2))
        with pytest.raises(ContestClosed):
            await editing.agree_again(session, contest_id, PersonId(OTHER), 2, NOON)
        await editing.change(session, contest_id, Wording("Ride safely", NEW_RULES, 3, 2))
    await moved(database, contest_id, Phase.RESULT)
    async with database.writing() as session:
        with pytest.raises(ContestClosed):
            await editing.change(session, contest_id, Wording(TITLE, NEW_RULES, 3, 2))


async def test_the_announcement_of_the_winners_becomes_a_broadcast(town: Town) -> None:
    contest_id = await prepared(town.database, plan([Phase.ENTRY, Phase.CHECK], is_drawn=True))
    await moved(town.database, contest_id, Phase.ENTRY)
    await entered(town.database, contest_id, ENTRANT)
    await moved(town.database, contest_id, Phase.RESULT)
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, OTHER)
    await coordinator.forges(presses.ANNOUNCEMENT.data(contest_id))
    await coordinator.hears_of("🥇 1.")
    await coordinator.presses("📣 Make it a broadcast")
    await coordinator.hears_of("Which topic?")
    await coordinator.presses("🏀 Activities")
    review = await coordinator.hears_of(REVIEW_PAGE)
    assert TITLE in review["text"]
    _message, data = coordinator.button("📣 Make it a broadcast")
    await rider.forges(data)
    await rider.until(lambda: bool(rider.answers))
    assert not any("topic" in one["text"] for one in rider.heard), "it is for who may send broadcasts"
