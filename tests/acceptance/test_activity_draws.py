"""Activities whose places are drawn: tickets, the close, the draw by the clock, and the file that anybody repeats."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from handlers.activities import presses
from handlers.i18n.translations import translator
from storage.activities import activities, drawing, draws, participants, planning, waiting_list
from storage.activities.draws import SETTLES_FOR
from storage.activities.ids import ActivityId
from storage.activities.notices import DrawMade
from storage.activities.participants import PlaceState, SignUp
from storage.deliveries.table import Delivery
from storage.draws import verify
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId
from tests.support.activities import at_home, basketball, planned, signs_up
from tests.support.ballots import document_of
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, NOON, Town
from tests.support.words.forms import REVIEW_PAGE

ONE = ActivityId(1)
DRAWS_AT = NOON + timedelta(days=2)
LOUD = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))
TICKET = "🎟 Get a ticket"


async def mine(town: Town, person_id: int) -> SignUp:
    async with town.database.reading() as session:
        row = await participants.of(session, ONE, PersonId(person_id))
        assert row is not None
        return row


async def drawn(town: Town) -> list[int]:
    """Closes the list, makes the draw, and returns the drawn order."""
    town.now = DRAWS_AT
    await town.tick("draws")
    town.now = DRAWS_AT + SETTLES_FOR
    await town.tick("draws")
    town.deliver()
    async with town.database.reading() as session:
        row = await activities.published(session, ONE)
        order: list[int] = json.loads(await drawing.file_of(session, row))["drawn"]
        return order


@LANGUAGES
async def test_a_draw_from_its_set_up_to_the_file_that_repeats_it(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    async with town.database.writing() as session:
        await planning.create(session, basketball(places=2), COORDINATOR, NOON)
    await coordinator.forges(presses.EDIT.data(ONE))
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.changes(_("Draw"))
    await coordinator.hears()
    await coordinator.says("2026-11-28 14:55")  # the draw would be after the start
    too_late = "Sign-up has to be open until then, and the draw is made ten minutes later, before the start."
    await coordinator.hears_of(_(too_late))
    await coordinator.says("2026-11-26 12:00")
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of("🎲")
    await coordinator.presses(_("✅ Publish"))
    await coordinator.hears_of(_("draw · places: {all} · tickets: {n}").format(all=2, n=0))

    riders = {person: await at_home(town, person, language) for person in (51, 52, 53)}
    for number, (person, rider) in enumerate(riders.items(), start=1):
        await rider.says("/start act_1")
        await rider.hears_of("3x3")
        await rider.presses(_(TICKET))
        code = (await mine_when(town, person, number)).ticket_code
        told = await rider.hears_of(_("Ticket no. {n} · {code}").format(n=number, code=code))
        assert await commitment(town) in told["text"]
        assert _(TICKET) not in str([one for one in rider.heard if one["edited"]][-1]["reply_markup"])
    town.now = DRAWS_AT
    await town.tick("draws")
    town.deliver()
    for number, rider in enumerate(riders.values(), start=1):
        closing = _("No more tickets: yours, no. {n}, is in the draw. Draw: {time}").partition("{time}")[0]
        await rider.hears_of(closing.format(n=number))
        await rider.presses(_("🎲 The draw"))
        page = (await rider.hears_of("SHA-256"))["text"]
        assert _("The seed: {digest}").partition("{")[0] not in page
        assert _("Tickets in the list: {tickets} · places: {places}").format(tickets=3, places=2) in page
    late = await at_home(town, 54, language)
    await late.says("/start act_1")
    await late.hears_of(_("no more tickets, draw: {when}").partition("{")[0])
    await late.forges(presses.SIGN_UP.data(ONE))
    refused = "The places are being drawn. Try again in a few minutes: you can then sign up for any that are left."
    await late.is_told(_(refused))

    order = await drawn(town)
    won = _("Your ticket, no. {n}, was drawn as number {drawn}: you have a place!")
    lost = _(
        "Your ticket, no. {n}, was drawn as number {drawn}. You are number {position} on the waiting list; I'll tell "
        "you when it's your turn."
    )
    for at, number in enumerate(order, start=1):
        said = won if at < 3 else lost
        await riders[50 + number].hears_of(said.format(n=number, drawn=at, position=1))
    states = [(await mine(town, 50 + number)).state for number in order]
    assert states == [PlaceState.PLACED, PlaceState.PLACED, PlaceState.WAITING]

    first, last = riders[50 + order[0]], riders[50 + order[2]]
    await last.presses(_("🎲 The draw"))
    await last.hears_of(_("Tickets with a place: {numbers}").format(numbers=f"{order[0]}, {order[1]}"))
    await last.presses(_("📄 Check it yourself"))
    assert b"Repeats a draw" in await document_of(last, "verify_draw.py")
    draw = verify.verify(await document_of(last, "draw-1.json"))
    assert draw["closed"]["commitment"] == await commitment(town) and draw["drawn"] == order
    await first.forges(presses.GIVE_BACK_NOW.data(ONE))
    await last.hears_of(_("A place is free for you!"))


async def mine_when(town: Town, person_id: int, ticket: int) -> SignUp:
    """Once they have this ticket."""

    async def has_it() -> bool:
        async with town.database.reading() as session:
            row = await participants.of(session, ONE, PersonId(person_id))
            return row is not None and row.ticket == ticket

    await town.until_true(has_it)
    return await mine(town, person_id)


async def commitment(town: Town) -> str:
    async with town.database.reading() as session:
        row = await draws.find(session, ONE)
        assert row is not None
        return row.commitment


async def test_a_ticket_that_is_given_back_is_called_a_ticket(town: Town) -> None:
    """As played: "You've given up your place", of somebody who had none."""
    await planned(town, places=1, draws_at=DRAWS_AT)
    rider = await at_home(town, 66)
    await rider.says("/start act_1")
    await rider.hears_of("3x3")
    await rider.presses(TICKET)
    await rider.hears_of("Ticket no. 1")
    await rider.presses("Give my ticket back")
    await rider.is_told("You've given your ticket back.")
    await rider.until(lambda: TICKET in str(rider.heard[-1].get("reply_markup")))
    await rider.presses(TICKET)
    await rider.hears_of("Ticket no. 2")
    town.now = DRAWS_AT + timedelta(minutes=1)
    await town.tick("draws")
    await rider.presses("Give my ticket back")
    asked = await rider.hears_of("Give back your ticket")
    assert asked["reply_markup"]["inline_keyboard"][0][0]["text"] == "Keep my ticket"


async def test_the_list_is_closed_and_drawn_once_whatever_comes_in_between(town: Town) -> None:
    """A ticket that is given back in between stays in the list, and its place goes to the next in the drawn order."""
    await planned(town, places=1, draws_at=DRAWS_AT)
    for person in (61, 62, 63, 64):
        await signs_up(town.database, ONE, person)
    town.now = DRAWS_AT
    await town.tick("draws")
    async with town.database.reading() as session:
        row = await draws.find(session, ONE)
        assert row is not None and row.closed_at == DRAWS_AT
        closed = row.closed_sha256
    await town.tick("draws")
    town.now = DRAWS_AT + SETTLES_FOR - timedelta(seconds=1)
    await town.tick("draws")
    assert (await mine(town, 61)).state is PlaceState.IN_DRAW, "the list has to be known first"
    async with town.database.writing() as session:
        quiet = town.app.services.context.settings.quiet_hours
        for person in (61, 62):
            await waiting_list.release(session, ONE, PersonId(person), town.now, quiet)
    order = await drawn(town)
    for _again in range(2):
        await town.tick("draws")
    there = [number for number in order if number > 2]
    states = [(await mine(town, 60 + number)).state for number in there]
    has_place = PlaceState.PLACED if there[0] == order[0] else PlaceState.OFFERED
    assert sorted(order) == [1, 2, 3, 4] and states == [has_place, PlaceState.WAITING]
    async with town.database.reading() as session:
        told = (await session.scalars(select(Delivery.recipient).where(Delivery.kind == DrawMade.kind))).all()
        assert sorted(told) == [63, 64]
        draw = await drawing.file_of(session, await activities.published(session, ONE))
        assert json.loads(draw)["closed_sha256"] == closed


@LANGUAGES
async def test_a_form_whose_activity_is_over_is_closed_at_the_next_answer(town: Town, language: str) -> None:
    """As played: questions answered to the end, and only then "Sign-up is closed"."""
    _ = translator(language)
    rider = await at_home(town, 57, language)
    closes = NOON + timedelta(hours=1)
    plain = await planned(town, guests=2, questions=("Which size?",), closes_at=closes)
    drawn = await planned(town, guests=2, questions=("Which size?",), draws_at=closes)
    called_off = await planned(town, guests=2, questions=("Which size?",))
    over = (
        "Sign-up for “{title}” is over, so I have closed this form; you were not signed up. Other activities: "
        "/activities"
    )
    in_draw = (
        "The places are being drawn, so I have closed this form; you were not signed up. Try again in a few minutes: "
        "you can then sign up for any that are left."
    )
    cancelled = "The activity was cancelled, so I have closed this form; you were not signed up."
    for activity_id, said in ((plain, over), (drawn, in_draw), (called_off, cancelled)):
        town.now = NOON
        await rider.forges(presses.SIGN_UP.data(activity_id))
        await rider.hears_of(_("Is anyone coming with you?"))
        town.now = closes
        if activity_id == called_off:
            async with town.database.writing() as session:
                await planning.cancel(session, called_off, "rain", town.now)
        await rider.presses("+1")
        await rider.hears_of(_(said).format(title="3x3 basketball"))
