"""What riders propose about stations: from the chat to the search, and what becomes of the photo and the name."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.params import Upload
from handlers.i18n.translations import Translate, translator
from storage import audit
from storage.privacy.retention import Retention
from storage.stations import proposals, retention
from storage.stations.audited import StationAction
from storage.stations.ids import ProposalId, StationKey
from storage.stations.proposals import MOST_WAITING, Content, Proposal
from storage.stations.stations import Amenity, StationPatch
from storage.telegram_ids import PersonId
from tests.support.applications import picture
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Rider, Town

HALL = "暖新之家 <1>"
HALL_KEY = StationKey(1)
RIDER, OTHER = 801, 802


async def opens_page(rider: Rider) -> None:
    await rider.says(HALL)
    await rider.hears_of(f"🏠 {HALL}")
    await rider.hears()


def labels(rider: Rider) -> list[str]:
    """Of the buttons below the newest message or edit."""
    rows = rider.heard[-1].get("reply_markup", {}).get("inline_keyboard", [])
    return [key["text"] for row in rows for key in row]


async def presses(rider: Rider, label: str) -> None:
    """Once the newest message has such a button."""
    await rider.until(lambda: any(label in one for one in labels(rider)))
    await rider.presses(label)


async def sends_it(town: Town, rider: Rider, _: Translate, thanks: str) -> None:
    """The photo and the name, which both corrections and new stations ask for; then the review page."""
    await rider.hears_of("能发一张照片吗" if _("Photo") == "照片" else "Can you send a photo?")
    await rider.sends(photo=town.world.files.photo(Upload("p.png", picture())))
    await rider.hears_of("90")
    if thanks:
        await rider.says(thanks)
    else:
        await rider.presses(_("Skip"))
    await presses(rider, _("✔ Send it"))
    await rider.hears_of("🙏")


async def content(town: Town) -> Content:
    """Of the first proposal, as it is kept."""
    async with town.database.reading() as session:
        return proposals.content_of(session, await session.get_one(Proposal, ProposalId(1)))


@LANGUAGES
async def test_a_correction_is_looked_at_accepted_and_thanked_for(town: Town, language: str) -> None:
    _ = translator(language)
    rider, coordinator = town.rider(RIDER, language), town.rider(COORDINATOR, language)
    await coordinator.says("/start")
    await opens_page(rider)
    await rider.presses(_("✏️ Correct"))
    await rider.hears_of(HALL)
    await rider.presses(_("🕑 The hours"))
    await rider.hears()
    await rider.says("10:00-20:00")
    await sends_it(town, rider, _, "小李 <3>")
    assert (await content(town)).photo

    await coordinator.hears_of("✏️")
    await coordinator.says("/reviews")
    await coordinator.hears_of(_("Proposals about stations: {n}").format(n=1))
    await coordinator.presses(_("✏️ Look at proposals"))
    photo, map_ = await coordinator.hears(), await coordinator.hears()
    assert photo["photo"] and map_["photo"] and (await coordinator.hears())["venue"]["title"] == HALL
    shown = (await coordinator.hears())["text"]
    assert "08:00" in shown and "10:00" in shown and "→" in shown and "小李 <3>" in shown
    await coordinator.presses(_("✔ Accept"))
    await coordinator.hears_of("✅")
    town.deliver()
    thanked = await rider.hears_of("🙏")
    assert "小李 <3>" in thanked["text"] and HALL in thanked["text"]
    kept = await content(town)
    assert kept.photo == "" and kept.thanks == "小李 <3>"
    await opens_page(town.rider(OTHER, language))

    async def is_found() -> bool:
        index = town.context.directory.index
        return index.hours_of(0, NOON).changes_at == NOON.replace(hour=12, minute=0)

    await town.until_true(is_found)
    async with town.database.reading() as session:
        done = [one.act for one in await audit.newest(session, 5)]
    assert StationAction.PROPOSAL_ACCEPTED in done
    await opens_page(rider)
    assert _("Thanks to {name}").format(name="小李 <3>") in next(
        one["text"] for one in reversed(rider.heard) if "🏠" in one.get("text", "")
    )


@LANGUAGES
async def test_a_new_station_shows_in_the_next_search(town: Town, language: str) -> None:
    _ = translator(language)
    rider, coordinator = town.rider(RIDER, language), town.rider(COORDINATOR, language)
    await coordinator.says("/start")
    await rider.says("/station")
    await rider.hears()
    await rider.hears()
    await rider.presses(_("✏️ Add or correct a station"))
    await rider.hears()
    await rider.presses(_("➕ A new station"))
    await rider.hears()
    await rider.shares(37.44, 116.36)
    await rider.hears()
    await rider.says("东风路凉亭")
    await rider.hears()
    for label in (_("open all day"), f"🚻 {_('toilet')}", _("✔ That's all")):
        await presses(rider, label)
    await sends_it(town, rider, _, "")
    await coordinator.hears_of("✏️")
    await coordinator.presses(_("▶ Look at it"))
    await coordinator.hears_of("东风路凉亭")
    await coordinator.presses(_("✔ Accept"))
    await coordinator.hears_of("东风路凉亭")
    town.deliver()
    await rider.hears_of("🙏")
    await town.until(lambda: bool(town.context.directory.index.names.named("东风路凉亭", 1)))
    await rider.shares(37.44, 116.36)
    assert "1. 东风路凉亭" in (await rider.hears_of("1. "))["text"]


@LANGUAGES
async def test_a_refusal_says_why_and_a_station_can_be_gone(town: Town, language: str) -> None:
    _ = translator(language)
    rider, coordinator = town.rider(RIDER, language), town.rider(COORDINATOR, language)
    await coordinator.says("/start")
    for answer in ("refused", "accepted"):
        await opens_page(rider)
        await rider.presses(_("✏️ Correct"))
        await rider.hears_of(HALL)
        await rider.presses(_("🚫 Closed for good"))
        await sends_it(town, rider, _, "")
        await coordinator.says("/reviews")
        await coordinator.hears_of(_("Proposals about stations: {n}").format(n=1))
        await coordinator.presses(_("✏️ Look at proposals"))
        await coordinator.hears_of("🚫")
        if answer == "refused":
            await coordinator.presses(_("✖ Don't accept …"))
            await coordinator.hears()
            await coordinator.says("It is open, I was there")
            await coordinator.hears_of(_("Not accepted; the rider will read the reason."))
            town.deliver()
            assert "It is open, I was there" in (await rider.hears_of(HALL))["text"]
            assert (await content(town)).photo == ""
        else:
            await coordinator.presses(_("✔ Accept"))
            await coordinator.hears_of("✅")
            town.deliver()
            assert HALL in (await rider.hears_of("🙏"))["text"]
    await town.until(lambda: town.context.directory.index.row_of(HALL_KEY) is None)


@LANGUAGES
async def test_what_a_station_has_and_where_it_is_are_corrected_too(town: Town, language: str) -> None:
    _ = translator(language)
    rider, coordinator = town.rider(RIDER, language), town.rider(COORDINATOR, language)
    await coordinator.says("/start")
    toilet, moved_to = f"🚻 {_('toilet')}", (37.44, 116.37)
    for about in (_("🚻 What it has"), _("📍 Where it is")):
        await opens_page(rider)
        await rider.presses(_("✏️ Correct"))
        await rider.hears_of(HALL)
        await rider.presses(about)
        await rider.hears()
        if about.startswith("🚻"):
            await presses(rider, toilet)
            await presses(rider, _("✔ That's all"))
        else:
            await rider.shares(*moved_to)
        await sends_it(town, rider, _, "")
        await coordinator.says("/reviews")
        await coordinator.hears_of(_("Proposals about stations: {n}").format(n=1))
        await coordinator.presses(_("✏️ Look at proposals"))
        await coordinator.hears_of("➕" if about.startswith("🚻") else "→")
        await coordinator.presses(_("✔ Accept"))
        await coordinator.hears_of("✅")
        town.deliver()
        assert HALL in (await rider.hears_of("🙏"))["text"]
    index, has = town.context.directory, int(Amenity.water | Amenity.charging | Amenity.toilet)

    async def is_corrected() -> bool:
        row = index.index.row_of(HALL_KEY)
        place = (index.index.latitudes[row], index.index.longitudes[row])
        return place == pytest.approx(moved_to) and index.index.amenities[row] == has

    await town.until_true(is_corrected)


async def test_who_proposes_too_much_waits_and_nobody_decides_on_their_own(town: Town) -> None:
    key, content_ = HALL_KEY, Content(StationPatch(opening_hours="24/7"), thanks="Li")
    async with town.database.writing() as session:
        with pytest.raises(proposals.NothingProposed):
            await proposals.propose(session, PersonId(RIDER), key, Content(StationPatch(name=HALL)), NOON)
        for at in range(MOST_WAITING):
            row = await proposals.propose(session, PersonId(RIDER), key, content_, NOON)
            assert row.id == at + 1
        with pytest.raises(proposals.TooManyProposals):
            await proposals.propose(session, PersonId(RIDER), key, content_, NOON)
        with pytest.raises(proposals.OwnProposal):
            await proposals.accept(session, row.id, PersonId(RIDER), NOON)
        await proposals.accept(session, row.id, PersonId(OTHER), NOON)
        with pytest.raises(proposals.ProposalDecided):
            await proposals.accept(session, row.id, PersonId(OTHER), NOON)
        assert await proposals.thanked_for(session, key) == "Li"
        copied: Any = await proposals.copy_of(session, PersonId(RIDER))
        assert [one["state"] for one in copied] == ["waiting", "waiting", "accepted"]
        await retention.forget(session, NOON + proposals.KEPT * 1.01, Retention())
        assert await proposals.copy_of(session, PersonId(RIDER)) == []
        assert await proposals.thanked_for(session, key) == ""


@LANGUAGES
async def test_a_known_station_beside_a_proposed_one_is_opened_by_its_button(town: Town, language: str) -> None:
    _ = translator(language)
    rider = town.rider(RIDER, language)
    await rider.says("/station")
    await rider.hears()
    await rider.hears()
    await rider.presses(_("✏️ Add or correct a station"))
    await rider.hears()
    await rider.presses(_("➕ A new station"))
    await rider.hears()
    await rider.shares(37.4311, 116.361)
    asked = await rider.hears_of("⚠️")
    assert _("What is it called?") in asked["text"] and HALL in asked["text"]
    await rider.presses(f"📍 {HALL}")
    page = await rider.hears_of(HALL)
    assert "08:00" in page["text"]
    rider.button(_("✏️ Correct"))
    back = _("↩ Back to my form: {form}").format(form=_("Propose a station"))
    await rider.until(lambda: back in str(rider.heard[-1]))
    await rider.presses(back)
    await rider.hears_of(_("What is it called?"))
    await rider.says("东风路凉亭")
    await rider.hears_of(
        _("When is it open? Choose, or write it, for example: Mon to Fri 8:30-17:30, closed on public holidays")
    )
