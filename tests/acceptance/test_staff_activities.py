"""Activities: drafts that are changed, what is confirmed before it can't be undone, and rounds that are told once."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.activities import presses
from handlers.i18n.translations import plural_in, translator
from storage.activities import activities, participants, planning, rounds, series
from storage.activities.activities import ActivityState
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, at_home, basketball, planned, signs_up
from tests.support.deliveries import settled
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Rider, Town
from tests.support.words.activities import HAS_PLACE, HAS_PLACE_NUMBER, SIGN_UP
from tests.support.words.forms import REVIEW_PAGE

ONE = ActivityId(1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def state_of(town: Town, person_id: int) -> PlaceState | None:
    async with town.database.reading() as session:
        row = await participants.of(session, ONE, PersonId(person_id))
        return None if row is None else row.state


async def shown(coordinator: Rider, words: str) -> None:
    """The activity as its organiser sees it."""
    await coordinator.forges(presses.SHOW.data(ONE))
    await coordinator.hears_of(words)


async def test_a_draft_can_be_changed_and_then_published(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    async with town.database.writing() as session:
        await planning.create(session, basketball(lead_times="3600"), COORDINATOR, NOON)
    await shown(coordinator, "📝 Draft")
    await coordinator.presses("✎ Change")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.changes("Title")
    await coordinator.hears()
    await coordinator.says("4x4 basketball")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses("💾 Save it")
    assert "4x4 basketball" in (await coordinator.hears_of("📝 Draft"))["text"]
    await coordinator.presses("✅ Publish")
    published = (await coordinator.hears_of("✅ Published"))["text"]
    assert "4x4 basketball" in published and "With a place" not in published, "nobody has signed up"
    await signs_up(town.database, ONE, 31)
    await shown(coordinator, "With a place: 1.")


@LANGUAGES
async def test_what_is_cancelled_and_who_is_told_is_said_before_it_is(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    await planned(town)
    for person in (81, 82, 83):  # two places and one in the queue
        await signs_up(town.database, ONE, person)
    yes = plural_in(
        language, "❌ Cancel the activity, {n} person is told", "❌ Cancel the activity, {n} people are told", 3
    ).format(n=3)
    for press in (_("Don't cancel it"), yes):
        await shown(coordinator, _("✅ Published"))
        await coordinator.presses(_("❌ Cancel it …"))
        await coordinator.hears_of(_("Why is it cancelled? Everyone who signed up will read this."))
        await coordinator.says("Hall is flooded")
        await coordinator.hears_of(_("Cancel “{title}”? This can't be undone.").format(title="3x3 basketball"))
        await coordinator.presses(press)
        if press != yes:
            await coordinator.hears_of(_("Nothing was changed."))
    await coordinator.hears_of(
        plural_in(language, "Cancelled; {n} person is told why.", "Cancelled; {n} people are told why.", 3).format(n=3)
    )
    async with town.database.reading() as session:
        row = await activities.find(session, ONE)
        assert row is not None and row.state is ActivityState.CANCELLED


async def test_a_place_that_others_wait_for_is_not_given_up_with_one_tap(town: Town) -> None:
    await planned(town, places=1)
    first, second = await at_home(town, 84), await at_home(town, 85)
    await first.says("/start act_1")
    await first.hears_of("3x3")
    await first.presses(SIGN_UP)
    await first.hears_of(HAS_PLACE)
    await first.presses("↩ Give up my place")
    await first.hears_of("3x3")
    assert await state_of(town, 84) is PlaceState.LEFT, "nobody waits: it can be taken again"
    await first.presses(SIGN_UP)
    await first.hears_of(HAS_PLACE)
    await signs_up(town.database, ONE, 85)

    await first.presses("↩ Give up my place")
    asked = await first.hears_of("Give up your place at “3x3 basketball”?")
    rows = [row[0]["text"] for row in asked["reply_markup"]["inline_keyboard"]]
    assert rows.index("↩ Give it up") > 1, "not where the finger is"
    await first.presses("Keep my place")
    await first.hears_of(HAS_PLACE)
    await first.presses("↩ Give up my place")
    await first.hears_of("Give up your place")
    await first.presses("↩ Give it up")
    await second.hears_of("A place is free for you!")
    assert await state_of(town, 84) is PlaceState.LEFT


@LANGUAGES
async def test_somebody_whose_guest_does_not_fit_can_come_alone(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town, places=2, guests=1)
    await signs_up(town.database, ONE, 86)
    rider = await at_home(town, 87, language)
    await rider.says("/start act_1")
    await rider.hears_of("3x3")
    await rider.presses(_(SIGN_UP))
    await rider.hears_of(_("Is anyone coming with you?"))
    await rider.presses("+1")
    await rider.hears_of(_("There is a place for you, but not for your guests too."))
    await rider.presses(_("✅ Just me: take the place"))
    await rider.hears_of(_(HAS_PLACE_NUMBER).format(n=2))
    assert await state_of(town, 87) is PlaceState.PLACED
    await signs_up(town.database, ONE, 88, guests=1)
    await rider.forges(presses.COME_ALONE.data(ONE))
    await rider.until(lambda: any(_("That place has just been taken.") in one["text"] for one in rider.answers))


@LANGUAGES
async def test_who_goes_on_is_told_once_and_so_is_who_does_not_after_all(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, li, wang = [await at_home(town, person, language) for person in (COORDINATOR, 91, 92)]
    await planned(town)
    for person in (91, 92):
        await signs_up(town.database, ONE, person)
    async with town.database.writing() as session:
        for number, title in enumerate(("Heats", "Final")):
            await rounds.add(session, ONE, title, SATURDAY + timedelta(hours=number))
    through, off = _("You're through to: {round}, {when}").partition("{")[0], "“Final”"

    async def chooses(*numbers: str, tells: int) -> None:
        await coordinator.forges(presses.CHOOSE_WHO.data(ONE, 2))
        await coordinator.hears_of(_("The numbers are those on the attendee list; members are also shown by name."))
        for number in numbers:
            await coordinator.presses(number)
            await coordinator.hears()
        await coordinator.presses(_("✔ That's all"))
        await coordinator.hears_of(_("✅ Through:"))
        tell = plural_in(language, "📨 Tell {n} person", "📨 Tell {n} people", tells).format(n=tells)
        await coordinator.presses(tell)
        await coordinator.hears_of(
            plural_in(language, "Saved; {n} person is told.", "Saved; {n} people are told.", tells).format(n=tells)
        )
        for person in (91, 92):
            await settled(town, PersonId(person))

    await chooses("1", "2", "2", tells=1)  # the second was a slip of the finger
    await li.hears_of(through)
    assert not [one for one in wang.heard if through in one.get("text", "")]
    await chooses("1", "2", tells=2)
    assert off in (await li.hears_of("Final"))["text"]
    await wang.hears_of(through)
    assert len([one for one in li.heard if through in one.get("text", "")]) == 1


@pytest.mark.both_databases
async def test_a_series_is_ended_after_a_second_look(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await planned(town)
    async with town.database.writing() as session:
        row = await activities.find(session, ONE)
        assert row is not None
        await series.start(session, row, "FREQ=WEEKLY", COORDINATOR, NOON, SHANGHAI, "CN", skips_holidays=False)
    await coordinator.forges(presses.REPEAT.data(ONE))  # a button of a page from before
    await coordinator.until(lambda: any("already repeats" in one["text"] for one in coordinator.answers))
    await shown(coordinator, "✅ Published")
    for press in ("Don't end it", "⏹ End the series"):
        await coordinator.presses("⏹ End series")
        asked = await coordinator.hears_of("End the series of “3x3 basketball”?")
        assert asked["reply_markup"]["inline_keyboard"][-1][0]["text"] == "Don't end it"
        await coordinator.presses(press)
        if press == "Don't end it":
            await coordinator.hears_of("✅ Published")
    await coordinator.until(lambda: any("No further dates" in one["text"] for one in coordinator.answers))
    await shown(coordinator, "✅ Published")
    await coordinator.presses("🔁 Repeat")
    await coordinator.hears_of("How often?")
