"""Votes and results: one a slot, the last one, whatever happens in between; counted exactly, and then thrown away."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import func, select, text

from storage import sealed_columns
from storage.contests import entries, entry_changes, judges, judging, looking, moves, results, votes
from storage.contests.contests import Contest, ContestClosed, Phase, Slot, Tie
from storage.contests.entries import Entry, EntryState
from storage.contests.ids import ContestId, EntryId
from storage.contests.judging import Assignment
from storage.contests.votes import OwnEntry, Vote, Voted
from storage.database import Database
from storage.draws import verify
from storage.privacy.retention import Retention
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from tests.support.contests import entered, judged_by, known, moved, plan, prepared
from tests.support.machines import DatabaseMachine
from tests.support.simulator import COORDINATOR, NOON, PATIENCE

PEOPLE, ENTRANTS = range(1, 7), (51, 52, 53, 54)
TODAY = NOON.date()


async def in_vote(database: Database, **changes: Any) -> tuple[ContestId, list[EntryId]]:
    """A contest in which the public votes: two entries in each of two categories."""
    contest_id = await prepared(database, plan(**changes))
    await known(database, *PEOPLE)
    await moved(database, contest_id, Phase.ENTRY)
    found = [await entered(database, contest_id, person, at % 2) for at, person in enumerate(ENTRANTS)]
    await judged_by(database, contest_id, 71, 72, 73, 74)
    await moved(database, contest_id, Phase.VOTE)
    return contest_id, found


async def gives(database: Database, person: int, entry_id: EntryId, today: date = TODAY) -> bool:
    async with database.writing() as session:
        return await votes.vote(session, entry_id, PersonId(person), Voted(is_member=False, today=today), NOON)


async def counts(database: Database, contest_id: ContestId) -> dict[EntryId, int]:
    async with database.reading() as session:
        return await votes.count(session, contest_id)


class Crash(Exception):
    """The process ends before the transaction does."""


class Votes(DatabaseMachine):
    """One contest, six people, four entries; after every step the database says what a dictionary does."""

    SLOT = Slot.CATEGORY
    PERSON, AT = st.sampled_from(PEOPLE), st.integers(0, 3)

    def __init__(self) -> None:
        super().__init__()
        self.contest_id, self.entries = self.run(in_vote(self.database, slot=self.SLOT))
        self.given: dict[tuple[int, int], int] = {}
        """The entry that each has voted for, by person and slot."""
        self.today = TODAY
        self.withdrawn: set[int] = set()
        self.result: list[int] | None = None

    def slot(self, at: int) -> int:
        return at % 2 if self.SLOT is Slot.CATEGORY else self.today.toordinal()

    def vote(self, person: int, at: int) -> Any:
        voted = Voted(is_member=False, today=self.today)
        return self.turn(lambda session: votes.vote(session, self.entries[at], PersonId(person), voted, NOON))

    @rule(person=PERSON, at=AT)
    def votes_for(self, person: int, at: int) -> None:
        made = self.vote(person, at)
        if self.result is not None or at in self.withdrawn:
            assert isinstance(made, Refused)
            return
        assert made is (self.given.get((person, self.slot(at))) != at)
        self.given[person, self.slot(at)] = at

    @rule(person=PERSON, at=AT)
    def presses_twice(self, person: int, at: int) -> None:
        self.votes_for(person, at)
        self.votes_for(person, at)

    @rule(at=AT)
    def votes_for_their_own(self, at: int) -> None:
        assert isinstance(self.vote(ENTRANTS[at], at), OwnEntry | ContestClosed | entries.NoSuchEntry)

    @rule(person=PERSON, at=AT)
    def crashes(self, person: int, at: int) -> None:
        async def ends_early() -> None:
            async with self.database.writing() as session:
                voted = Voted(is_member=False, today=self.today)
                await votes.vote(session, self.entries[at], PersonId(person), voted, NOON)
                raise Crash

        with pytest.raises((Crash, Refused)):
            self.run(ends_early())

    @precondition(lambda self: self.SLOT is Slot.DAY)
    @rule()
    def a_day_passes(self) -> None:
        self.today += timedelta(days=1)

    @rule(person=PERSON)
    def leaves_for_good(self, person: int) -> None:
        self.turn(lambda session: votes.erase(session, PersonId(person)))
        if self.result is None:
            self.given = {key: at for key, at in self.given.items() if key[0] != person}

    @precondition(lambda self: len(self.withdrawn) < 2)
    @rule(at=AT)
    def withdraws(self, at: int) -> None:
        self.turn(lambda session: entry_changes.withdraw(session, self.entries[at], PersonId(ENTRANTS[at])))
        self.withdrawn.add(at)

    @precondition(lambda self: len(self.given) > 6)
    @rule()
    def closes(self) -> None:
        self.turn(lambda session: moves.move(session, self.contest_id, Phase.VOTE, COORDINATOR, NOON, None))
        if self.result is None:
            self.result = [sum(one == at for one in self.given.values()) for at in range(4)]
            self.turn(votes.forget_some)

    @invariant()
    def the_database_says_the_same(self) -> None:
        if self.result is None:
            found = self.run(counts(self.database, self.contest_id))
            assert found == {
                self.entries[at]: sum(one == at for one in self.given.values()) for at in set(self.given.values())
            }
            return
        rows = self.turn(_rows)
        for at, row in enumerate(rows):
            assert row.votes == self.result[at] or at in self.withdrawn
        assert self.turn(_stored) == 0


class DailyVotes(Votes):
    SLOT = Slot.DAY


async def _rows(session: Any) -> list[Entry]:
    return list(await session.scalars(select(Entry).order_by(Entry.id)))


async def _stored(session: Any) -> int:
    return await session.scalar(select(func.count()).select_from(Vote)) or 0


TestVotes = Votes.TestCase
TestVotes.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestDailyVotes = DailyVotes.TestCase
TestDailyVotes.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)


async def test_two_presses_at_once_are_one_vote_and_aliases_are_counted(database: Database) -> None:
    """In sessions of their own, for two entries of one category: as many votes as there are aliases."""
    contest_id, found = await in_vote(database)
    presses = [gives(database, person, found[at]) for person in PEOPLE for at in (0, 2, 0, 2)]
    await asyncio.gather(*presses)
    async with database.reading() as session:
        aliases = await session.scalar(select(func.count(Vote.alias.distinct())))
    assert sum((await counts(database, contest_id)).values()) == aliases == len(PEOPLE)


async def test_no_vote_that_was_confirmed_is_lost_when_the_vote_ends(database: Database) -> None:
    """Voters and the coordinator at once: whoever was told that their vote counts is counted."""
    contest_id, found = await in_vote(database)

    async def votes_once(person: int) -> bool:
        try:
            return await gives(database, person, found[0])
        except ContestClosed:
            return False

    async def ends() -> None:
        async with database.writing() as session:
            await moves.move(session, contest_id, Phase.VOTE, COORDINATOR, NOON, None)

    told = await asyncio.gather(*map(votes_once, PEOPLE), ends())
    async with database.reading() as session:
        assert (await session.get_one(Entry, found[0])).votes == sum(bool(one) for one in told)


async def test_the_close_waits_for_a_vote_that_is_on_its_way(database: Database) -> None:
    contest_id, found = await in_vote(database)

    async def ends() -> None:
        async with database.writing() as session:
            await moves.move(session, contest_id, Phase.VOTE, COORDINATOR, NOON, None)

    async with database.writing() as session:
        await votes.vote(session, found[0], PersonId(1), Voted(is_member=False, today=TODAY), NOON)
        ending = asyncio.create_task(ends())
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(PATIENCE):
            while database.is_postgresql and not await session.scalar(waiting):  # noqa: ASYNC110 (a row in the database)
                await asyncio.sleep(0.01)
    await ending
    async with database.reading() as session:
        assert (await session.get_one(Entry, found[0])).votes == 1


async def test_an_alias_tells_nobody_and_what_makes_it_goes(database: Database) -> None:
    contest_id, found = await in_vote(database)
    await gives(database, 1, found[0])
    async with database.reading() as session:
        (vote,) = await session.scalars(select(Vote))
        contest = await session.get_one(Contest, contest_id)
        secret = sealed_columns.opened(session, contest, Contest.secret)
        assert vote.alias == votes.alias_of(secret, PersonId(1)) and len(vote.alias) == 16
        assert set(Vote.__table__.c.keys()) == {"contest_id", "slot", "alias", "entry_id"}, "no person, no time"
        assert await votes.copy_of(session, PersonId(1)) == [{"contest": contest_id, "entry": found[0]}]
    await moved(database, contest_id, Phase.JUDGING)
    async with database.writing() as session:
        assert (await session.get_one(Contest, contest_id)).secret is None
        assert not await votes.forget_some(session)
        assert await _stored(session) == 0


async def test_votes_are_removed_in_pieces_and_those_of_other_contests_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(votes, "FORGOTTEN_AT_ONCE", 4)
    over, found = await in_vote(database)
    other, elsewhere = await in_vote(database)
    for person in PEOPLE:
        for entry_id in (found[0], found[1], elsewhere[0]):
            await gives(database, person, entry_id)
    await moved(database, over, Phase.JUDGING)
    left = []
    for _ in range(4):
        async with database.writing() as session:
            has_more = await votes.forget_some(session)
            left.append((has_more, sum((await votes.count(session, over)).values())))
    assert left == [(True, 8), (True, 4), (True, 0), (False, 0)]
    assert sum((await counts(database, other)).values()) == len(PEOPLE)


async def test_the_shortlist_has_those_with_as_many_votes_as_its_last(database: Database) -> None:
    contest_id, found = await in_vote(database, shortlist=1)
    await gives(database, 1, found[0])
    await gives(database, 2, found[2])
    await gives(database, 3, found[1])
    await moved(database, contest_id, Phase.JUDGING)
    async with database.reading() as session:
        rows = await entries.published(session, contest_id)
    assert {row.id for row in rows if row.is_shortlisted} == {found[0], found[1], found[2]}


async def test_entries_are_shared_out_evenly_and_a_conflict_finds_another_judge(database: Database) -> None:
    contest_id, found = await in_vote(database, shortlist=0)
    await moved(database, contest_id, Phase.JUDGING)
    async with database.writing() as session:
        load = [(await judging.progress(session, contest_id, PersonId(one))).assigned for one in (71, 72, 73, 74)]
        assert load == [3, 3, 3, 3], "four entries, three judges each"
        given = (await session.scalars(select(Assignment).where(Assignment.entry_id == found[0]))).all()
        first = await session.get_one(judges.Judge, given[0].judge_id)
        assert first.person_id is not None
        await judging.declare_conflict(session, contest_id, found[0], first.person_id)
        again = (await session.scalars(select(Assignment).where(Assignment.entry_id == found[0]))).all()
        assert len(again) == 4 and sum(not one.has_conflict for one in again) == 3
        with pytest.raises(judging.NotAssigned):
            await judging.score(session, contest_id, found[0], first.person_id, [9, 9])


async def test_a_draw_can_be_repeated_by_whoever_has_its_seed(database: Database) -> None:
    contest_id, found = await in_vote(database, tie=Tie.DRAW, shortlist=0)
    await moved(database, contest_id, Phase.JUDGING)
    async with database.writing() as session:
        for person in (71, 72, 73, 74):
            for row in await judging.assigned_to(session, contest_id, PersonId(person)):
                await judging.score(session, contest_id, row.id, PersonId(person), [5, 5])
        await moves.move(session, contest_id, Phase.JUDGING, COORDINATOR, NOON, None)
        contest = await session.get_one(Contest, contest_id)
        standings = await results.standings(session, contest)
        draw = verify.verify(await results.draw_of(session, contest))
        assert sorted(draw["drawn"]) == sorted(found)
        order = [number for number in draw["drawn"] if number in {one.entry_id for one in standings[0]}]
        assert order == [one.entry_id for one in standings[0]]
        taken_down = await session.get_one(Entry, found[0])
        taken_down.state = EntryState.WITHDRAWN
        assert verify.verify(await results.draw_of(session, contest)) == draw, "what was published stays"
        taken_down.state = EntryState.SHOWN
        assert [one.place for one in standings[0]] == [1, 2], "a draw leaves nobody equal"
        places = {row.id: row.place for row in await entries.published(session, contest_id)}
    assert set(places) == set(found) and None not in places.values()


async def test_whose_entries_they_were_is_forgotten_long_after_the_end(database: Database) -> None:
    contest_id, found = await in_vote(database)
    async with database.writing() as session:
        row = await session.get_one(Contest, contest_id)
        row.ended_at = NOON
        later, kept = NOON + timedelta(days=366), Retention()
        assert not await entries.forget_some_people(session, NOON + timedelta(days=300), kept)
        assert (await session.get_one(Entry, found[0])).person_id == ENTRANTS[0]
        await entries.forget_some_people(session, later, kept)
        await judging.forget_some_people(session, later, kept)
    async with database.reading() as session:
        entry = await session.get_one(Entry, found[0])
        assert entry.person_id is None and entries.content_of(session, entry).by == f"Team {ENTRANTS[0]}"
        assert not await judges.of_contest(session, contest_id)


def test_everybody_looks_in_an_order_of_their_own_that_stays() -> None:
    ids = [EntryId(one) for one in range(1, 259)]
    orders = [looking.shuffled(ids, PersonId(person)) for person in range(1, 200)]
    assert len({tuple(order) for order in orders}) == 199
    assert all(sorted(order) == ids for order in orders)
    assert looking.shuffled(reversed(ids), PersonId(7)) == orders[6]
    firsts = [order[0] for order in orders]
    assert max(map(firsts.count, firsts)) <= 8, "nobody's entry stands first for many"
