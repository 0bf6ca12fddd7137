"""Papers and the box: whatever happens in whatever order, the box holds the votes of the papers that are marked."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from handlers import features
from storage.campaigns import campaigns, moves
from storage.campaigns.ballots import ballots, closing, envelopes, papers, publishing, retention, trustee_keys
from storage.campaigns.ballots.ballots import BallotMovedOn
from storage.campaigns.ballots.boxes import Box
from storage.campaigns.ballots.papers import NotEntitled, NotOpen, PaperChanged
from storage.campaigns.ballots.table import Ballot, Paper, State, Voter
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import BallotId
from storage.campaigns.moves import BallotRuns
from storage.database import Database
from storage.people.segments import Segment, Speaks
from storage.privacy.retention import Retention
from storage.telegram_ids import NOBODY, PersonId
from tests.support.ballots import CLOSES, VOTERS, begun, box_of, closed, known, plan, state_of, trustees, votes
from tests.support.databases import new_file, opened
from tests.support.simulator import COORDINATOR, NOON

T = TypeVar("T")
TRUSTEES = trustees(2, 2)
PRIVATE = trustee_keys.private_half(TRUSTEES.key, TRUSTEES.shares)


async def running(database: Database, voters: list[int] | range = VOTERS, segment: Segment | None = None) -> BallotId:
    await known(database, voters)
    async with database.writing() as session:
        row = await campaigns.create(session, Plan("Talks", "Meituan", segment or Segment(), {Phase.VOTE: None}))
        await moves.move(session, row.id, None, COORDINATOR, NOON, None)
        made = await ballots.prepare(session, row.id, plan(trustees(2, 2).key), COORDINATOR, NOON)
        return made.id


async def marked(database: Database, ballot_id: BallotId) -> set[int]:
    """Whose papers are voted on, or were."""
    async with database.reading() as session:
        found = set[int]()
        for table in (Paper, Voter):
            chosen = select(table.person_id).where(table.ballot_id == ballot_id, table.voted)
            found |= set((await session.scalars(chosen)).all())
        return found


async def test_papers_are_laid_down_in_chunks_for_the_segment_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "CHUNK", 7)
    await known(database, range(900, 915), "zh_Hans")
    ballot_id = await running(database, segment=Segment((Speaks("en"),)))
    await begun(database, ballot_id)
    async with database.reading() as session:
        row = await ballots.find(session, ballot_id)
        people = (await session.scalars(select(Paper.person_id))).all()
    assert sorted(people) == list(VOTERS) and (row.roll_size, row.state) == (len(VOTERS), State.OPEN)
    assert len(row.roll_hash) == 32 and row.roll_hash != ballots.ROLL_START


async def test_who_joins_later_is_not_on_the_roll(database: Database) -> None:
    ballot_id = await running(database)
    await begun(database, ballot_id)
    await known(database, [800])
    with pytest.raises(NotEntitled):
        await votes(database, ballot_id, 800, 0)


async def test_a_roll_that_shrank_below_twenty_is_not_opened(database: Database) -> None:
    ballot_id = await running(database, range(700, 720))
    async with database.writing() as session:
        await ballots.begin(session, ballot_id, COORDINATOR, NOON)
        for person_id in (700, 701):
            for feature in features.FEATURES:
                for kept in feature.personal_data:
                    if kept.erase is not None:
                        await kept.erase(session, PersonId(person_id))
    async with database.writing() as session:
        while await papers.lay_down(session, NOON, NOON) is not None:
            pass
    assert await state_of(database, ballot_id) is State.NOT_OPENED
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Paper)) == 0


async def test_all_vote_at_once_and_the_close_comes_in_between(database: Database) -> None:
    """Whoever was told that their paper is in the box is in the box; nobody else is."""
    ballot_id = await running(database)
    await begun(database, ballot_id)
    for person_id in VOTERS[:6]:
        await votes(database, ballot_id, person_id, 0)

    async def tries(person_id: int) -> str | None:
        try:
            return await votes(database, ballot_id, person_id, 1)
        except (NotOpen, NotEntitled):
            return None

    told, row = await asyncio.gather(
        asyncio.gather(*map(tries, VOTERS[6:])), closed(database, ballot_id, NOON + timedelta(hours=1))
    )
    box = Box.read(await box_of(database, ballot_id))
    assert row.cast == len(box.envelopes) == 6 + sum(receipt is not None for receipt in told)
    assert await marked(database, ballot_id) == {
        *VOTERS[:6],
        *(person for person, receipt in zip(VOTERS[6:], told, strict=True) if receipt is not None),
    }


async def test_the_second_of_two_taps_is_refused_on_another_replica_too(database: Database, migrated_url: str) -> None:
    ballot_id = await running(database)
    await begun(database, ballot_id)
    other = opened(migrated_url)
    async with database.reading() as session:
        seen = (await papers.held(session, ballot_id, PersonId(700))).mark

    async def taps(one: Database) -> str | None:
        async with one.writing() as session:
            try:
                return await papers.vote(session, ballot_id, PersonId(700), 1, seen, NOON)
            except PaperChanged:
                return None

    got = await asyncio.gather(taps(database), taps(other))
    await other.close()
    assert sum(receipt is not None for receipt in got) == 1


async def test_the_campaign_does_not_go_on_while_people_vote(database: Database) -> None:
    ballot_id = await running(database)
    await begun(database, ballot_id)
    async with database.writing() as session:
        row = await ballots.find(session, ballot_id)
        with pytest.raises(BallotRuns):
            await moves.move(session, row.campaign_id, Phase.VOTE, COORDINATOR, NOON, None)
    await closed(database, ballot_id)
    async with database.writing() as session:
        await moves.move(session, row.campaign_id, Phase.VOTE, COORDINATOR, NOON, None)
        with pytest.raises(BallotMovedOn):
            await ballots.remove(session, ballot_id, COORDINATOR, NOON)


async def test_a_campaign_does_not_go_on_while_a_ballot_is_being_opened(database: Database, migrated_url: str) -> None:
    """Two coordinators press at the same moment, on two replicas: one opens the ballot, the other moves on."""
    ballot_id = await running(database)
    other = opened(migrated_url)

    async def goes_on() -> bool:
        async with other.writing() as session:
            try:
                await moves.move(session, row.campaign_id, Phase.VOTE, COORDINATOR, NOON, None)
            except BallotRuns:
                return False
            return True

    async with database.writing() as session:
        row = await ballots.begin(session, ballot_id, COORDINATOR, NOON)
        moving = asyncio.create_task(goes_on())
        await asyncio.wait([moving], timeout=0.5)
    has_moved = await moving
    await other.close()
    assert not has_moved


async def test_no_envelope_stays_in_the_file_after_the_close(database: Database) -> None:
    """Beside its voter: whoever has the file and, later, the trustees' shares would know the vote."""
    if database.is_postgresql:
        pytest.skip("PostgreSQL overwrites when it vacuums")
    ballot_id = await running(database)
    await begun(database, ballot_id)
    for person_id in VOTERS[:20]:
        await votes(database, ballot_id, person_id, 0)
    async with database.writing() as session:
        found = (await session.scalars(select(Paper.envelope))).all()
        await session.execute(text("PRAGMA secure_delete = OFF"))
        await closing.close(session, ballot_id, COORDINATOR, [], NOON, NOON)
    file = Path(str(database.engine.url.database))
    await database.close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = file.read_bytes()
    assert len(found) == len(VOTERS) and not any(one in content for one in found)


async def test_nobody_is_named_once_all_papers_are_there(database: Database) -> None:
    """Up to whom they are laid down would stay after that person is erased."""
    ballot_id = await running(database)
    await begun(database, ballot_id)
    async with database.reading() as session:
        assert (await ballots.find(session, ballot_id)).frozen_to == NOBODY


async def test_a_campaign_that_never_began_goes_with_its_ballots(database: Database) -> None:
    async with database.writing() as session:
        row = await campaigns.create(session, Plan("Talks", "Meituan", Segment(), {Phase.VOTE: None}))
        await ballots.prepare(session, row.id, plan(TRUSTEES.key), COORDINATOR, NOON)
        await moves.delete_prepared(session, row.id)
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 0


async def test_erasing_somebody_takes_paper_and_vote_and_leaves_the_announced_roll(database: Database) -> None:
    ballot_id = await running(database)
    await begun(database, ballot_id)
    for person_id in VOTERS[:8]:
        await votes(database, ballot_id, person_id, 0)
    async with database.writing() as session:
        assert await papers.copy_of(session, PersonId(700)) == [{"ballot": ballot_id, "voted": True}]
        assert await papers.copy_of(session, PersonId(739)) == [{"ballot": ballot_id, "voted": False}]
        await papers.erase(session, PersonId(700))
        assert await papers.copy_of(session, PersonId(700)) == []
    with pytest.raises(NotEntitled):
        await votes(database, ballot_id, 700, 0)
    row = await closed(database, ballot_id)
    assert (row.roll_size, row.cast) == (len(VOTERS), 7)
    async with database.writing() as session:
        await papers.erase(session, PersonId(701))
        await papers.erase(session, COORDINATOR)
        row = await ballots.find(session, ballot_id)
        await session.refresh(row)
        assert (row.cast, row.opened_by, row.closed_by) == (7, 0, 0)
    assert 701 not in await marked(database, ballot_id)


async def test_who_voted_is_forgotten_a_month_after_the_end(database: Database) -> None:
    made = TRUSTEES
    ballot_id = await running(database)
    async with database.writing() as session:
        row = await ballots.find(session, ballot_id)
        again = (await ballots.prepare(session, row.campaign_id, plan(made.key), COORDINATOR, NOON)).id
    for one in (ballot_id, again):
        await begun(database, one)
    for person_id in VOTERS[:8]:
        await votes(database, again, person_id, 0)
    await closed(database, ballot_id)
    await closed(database, again)
    result = made.open(await box_of(database, again))
    async with database.writing() as session:
        await publishing.publish(session, result, COORDINATOR, CLOSES + timedelta(days=3), CLOSES)
    assert (await state_of(database, ballot_id), await state_of(database, again)) == (State.NOT_OPENED, State.PUBLISHED)

    async def left(days: int) -> set[BallotId]:
        async with database.writing() as session:
            await retention.forget(session, CLOSES + timedelta(days=days), Retention())
            return set((await session.scalars(select(Voter.ballot_id))).all())

    assert await left(29) == {ballot_id, again}
    assert await left(31) == {again}
    assert await left(34) == set()
    assert await box_of(database, again) == result, "the result stays"


class Voting(RuleBasedStateMachine):
    """Riders vote, vote again, tap twice, are erased; transactions are rolled back; two processes do it in turn."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        url = new_file(Path(self._folder.name) / "voting.db")
        self.replicas = [opened(url), opened(url)]
        self.voted: dict[int, tuple[int, str]] = {}
        self.erased: set[int] = set()
        self.box: bytes | None = None
        self.is_open = True
        self.ballot_id = self.run(self._begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def _begin(self) -> BallotId:
        await known(self.replicas[0], range(700, 722))
        async with self.replicas[0].writing() as session:
            row = await campaigns.create(session, Plan("Talks", "Meituan", Segment(), {Phase.VOTE: None}))
            await moves.move(session, row.id, None, COORDINATOR, NOON, None)
            made = await ballots.prepare(session, row.id, plan(TRUSTEES.key), COORDINATOR, NOON)
        await begun(self.replicas[0], made.id)
        return made.id

    PEOPLE, CHOICES, REPLICAS = st.integers(700, 721), st.integers(0, 2), st.integers(0, 1)

    @rule(person=PEOPLE, choice=CHOICES, replica=REPLICAS)
    def votes(self, person: int, choice: int, replica: int) -> None:
        try:
            receipt = self.run(votes(self.replicas[replica], self.ballot_id, person, choice))
        except NotOpen:
            assert not self.is_open
        except NotEntitled:
            assert person in self.erased or not self.is_open
        else:
            assert self.is_open
            self.voted[person] = (choice, receipt)

    @precondition(lambda self: self.is_open)
    @rule(person=PEOPLE, choice=CHOICES)
    def taps_twice(self, person: int, choice: int) -> None:
        """Both with the mark of one page, on two replicas: one vote."""
        if person in self.erased:
            return
        first, second = self.run(self._two_taps(person, choice))
        assert second is None
        self.voted[person] = (choice, first)

    async def _two_taps(self, person: int, choice: int) -> tuple[str, str | None]:
        async with self.replicas[0].reading() as session:
            seen = (await papers.held(session, self.ballot_id, PersonId(person))).mark
        async with self.replicas[0].writing() as session:
            first = await papers.vote(session, self.ballot_id, PersonId(person), choice, seen, NOON)
        try:
            async with self.replicas[1].writing() as session:
                return first, await papers.vote(session, self.ballot_id, PersonId(person), choice, seen, NOON)
        except PaperChanged:
            return first, None

    @precondition(lambda self: self.is_open)
    @rule(person=PEOPLE, choice=CHOICES)
    def crashes_while_voting(self, person: int, choice: int) -> None:
        with pytest.raises((ZeroDivisionError, NotEntitled)):
            self.run(self._crash(person, choice))

    async def _crash(self, person: int, choice: int) -> None:
        async with rolled_back(self.replicas[0]) as session:
            seen = (await papers.held(session, self.ballot_id, PersonId(person))).mark
            await papers.vote(session, self.ballot_id, PersonId(person), choice, seen, NOON)

    @precondition(lambda self: self.is_open)
    @rule()
    def crashes_while_closing(self) -> None:
        with pytest.raises(ZeroDivisionError):
            self.run(self._crash_closing())

    async def _crash_closing(self) -> None:
        async with rolled_back(self.replicas[1]) as session:
            await closing.close(session, self.ballot_id, COORDINATOR, [], NOON, NOON)

    @rule(person=PEOPLE)
    def is_erased(self, person: int) -> None:
        self.run(self._erase(person))
        self.erased.add(person)
        if self.is_open:
            self.voted.pop(person, None)

    async def _erase(self, person: int) -> None:
        async with self.replicas[1].writing() as session:
            await papers.erase(session, PersonId(person))

    @precondition(lambda self: len(self.voted) >= 3)
    @rule(replica=REPLICAS)
    def closes(self, replica: int) -> None:
        try:
            row = self.run(closed(self.replicas[replica], self.ballot_id))
        except BallotMovedOn:
            assert not self.is_open
            return
        self.is_open = False
        assert row.state is (State.CLOSED if len(self.voted) >= 5 else State.NOT_OPENED)
        if row.state is State.CLOSED:
            self.box = self.run(box_of(self.replicas[0], self.ballot_id))
            assert row.cast == len(self.voted)

    @invariant()
    def papers_marked_are_the_votes(self) -> None:
        expected = set(self.voted) if self.is_open else set(self.voted) - self.erased
        assert self.run(marked(self.replicas[0], self.ballot_id)) == expected

    def teardown(self) -> None:
        if self.box is not None:
            box = Box.read(self.box)
            opened_ones = [envelopes.opened(PRIVATE, box.terms.info, one, 3) for one in box.envelopes]
            assert sorted(one for one in opened_ones if one) == sorted(self.voted.values())
        for database in self.replicas:
            self.run(database.close())
        self._loop.close()
        self._folder.cleanup()


@asynccontextmanager
async def rolled_back(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction whose process dies before the commit."""
    async with database.writing() as session:
        yield session
        raise ZeroDivisionError


TestVoting = Voting.TestCase
TestVoting.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
