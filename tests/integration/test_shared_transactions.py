"""Presses of the moment in one transaction: each has its effect once, and is answered, as if it were alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import func, select

from bot.updates.updates_in_hand import InHand
from bot.updates.write_transactions import MarkedAlready, Turn, WriteTransactions
from handlers.chat.context import AppContext
from handlers.chat.incoming import Incoming
from handlers.chat.routes import Route
from handlers.chat.talk import Person, StatelessTalk, Talk
from storage.contests import votes
from storage.contests.bursts import VoteHour
from storage.contests.contests import Phase
from storage.contests.ids import ContestId, EntryId
from storage.contests.votes import OwnEntry, Vote, Voted
from storage.database import Database
from storage.people.access import Role
from storage.telegram_ids import ChatId, PersonId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import DoneUpdate
from tests.support.contests import entered, known, moved, plan, prepared
from tests.support.databases import opened
from tests.support.machines import DatabaseMachine
from tests.support.simulator import NOON

ENTRANTS = (51, 52, 53, 54)
PEOPLE = range(1, 9)
VOTED = Voted(is_member=False, today=NOON.date())
Handle = Callable[[Talk, EntryId], Awaitable[None]]


class Broken(Exception):
    """What nobody expects of a handler."""


async def votes_for(talk: Talk, entry_id: EntryId) -> None:
    await votes.vote(talk.session, entry_id, talk.person.id, VOTED, talk.now)
    talk.answer_callback("Counted")


async def breaks(talk: Talk, entry_id: EntryId) -> None:
    """After it has written."""
    await votes_for(talk, entry_id)
    raise Broken


async def refuses_late(talk: Talk, entry_id: EntryId) -> None:
    await votes_for(talk, entry_id)
    raise OwnEntry


class Presses:
    """Has people press buttons, as the pipeline would."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.transactions = WriteTransactions(database)
        self.in_hand = InHand(database, cast(Any, None), lambda: NOON)
        self._numbers = count(1)

    async def press(self, person: int, entry_id: EntryId, handle: Handle = votes_for, key: int | None = None) -> Any:
        """What became of it: the effect, or the error."""
        update_key = UpdateKey(next(self._numbers) if key is None else key)
        body = {"id": str(update_key), "from": {"id": person}, "data": "x"}
        incoming = Incoming({}, "callback_query", body, PersonId(person), ChatId(person), "private")
        speaker = Person(PersonId(person), "en", frozenset({Role.RIDER}))
        talk = StatelessTalk(incoming, update_key, speaker, NOON, cast(AppContext, None))
        call = Route(handle, shares_transaction=True).call(entry_id)
        async with self.in_hand.holding(update_key, incoming.kind) as held:
            try:
                return await self.transactions.run(Turn(talk, call, held))
            except Exception as error:
                return error


async def in_vote(database: Database) -> tuple[ContestId, list[EntryId]]:
    """A contest in which the public votes: two entries in each of two categories."""
    contest_id = await prepared(database, plan())
    await known(database, *PEOPLE)
    await moved(database, contest_id, Phase.ENTRY)
    found = [await entered(database, contest_id, person, at % 2) for at, person in enumerate(ENTRANTS)]
    await moved(database, contest_id, Phase.VOTE)
    return contest_id, found


async def figures(database: Database) -> tuple[int, int, int]:
    """Votes, votes counted by the hour, updates marked."""
    async with database.reading() as session:
        found = [
            await session.scalar(select(asked))
            for asked in (
                select(func.count()).select_from(Vote).scalar_subquery(),
                func.coalesce(func.sum(VoteHour.votes), 0),
                select(func.count()).select_from(DoneUpdate).scalar_subquery(),
            )
        ]
    return cast(tuple[int, int, int], tuple(found))


def committed(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """The tables that each transaction writes from now on."""
    written: list[frozenset[str]] = []
    note = database.written.note

    def noted(tables: frozenset[str], *, wakes: bool = True) -> None:
        written.append(tables)
        note(tables, wakes=wakes)

    monkeypatch.setattr(database.written, "note", noted)
    return written


async def test_presses_of_the_moment_share_a_transaction(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = await in_vote(database)
    presses, written = Presses(database), committed(database, monkeypatch)
    effects = await asyncio.gather(*(presses.press(person, found[person % 4]) for person in PEOPLE))
    assert [effect.talk.person.id for effect in effects] == list(PEOPLE)
    assert all(effect.due is not None and effect.talk.outgoing for effect in effects)
    assert await figures(database) == (len(PEOPLE), len(PEOPLE), len(PEOPLE))
    assert len([tables for tables in written if "contest_votes" in tables]) < len(PEOPLE)


async def test_who_is_refused_does_no_harm_to_the_others(database: Database) -> None:
    _, found = await in_vote(database)
    presses = Presses(database)
    outcomes = await asyncio.gather(
        *(presses.press(person, found[0]) for person in (1, 2, 3)),
        presses.press(ENTRANTS[0], found[0]),
        presses.press(4, EntryId(4_040)),
        *(presses.press(person, found[1]) for person in (5, 6)),
    )
    assert [isinstance(one, Exception) for one in outcomes] == [False] * 3 + [True] * 2 + [False] * 2
    assert isinstance(outcomes[3], OwnEntry)
    assert await figures(database) == (5, 5, 5)


@pytest.mark.parametrize(("handle", "error"), [(breaks, Broken), (refuses_late, OwnEntry)])
async def test_of_what_fails_nothing_stays_and_the_others_are_done(
    database: Database, handle: Handle, error: type[Exception]
) -> None:
    _, found = await in_vote(database)
    presses = Presses(database)
    outcomes = await asyncio.gather(
        *(presses.press(person, found[0]) for person in (1, 2, 3)),
        presses.press(4, found[2], handle),
        *(presses.press(person, found[1]) for person in (5, 6)),
    )
    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [error]
    assert await figures(database) == (5, 5, 5)


async def test_one_that_was_marked_meanwhile_is_done_once(database: Database) -> None:
    """Another replica had the same update."""
    _, found = await in_vote(database)
    presses = Presses(database)
    async with database.writing() as session:
        await updates.mark_done(session, UpdateKey(900), NOON)
    outcomes = await asyncio.gather(
        *(presses.press(person, found[0]) for person in (1, 2)),
        presses.press(3, found[0], key=900),
        *(presses.press(person, found[1]) for person in (4, 5)),
    )
    errors = [one for one in outcomes if isinstance(one, Exception)]
    assert len(errors) == 1 and (database.is_postgresql or isinstance(errors[0], MarkedAlready))
    assert await figures(database) == (4, 4, 5)


async def test_two_replicas_that_have_the_same_updates_count_each_once(postgresql_url: str) -> None:
    """At the same time, in the opposite order: none waits for what the other holds for ever."""
    databases = [opened(postgresql_url) for _ in range(2)]
    _, found = await in_vote(databases[0])
    await known(databases[0], *range(100, 140))
    replicas = [Presses(database) for database in databases]

    async def all_press(presses: Presses, people: Sequence[int]) -> None:
        pressing = (presses.press(one, found[at % 4], key=one) for at, one in enumerate(people))
        await asyncio.gather(*pressing)

    people = list(range(100, 140))
    await asyncio.gather(all_press(replicas[0], people), all_press(replicas[1], people[::-1]))
    assert await figures(databases[0]) == (40, 40, 40)
    for database in databases:
        await database.close()


class SharedPresses(DatabaseMachine):
    """Groups of presses: after each the database says what a dictionary does."""

    def __init__(self) -> None:
        super().__init__()
        _, self.entries = self.run(in_vote(self.database))
        self.presses = Presses(self.database)
        self.given: dict[tuple[int, int], int] = {}
        """The entry that each has voted for, by person and category."""
        self.changes = 0

    @rule(
        group=st.lists(
            st.tuples(st.sampled_from([*PEOPLE, ENTRANTS[0]]), st.integers(0, 4), st.sampled_from([0, 0, 0, 0, 1, 2])),
            min_size=1,
            max_size=8,
            unique_by=lambda one: one[0],
        )
    )
    def press_together(self, group: list[tuple[int, int, int]]) -> None:
        handles = (votes_for, breaks, refuses_late)
        entries = [*self.entries, EntryId(4_040)]

        async def all_press() -> list[Any]:
            return await asyncio.gather(*(self.presses.press(who, entries[at], handles[how]) for who, at, how in group))

        for (who, at, how), outcome in zip(group, self.run(all_press()), strict=True):
            is_taken = how == 0 and at < 4 and (who, at) != (ENTRANTS[0], 0)
            assert is_taken is not isinstance(outcome, Exception)
            if is_taken:
                self.changes += self.given.get((who, at % 2)) != at
                assert (outcome.due is not None) is (self.given.get((who, at % 2)) != at)
                self.given[who, at % 2] = at

    @invariant()
    def the_database_says_the_same(self) -> None:
        assert self.run(figures(self.database)) == (len(self.given), self.changes, self.changes)


TestSharedPresses = SharedPresses.TestCase
TestSharedPresses.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


async def test_the_loop_is_held_by_the_press_whose_turn_it_is(database: Database) -> None:
    """The watchdog blames that one, and not what carries it out."""
    _, found = await in_vote(database)
    presses, seen = Presses(database), list[tuple[int, int]]()

    async def looks(talk: Talk, entry_id: EntryId) -> None:
        held = presses.in_hand.of(asyncio.current_task())
        assert held is not None
        seen.append((talk.key, held.key))
        await votes_for(talk, entry_id)

    await asyncio.gather(*(presses.press(person, found[0], looks) for person in PEOPLE))
    assert len(seen) == len(PEOPLE) and all(key == blamed for key, blamed in seen)
    assert presses.in_hand.is_empty
