"""Answers about commitments are counted once a person, whatever happens in between, and kept by nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select

from storage.campaigns import campaigns
from storage.campaigns.campaigns import Phase
from storage.campaigns.commitments import askings, commitments, planning
from storage.campaigns.commitments.table import (
    AnsweredAlready,
    AskedPerson,
    AskingItem,
    AskingOver,
    AskingState,
    NotOnTheRoll,
    Said,
)
from storage.campaigns.ids import AskingId, CampaignId, CommitmentId
from storage.database import Database
from storage.disclosure import MIN_CELL_SIZE
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import NOBODY, PersonId
from tests.support.machines import DatabaseMachine
from tests.support.raw_values import raw_values
from tests.support.simulator import NOON

PEOPLE, COMMITMENTS = range(1, 6), 3


async def asked(database: Database) -> tuple[CampaignId, AskingId, list[CommitmentId]]:
    """Five people are being asked about three commitments."""
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, PEOPLE), "en"), NOON)
        phases: dict[Phase, datetime | None] = {Phase.RESULT: None, Phase.FOLLOW_UP: None}
        row = await campaigns.create(session, campaigns.Plan("Talks", "Meituan", Segment(), phases))
        await campaigns.move(session, row.id, None, NOON)
        rows = [await commitments.add(session, row.id, f"Number {at}", NOON) for at in range(COMMITMENTS)]
        await campaigns.move(session, row.id, Phase.RESULT, NOON)
        while await askings.carry_on(session, NOON, NOON):
            pass
        (asking,) = await planning.of_campaign(session, row.id, AskingState.OPEN)
        assert asking.laid_to == NOBODY, "nobody is named once it is open"
        return row.id, asking.id, [one.id for one in rows]


class Asking(DatabaseMachine):
    """After every step the counters are those of a model that knows who said what."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.campaign_id, self.asking, self.about = self.run(asked(self.database))
        self.on_roll = set(PEOPLE)
        self.answered = set[tuple[int, int]]()
        self.counts = Counter[tuple[int, Said]]()

    @property
    def is_open(self) -> bool:
        return self.now < NOON + askings.OPEN_FOR

    @rule(person=st.sampled_from(PEOPLE), at=st.integers(0, COMMITMENTS - 1), said=st.sampled_from(Said))
    def answer(self, person: int, at: int, said: Said) -> None:
        def work(session: Any) -> Awaitable[None]:
            return askings.answer(session, self.asking, self.about[at], PersonId(person), said, self.now)

        done = self.turn(work)
        if not self.is_open:
            assert isinstance(done, AskingOver)
        elif person not in self.on_roll:
            assert isinstance(done, NotOnTheRoll)
        elif (person, at) in self.answered:
            assert isinstance(done, AnsweredAlready)
        else:
            assert done is None
            self.answered.add((person, at))
            self.counts[at, said] += 1

    @rule(person=st.sampled_from(PEOPLE))
    def erase(self, person: int) -> None:
        self.turn(lambda session: askings.erase(session, PersonId(person)))
        self.on_roll.discard(person)

    @rule(days=st.sampled_from([1, 13]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def the_clock_ticks(self) -> None:
        self.turn(lambda session: askings.carry_on(session, self.now, self.now))
        if not self.is_open:
            self.on_roll.clear()
            self.counts = Counter({key: count for key, count in self.counts.items() if count >= MIN_CELL_SIZE})

    @invariant()
    def the_counters_are_those_of_the_model(self) -> None:
        async def read(session: Any) -> dict[tuple[int, Said], int]:
            rows = (await session.scalars(select(AskingItem).where(AskingItem.asking_id == self.asking))).all()
            counted = {(row.position, said): getattr(row, said.value) for row in rows for said in Said}
            return {key: count for key, count in counted.items() if count}

        assert self.turn(read) == dict(self.counts)

    @invariant()
    def the_roll_says_who_has_answered_and_nothing_more(self) -> None:
        async def read(session: Any) -> dict[int, int]:
            rows = (await session.scalars(select(AskedPerson))).all()
            return {int(row.person_id): row.answered for row in rows}

        bits = {one: sum(1 << at for person, at in self.answered if person == one) for one in self.on_roll}
        assert self.turn(read) == bits


TestAsking = Asking.TestCase
TestAsking.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)


async def test_two_runs_with_other_answers_leave_the_same_roll(database: Database) -> None:
    """What a person has said stands nowhere: only the counters differ."""
    _, asking, (first, *_rest) = await asked(database)
    async with database.writing() as session:
        for person, said in zip(PEOPLE, [*Said, Said.KEPT, Said.KEPT], strict=True):
            await askings.answer(session, asking, first, PersonId(person), said, NOON)
    assert await raw_values(database, "commitment_rolls", "answered") == [1] * len(PEOPLE)
