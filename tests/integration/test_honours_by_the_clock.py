"""Honours by the clock: who is reminded, and what is forgotten; and how an entry is found."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from schedules import honours
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.honours import erasure, register, situations
from storage.honours.notices import SituationAsked, SituationDue, SituationReminder
from storage.honours.register import RegisteredAlready
from storage.honours.situations import Answer
from storage.honours.table import Entry, HonourState
from storage.people import people
from storage.people.staff import Staff
from storage.privacy.retention import Retention
from storage.telegram_ids import PersonId
from tests.support.honours import ID_NUMBER, registered
from tests.support.settings import clock_context
from tests.support.simulator import COORDINATOR, NOON

LI, WANG = PersonId(470), PersonId(471)
DAY = timedelta(days=1)


async def told(database: Database, kind: str) -> set[PersonId]:
    async with database.reading() as session:
        return set(await session.scalars(select(Delivery.recipient).where(Delivery.kind == kind)))


async def test_who_has_not_answered_is_reminded_once_and_a_year_later_the_keepers(database: Database) -> None:
    context = clock_context()
    context = type(context)(context.current, Staff(coordinators=frozenset({COORDINATOR})))
    for name, one in (("李雷", LI), ("Wang", WANG)):
        async with database.writing() as session:
            await people.seen_all(session, {one: "en"}, NOON)
        await registered(database, name, one)
    async with database.writing() as session:
        survey = await situations.open_survey(session, 2026, NOON, NOON)
        await situations.answer(session, survey.id, LI, Answer({"work": "same"}, "Fine"), NOON)
        assert (await situations.turnout(session, survey.id)).answered == 1
    assert await told(database, SituationAsked.kind) == {LI, WANG}
    for days in (5, 11, 12, 300, 366, 367):
        async with database.writing() as session:
            assert not await honours.run(session, NOON + days * DAY, context)
        assert await told(database, SituationReminder.kind) == ({WANG} if days > 10 else set())
        assert await told(database, SituationDue.kind) == ({COORDINATOR} if days > 365 else set())
    async with database.reading() as session:
        rows = (await session.scalars(select(Delivery.kind))).all()
    assert len(rows) == 4, "each is told once"


async def test_the_dead_and_the_withdrawn_are_forgotten_and_the_living_are_not(database: Database) -> None:
    kept = Retention(former_members=90 * DAY)
    ids = {state: await registered(database, f"Name {state}", None) for state in HonourState}
    for state, honoured_id in ids.items():
        if state is not HonourState.ACTIVE:
            async with database.writing() as session:
                await register.set_state(session, honoured_id, HonourState.ACTIVE, state, NOON)
    for days, left in ((89, 4), (91, 2)):
        async with database.writing() as session:
            await erasure.forget(session, NOON + days * DAY, kept)
            assert sum((await register.counts(session)).values()) == left


async def test_an_honour_stands_once_and_is_found_by_whole_values_alone(database: Database) -> None:
    await registered(database, "李雷", id_number=ID_NUMBER)
    async with database.writing() as session:
        for name in ("李雷", "Li Lei"):
            try:
                await register.add(session, Entry(name, "model  WORKER", 2020, id_number=ID_NUMBER), None, NOON)
            except RegisteredAlready:
                continue
            raise AssertionError(name)
        assert [len(await register.search(session, text)) for text in (ID_NUMBER, " 李 雷", "李", "3714")] == [
            1,
            1,
            0,
            0,
        ]
