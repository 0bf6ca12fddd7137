"""Places and the waiting list: never one too many, the order of the queue kept, everybody in one state."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, text

from storage.activities import (
    activities,
    activity_reminders,
    attendance,
    participants,
    planning,
    reminders,
    sign_up_copies,
    sign_ups,
    waiting_list,
)
from storage.activities.conditions import Came, HasPlace, Waits
from storage.activities.ids import ActivityId
from storage.activities.participants import TAKING, PlaceState, SignUp
from storage.activities.sign_ups import MembersOnly, NotSignedUp, SignUpClosed, TooManyGuests
from storage.activities.waiting_list import OfferLapsed, hold_until
from storage.broadcasts import recipients as broadcast_recipients
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.hours.quiet_hours import QuietHours
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, basketball, published, signs_up
from tests.support.machines import DatabaseMachine
from tests.support.simulator import NOON, PATIENCE

LOUD = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))


async def test_three_hundred_race_for_twenty_places(database: Database) -> None:
    """All at once: exactly twenty get one, the others queue without gaps, in the order in which they got through."""
    activity_id = await published(database, places=20)
    got = await asyncio.gather(*(signs_up(database, activity_id, person) for person in range(1, 301)))
    assert sum(place.position is None for place in got) == 20
    assert sorted(place.position for place in got if place.position is not None) == list(range(1, 281))
    async with database.reading() as session:
        queue = await participants.people_of(session, activity_id, (PlaceState.WAITING,))
        assert [await participants.position(session, row) for row in queue[:20]] == list(range(1, 21))
        assert await participants.taken(session, activity_id) == 20
        assert len((await session.scalars(select(SignUp))).all()) == 300


async def test_two_give_back_at_once_and_two_are_offered(database: Database) -> None:
    activity_id = await published(database)
    for person in range(1, 6):
        await signs_up(database, activity_id, person)

    async def leaves(person: int) -> int:
        async with database.writing() as session:
            return len(await waiting_list.release(session, activity_id, PersonId(person), NOON, LOUD))

    assert sum(await asyncio.gather(leaves(1), leaves(2))) == 2
    async with database.reading() as session:
        offered = await participants.people_of(session, activity_id, (PlaceState.OFFERED,))
        assert [row.person_id for row in offered] == [3, 4]


async def test_signing_up_twice_is_signing_up_once(database: Database) -> None:
    activity_id = await published(database, places=1)
    first, again = await signs_up(database, activity_id, 1), await signs_up(database, activity_id, 1)
    assert first.row.id == again.row.id
    waiting, still = await signs_up(database, activity_id, 2), await signs_up(database, activity_id, 2)
    assert waiting.position == still.position == 1


async def test_who_may_and_when(database: Database) -> None:
    activity_id = await published(
        database, members_only=True, guests=1, opens_at=NOON - timedelta(hours=1), closes_at=NOON + timedelta(hours=1)
    )
    async with database.writing() as session:
        for person, is_member, now, guests, refusal in (
            (1, False, NOON, 0, MembersOnly),
            (1, True, NOON - timedelta(hours=2), 0, SignUpClosed),
            (1, True, NOON + timedelta(hours=1), 0, SignUpClosed),
            (1, True, NOON, 2, TooManyGuests),
            (1, True, NOON, -1, TooManyGuests),
        ):
            with pytest.raises(refusal):
                await sign_ups.sign_up(session, activity_id, PersonId(person), now, guests, is_member=is_member)
        assert (await sign_ups.sign_up(session, activity_id, PersonId(1), NOON, 1, is_member=True)).position is None
        with pytest.raises(activities.NoSuchActivity):
            await sign_ups.sign_up(session, ActivityId(99), PersonId(1), NOON, is_member=True)
        await planning.cancel(session, activity_id, "rain", NOON)
        with pytest.raises(SignUpClosed):
            await sign_ups.sign_up(session, activity_id, PersonId(2), NOON, is_member=True)


async def test_an_offer_lapses_and_moves_on(database: Database) -> None:
    activity_id = await published(database, places=1)
    for person in (1, 2, 3):
        await signs_up(database, activity_id, person)
    async with database.writing() as session:
        (offer,) = await waiting_list.release(session, activity_id, PersonId(1), NOON, LOUD)
        assert (offer.person_id, offer.until) == (2, NOON + timedelta(hours=12))
        assert not await waiting_list.offer_free_places(session, activity_id, NOON, LOUD), "a place is offered once"
        assert not await waiting_list.end_lapsed_offers(session, offer.until - timedelta(seconds=1), LOUD)
        with pytest.raises(NotSignedUp):
            await waiting_list.accept(session, activity_id, PersonId(9), NOON, is_member=False)
        with pytest.raises(OfferLapsed):
            await waiting_list.accept(session, activity_id, PersonId(2), offer.until, is_member=False)
        assert await waiting_list.next_lapse(session) == offer.until
        assert await waiting_list.end_lapsed_offers(session, offer.until, LOUD)
        assert not await waiting_list.end_lapsed_offers(session, offer.until, LOUD)
        (following,) = await participants.people_of(session, activity_id, (PlaceState.OFFERED,))
        assert following.person_id == 3
        with pytest.raises(OfferLapsed):
            await waiting_list.accept(session, activity_id, PersonId(2), offer.until, is_member=False)
        await waiting_list.accept(session, activity_id, PersonId(3), offer.until, is_member=False)
        again = await sign_ups.sign_up(session, activity_id, PersonId(2), offer.until, is_member=False)
        assert again.position == 1


async def test_whoever_leaves_is_not_reminded_and_the_next_is_told(database: Database) -> None:
    activity_id = await published(database, places=1)
    await signs_up(database, activity_id, 1, answers=["vegetarian"])
    await signs_up(database, activity_id, 2)
    woken: list[str] = []
    wake_ups.listen(database, woken.append)
    async with database.writing() as session:
        activity = await activities.published(session, activity_id)
        await activity_reminders.plan(session, activity, [timedelta(days=1)], NOON, LOUD)
        assert await reminders.counted(session, activity_reminders.ACTIVITY, activity_id) == {86_400: 1}
        assert not woken, "only once it is committed"
    assert woken == ["reminders"]
    async with database.writing() as session:
        await waiting_list.release_all(session, PersonId(1), NOON, LOUD)
        assert not await reminders.counted(session, activity_reminders.ACTIVITY, activity_id)
        (row,) = await participants.people_of(session, activity_id, (PlaceState.LEFT,))
        assert row.answers is None
        (notice,) = await session.scalars(select(Delivery))
        assert (notice.recipient, notice.kind) == (2, "place_offered")
    assert woken == ["reminders", "offers"]


async def test_what_is_rolled_back_wakes_nobody(database: Database) -> None:
    woken: list[str] = []
    wake_ups.listen(database, woken.append)
    with pytest.raises(RuntimeError):
        async with database.writing() as session:
            wake_ups.request(session, WakeUp.OFFERS)
            raise RuntimeError
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(1): "en"}, NOON)
    assert not woken


async def test_an_offer_is_declined_while_the_clock_ends_it(database: Database) -> None:
    """Both lock the activity first, so neither waits for the other in a circle."""
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    activity_id = await published(database, places=1)
    for person in (1, 2, 3):
        await signs_up(database, activity_id, person)
    async with database.writing() as session:
        (offer,) = await waiting_list.release(session, activity_id, PersonId(1), NOON, LOUD)

    async def the_clock_ends_it() -> None:
        async with database.writing() as session:
            await waiting_list.end_lapsed_offers(session, offer.until, LOUD)

    async with database.writing() as session:
        await activities.published_for_update(session, activity_id)
        ending = asyncio.create_task(the_clock_ends_it())
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(PATIENCE):
            while not await session.scalar(waiting):  # noqa: ASYNC110 (a row in the database)
                await asyncio.sleep(0.01)
        await waiting_list.release(session, activity_id, PersonId(2), offer.until, LOUD)
    await ending
    async with database.reading() as session:
        (row,) = await participants.people_of(session, activity_id)
        assert (row.person_id, row.state) == (3, PlaceState.OFFERED)


async def test_more_places_go_to_the_queue_at_once(database: Database) -> None:
    activity_id = await published(database, places=1)
    for person in (1, 2, 3, 4):
        await signs_up(database, activity_id, person)
    async with database.writing() as session:
        await planning.change(session, activity_id, basketball(places=3), NOON)
        offers = await waiting_list.offer_free_places(session, activity_id, NOON, LOUD)
        assert [offer.person_id for offer in offers] == [2, 3]


async def test_who_wants_guests_is_offered_what_there_is(database: Database) -> None:
    activity_id = await published(database, places=3, guests=3)
    await signs_up(database, activity_id, 1, guests=2)
    await signs_up(database, activity_id, 2, guests=2)
    assert (await signs_up(database, activity_id, 3)).position == 2, "nobody goes past who waits"
    async with database.writing() as session:
        await planning.change(session, activity_id, basketball(places=5, guests=3), NOON)
        (offer,) = await waiting_list.offer_free_places(session, activity_id, NOON, LOUD)
        assert (offer.person_id, offer.guests) == (2, 1)


def test_an_offer_holds_the_shorter_the_nearer_the_start() -> None:
    for before, hold in ((72, 720), (30, 180), (5, 30), (2, 10), (0.1, 6)):
        now = SATURDAY - timedelta(hours=before)
        assert hold_until(now, SATURDAY, None) == now + timedelta(minutes=hold)
    night = SATURDAY - timedelta(hours=72)
    morning = night + timedelta(hours=9)
    assert hold_until(night, SATURDAY, morning) == morning + timedelta(hours=12)


async def test_walk_ins_come_in_while_there_are_places(database: Database) -> None:
    activity_id = await published(database)
    await signs_up(database, activity_id, 1)
    async with database.writing() as session:
        assert not (await attendance.check_in(session, activity_id, PersonId(1), SATURDAY, is_member=False)).walked_in
        assert (await attendance.check_in(session, activity_id, PersonId(2), SATURDAY, is_member=False)).walked_in
        with pytest.raises(SignUpClosed):
            await attendance.check_in(session, activity_id, PersonId(3), SATURDAY, is_member=False)
        with pytest.raises(NotSignedUp):
            await attendance.rate(session, activity_id, PersonId(3), 5)
        await attendance.rate(session, activity_id, PersonId(1), 4, "good")
        figures = (await attendance.figures(session, [activity_id, ActivityId(99)]))[activity_id]
        assert (figures.placed, figures.came) == (2, 2)
        assert (await sign_up_copies.copy_of(session, PersonId(1)))[0]["comment"] == "good"


class Queue(DatabaseMachine):
    """One activity and five people; after every step the database says the same as a list does."""

    PEOPLE = st.integers(1, 6)

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.places = 2
        self.placed: set[int] = set()
        self.offered: dict[int, Any] = {}
        self.queue: list[int] = []
        self.activity_id = self.run(published(self.database, places=2))

    @property
    def free(self) -> int:
        return self.places - len(self.placed) - len(self.offered)

    def offer_on(self) -> list[int]:
        """What the bot does in the transaction that frees a place, in the model."""
        offered = []
        while self.free > 0 and self.queue:
            person = self.queue.pop(0)
            self.offered[person] = hold_until(self.now, SATURDAY, None)
            offered.append(person)
        return offered

    @rule(person=PEOPLE)
    def signs_up(self, person: int) -> None:
        self.now += timedelta(seconds=1)
        place = self.turn(
            lambda session: sign_ups.sign_up(session, self.activity_id, PersonId(person), self.now, is_member=False)
        )
        if person in self.placed or person in self.offered or person in self.queue:
            expected = self.queue.index(person) + 1 if person in self.queue else None
            assert place.position == expected
        elif self.free > 0 and not self.queue:
            self.placed.add(person)
            assert place.position is None
        else:
            self.queue.append(person)
            assert place.position == len(self.queue)

    @rule(person=PEOPLE)
    def gives_back(self, person: int) -> None:
        made = self.turn(
            lambda session: waiting_list.release(session, self.activity_id, PersonId(person), self.now, LOUD)
        )
        stands = person in self.placed or person in self.offered or person in self.queue
        assert isinstance(made, NotSignedUp) is not stands
        self.placed.discard(person)
        self.offered.pop(person, None)
        self.queue = [one for one in self.queue if one != person]
        expected = self.offer_on()
        assert not stands or [offer.person_id for offer in made] == expected

    @rule(person=PEOPLE)
    def accepts(self, person: int) -> None:
        found = self.turn(
            lambda session: waiting_list.accept(session, self.activity_id, PersonId(person), self.now, is_member=False)
        )
        if person in self.offered and self.offered[person] > self.now:
            del self.offered[person]
            self.placed.add(person)
        elif person not in self.placed:
            assert isinstance(found, OfferLapsed | NotSignedUp)

    @precondition(lambda self: self.now < SATURDAY - timedelta(days=1))
    @rule(hours=st.integers(1, 14))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        over = {person for person, until in self.offered.items() if until <= self.now}
        ended = self.turn(lambda session: waiting_list.end_lapsed_offers(session, self.now, LOUD))
        assert ended is bool(over)
        for person in over:
            del self.offered[person]
        self.offer_on()

    @precondition(lambda self: self.places < 5)
    @rule()
    def a_place_more(self) -> None:
        self.places += 1
        plan = basketball(places=self.places)
        self.turn(lambda session: planning.change(session, self.activity_id, plan, self.now))
        self.turn(lambda session: waiting_list.offer_free_places(session, self.activity_id, self.now, LOUD))
        self.offer_on()

    @invariant()
    def the_database_knows(self) -> None:
        rows = self.turn(lambda session: participants.people_of(session, self.activity_id, tuple(PlaceState)))
        by_state = {state: [row.person_id for row in rows if row.state == state] for state in PlaceState}
        assert set(by_state[PlaceState.PLACED]) == self.placed
        assert set(by_state[PlaceState.OFFERED]) == self.offered.keys()
        assert by_state[PlaceState.WAITING] == self.queue
        assert sum(1 + row.guests for row in rows if row.state in TAKING) <= self.places
        assert len({row.person_id for row in rows}) == len(rows), "in exactly one state"


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=20, stateful_step_count=25)


async def test_segments_of_an_activity(database: Database) -> None:
    """Broadcasts reach those who have a place, who wait, or who came."""
    activity_id = await published(database)
    for person in (1, 2, 3):
        await signs_up(database, activity_id, person)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 5)), "en"), NOON)
        await attendance.check_in(session, activity_id, PersonId(2), SATURDAY, is_member=False)
        for condition, reached in ((HasPlace, 2), (Waits, 1), (Came, 1)):
            segment = Segment.parse(Segment((condition(activity_id),)).text)
            found = await broadcast_recipients.audience(session, segment, Topic.ACTIVITIES, NOON)
            assert found.reached == reached
