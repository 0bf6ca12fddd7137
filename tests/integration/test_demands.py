"""Stances under aliases: what is counted, what can be joined with whom, and what is left when ranking has ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import Table, func, select, text

from bot.background.demand_counter import DemandCounter
from storage import schema
from storage.campaigns import campaigns, moves
from storage.campaigns.campaigns import NoSuchCampaign, Phase, PhaseOver, Plan
from storage.campaigns.demands import counting, following, gathering, moderation, outcomes, results, stances
from storage.campaigns.demands.decks import SHUFFLED_EVERY, Decks
from storage.campaigns.demands.gathering import MOST, Brought
from storage.campaigns.demands.notices import TO_AUTHORS, DemandShown
from storage.campaigns.demands.stances import DemandStance, Stance, alias_of
from storage.campaigns.demands.table import (
    AlreadyDecided,
    Demand,
    DemandCount,
    DemandFollower,
    DemandState,
    NoSuchDemand,
    RankedNoMore,
    Ranking,
    RankingIsOpen,
    RankingIsOver,
    Reason,
    SameOutcome,
    TooManyDemands,
)
from storage.campaigns.demands.voters import DemandVoter, Part
from storage.campaigns.ids import CampaignId, DemandId
from storage.database import Database
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import Delivery, State
from storage.people import people
from storage.people.segments import Segment, Speaks
from storage.privacy.retention import Retention
from storage.pseudonym_columns import Pseudonym
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId
from tests.support.demands import PAY, RAIN, REST, brought, seeded, stands
from tests.support.machines import DatabaseMachine
from tests.support.simulator import COORDINATOR, NOON, PATIENCE

ENGLISH = Part("language", "English", Speaks("en"))
CHINESE = Part("language", "中文", Speaks("zh_Hans"))


async def running(database: Database, phase: Phase = Phase.RANK, segment: Segment | None = None) -> CampaignId:
    """A campaign with all phases, in this one."""
    async with database.writing() as session:
        plan = Plan("Talks", "Meituan", segment or Segment(), dict.fromkeys(Phase))
        row = await campaigns.create(session, plan)
        while row.phase is not phase:
            await moves.move(session, row.id, row.phase, COORDINATOR, NOON, None)
        return row.id


async def ends(database: Database, campaign_id: CampaignId) -> None:
    """Ranking ends, and is counted."""
    async with database.writing() as session:
        row = await campaigns.find(session, campaign_id)
        while row.phase is not Phase.DRAFT:
            await moves.move(session, campaign_id, row.phase, COORDINATOR, NOON, None)
    await DemandCounter(database).count()


async def figures(database: Database, campaign_id: CampaignId, breakdown: str = "") -> dict[Any, tuple[int, int, int]]:
    async with database.reading() as session:
        chosen = select(DemandCount).join(Demand, Demand.id == DemandCount.demand_id)
        rows = await session.scalars(
            chosen.where(Demand.campaign_id == campaign_id, DemandCount.breakdown == breakdown)
        )
        return {(row.demand_id, row.part): (row.agree, row.disagree, row.passed) for row in rows}


async def test_an_alias_needs_the_secret(database: Database) -> None:
    campaign_id = await running(database)
    first, _ = await seeded(database, campaign_id, RAIN, PAY)
    await stands(database, first, 7, Stance.AGREE, NOON)
    other = await running(database)
    (second,) = await seeded(database, other, RAIN)
    await stands(database, second, 7, Stance.AGREE, NOON)
    async with database.reading() as session:
        one, two = await session.scalars(select(DemandStance.alias).order_by(DemandStance.campaign_id))
    assert one != two, "nor can two campaigns be joined"
    assert alias_of(b"x" * 32, PersonId(7)) not in (one, two)


def test_no_column_and_no_key_leads_from_a_person_to_a_stance() -> None:
    """Nor is there a time, or an order but that of the aliases."""
    for table in (DemandStance.__table__, DemandVoter.__table__, DemandCount.__table__):
        assert not any(isinstance(column.type, Pseudonym) for column in table.columns)
        assert not any(column.name.endswith("_at") or column.name == "at" for column in table.columns)
    for table in (cast(Table, DemandStance.__table__), cast(Table, DemandVoter.__table__)):
        assert table.dialect_options["sqlite"]["with_rowid"] is False
    aliases = [column for table in schema.METADATA.sorted_tables for column in table.columns if column.name == "alias"]
    mine = {"demand_stances", "demand_voters"}
    assert all(not column.foreign_keys for column in aliases if column.table.name in mine)


async def test_what_is_left_are_counts(database: Database) -> None:
    """By demand, group of opinion, and part; the secret, the stances and the parts of aliases are gone."""
    campaign_id = await running(database)
    demands = await seeded(database, campaign_id, *(f"Demand number {at}" for at in range(10)))
    async with database.writing() as session:
        known = {PersonId(person): "en" if person % 2 else "zh_Hans" for person in range(1, 31)}
        await people.seen_all(session, known, NOON)
        for person in known:
            for at, demand_id in enumerate(demands[:9]):
                is_for = (at < 5) == (person <= 18) or at == 8
                stance = Stance.AGREE if is_for else Stance.DISAGREE
                await stances.stand(session, demand_id, person, stance, Phase.RANK, NOON, (ENGLISH, CHINESE))
    await ends(database, campaign_id)
    whole = await figures(database, campaign_id)
    assert [whole[demand_id, ""] for demand_id in demands] == [(20, 10, 0)] * 5 + [(10, 20, 0)] * 3 + [
        (30, 0, 0),
        (0, 0, 0),
    ]
    by_language = await figures(database, campaign_id, "language")
    assert by_language[demands[0], "English"] == (10, 5, 0) and by_language[demands[0], "中文"] == (10, 5, 0)
    by_opinion = await figures(database, campaign_id, counting.OPINION)
    assert by_opinion[demands[0], "0"] == (20, 0, 0) and by_opinion[demands[0], "1"] == (0, 10, 0)
    async with database.reading() as session:
        assert (await campaigns.find(session, campaign_id)).secret is None
        for table in (DemandStance, DemandVoter):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        outline = await results.outline(session, campaign_id)
        assert (outline.people, outline.groups) == (30, [20, 10])
        everybody = await results.wanted_by_everybody(session, campaign_id)
        assert [(one.id, one.common) for one in everybody] == [(demands[8], 100)]
        many = await results.by_support(session, campaign_id)
        assert [one.id for one in many] == [demands[8], *demands[:8], demands[9]]
        of_parts = await results.of_parts(session, demands[0])
        assert [(breakdown, part) for breakdown, part, _ in of_parts] == [
            (counting.OPINION, "0"),
            (counting.OPINION, "1"),
            ("language", "English"),
            ("language", "中文"),
        ]
        assert (await results.by_support(session, campaign_id, 8, 5))[0].id == demands[7]


async def test_fewer_than_five_are_not_shown(database: Database) -> None:
    campaign_id = await running(database)
    few, many = await seeded(database, campaign_id, RAIN, PAY)
    for person in range(1, 13):
        await stands(database, many, person, Stance.AGREE if person > 4 else Stance.DISAGREE, NOON)
    for person in range(1, 5):
        await stands(database, few, person, Stance.AGREE, NOON)
    await ends(database, campaign_id)
    async with database.reading() as session:
        first, second = await results.by_support(session, campaign_id)
        assert (first.id, first.figures.agree, isinstance(first.figures.disagree, int)) == (many, 10, False)
        assert (second.id, isinstance(second.figures.agree, int)) == (few, False)
        assert await results.of_parts(session, few) == []
        assert await session.scalar(select(Ranking.people)) == 10, "nor are they kept"
    assert await figures(database, campaign_id) == {(many, ""): (10, 0, 0), (few, ""): (0, 0, 0)}
    async with database.reading() as session:
        assert await results.wanted_by_everybody(session, campaign_id) == [], "without groups nobody can tell"


async def test_counting_that_is_interrupted_begins_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEPT_AT_ONCE", 1)
    monkeypatch.setattr(counting, "READ_AT_ONCE", 2)
    monkeypatch.setattr(counting, "THROWN_AWAY_AT_ONCE", 1)
    campaign_id = await running(database)
    demands = await seeded(database, campaign_id, RAIN, PAY, REST)
    for person in range(1, 6):
        for demand_id in demands:
            await stands(database, demand_id, person, Stance.PASS, NOON)
    async with database.writing() as session:
        await moves.move(session, campaign_id, Phase.RANK, COORDINATOR, NOON, None)
    async with database.reading() as session:
        tally = counting.tally(await counting.read(session, campaign_id), database.vault)
    async with database.writing() as session:
        assert await counting.keep(session, tally, 0), "and there it was killed"
    async with database.reading() as session:
        assert not await results.is_known(session, campaign_id)
        with pytest.raises(RankingIsOpen):
            await results.by_support(session, campaign_id)
    await DemandCounter(database).count()
    await DemandCounter(database).count()
    assert set((await figures(database, campaign_id)).values()) == {(0, 0, 5)}


async def test_what_is_removed_later_is_overwritten_too(database: Database) -> None:
    """Where SQLite was built so (as Debian does), it still is after stances were thrown away."""
    if database.is_postgresql:
        pytest.skip("PostgreSQL overwrites when it vacuums")
    async with database.writing() as session:
        await session.execute(text("PRAGMA secure_delete = ON"))
    campaign_id = await running(database)
    (demand_id,) = await seeded(database, campaign_id, RAIN)
    await stands(database, demand_id, 1, Stance.AGREE, NOON)
    await ends(database, campaign_id)
    async with database.writing() as session:
        assert await session.scalar(text("PRAGMA secure_delete")) == 1


async def test_who_counts_late_changes_nothing(database: Database) -> None:
    """A leader that was slow has read the stances while its successor threw them away."""
    campaign_id = await running(database)
    (demand_id,) = await seeded(database, campaign_id, RAIN)
    for person in range(1, 8):
        await stands(database, demand_id, person, Stance.AGREE, NOON)
    await ends(database, campaign_id)
    async with database.reading() as session:
        late = counting.tally(await counting.read(session, campaign_id), database.vault)
    async with database.writing() as session:
        assert not await counting.keep(session, late, 0)
    assert await figures(database, campaign_id) == {(demand_id, ""): (5, 0, 0)}


async def test_a_ranking_that_nobody_took_part_in_is_counted_too(database: Database) -> None:
    campaign_id = await running(database)
    (demand_id,) = await seeded(database, campaign_id, RAIN)
    await ends(database, campaign_id)
    assert await figures(database, campaign_id) == {(demand_id, ""): (0, 0, 0)}


async def test_support_counts_in_the_phase_in_which_demands_are_gathered(database: Database) -> None:
    campaign_id = await running(database, Phase.GATHER)
    (demand_id,) = await seeded(database, campaign_id, RAIN)
    async with database.writing() as session:
        for person in range(7, 12):
            await stances.stand(session, demand_id, PersonId(person), Stance.AGREE, Phase.GATHER, NOON)
        with pytest.raises(PhaseOver):
            await stances.stand(session, demand_id, PersonId(7), Stance.AGREE, Phase.RANK, NOON)
        with pytest.raises(NoSuchDemand):
            await stances.stand(session, DemandId(999), PersonId(7), Stance.AGREE, Phase.GATHER, NOON)
    await ends(database, campaign_id)
    assert await figures(database, campaign_id) == {(demand_id, ""): (5, 0, 0)}


async def test_a_stance_is_for_the_segment_and_until_the_date(database: Database) -> None:
    campaign_id = await running(database, segment=Segment((Speaks("en"),)))
    (demand_id,) = await seeded(database, campaign_id, RAIN)
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(1): "en", PersonId(2): "zh_Hans"}, NOON)
        await campaigns.set_until(session, campaign_id, Phase.RANK, NOON + timedelta(hours=1))
    await stands(database, demand_id, 1, Stance.AGREE, NOON)
    with pytest.raises(NoSuchCampaign):
        await stands(database, demand_id, 2, Stance.AGREE, NOON)
    with pytest.raises(PhaseOver):
        await stands(database, demand_id, 1, Stance.DISAGREE, NOON + timedelta(hours=1))


async def test_decisions_about_a_demand_are_final(database: Database) -> None:
    campaign_id = await running(database, Phase.GATHER)
    first, second, third = await brought(database, campaign_id, 7, NOON, RAIN, PAY, REST)
    async with database.writing() as session:
        await moderation.show(session, first, 0)
        await moderation.refuse(session, second, 0, Reason.UNCLEAR)
        for demand_id in (first, second):
            for decide in (
                moderation.show(session, demand_id, 0),
                moderation.refuse(session, demand_id, 0, Reason.INSULT),
                moderation.ask(session, demand_id, 0, "What?"),
                moderation.write_down(session, demand_id, 0, "Something else"),
            ):
                with pytest.raises(AlreadyDecided):
                    await decide
        with pytest.raises(AlreadyDecided):
            await moderation.write_down(session, third, 0, "Something else")
        row = await campaigns.find(session, campaign_id)
        for _ in range(MOST - 3):
            await gathering.bring(session, row, PersonId(7), Brought(voice="file"), NOON)
        with pytest.raises(TooManyDemands):
            await gathering.bring(session, row, PersonId(7), Brought(RAIN), NOON)
        spoken = (await gathering.bring(session, row, PersonId(8), Brought(voice="file"), NOON)).id
        with pytest.raises(AlreadyDecided):
            await moderation.show(session, spoken, 0)
    await ends(database, campaign_id)
    async with database.writing() as session:
        with pytest.raises(AlreadyDecided):
            await moderation.show(session, third, 0)
        with pytest.raises(RankingIsOver):
            await moderation.add_seed(session, campaign_id, RAIN)
        assert {row.state for row in await session.scalars(select(Demand))} == {
            DemandState.SHOWN,
            DemandState.REFUSED,
        }


async def test_two_coordinators_decide_at_the_same_moment(database: Database) -> None:
    campaign_id = await running(database, Phase.GATHER)
    ids = await brought(database, campaign_id, 7, NOON, *(f"Demand number {at}" for at in range(8)))

    async def decides(decide: Callable[[Any, DemandId], Awaitable[Any]], demand_id: DemandId) -> bool:
        try:
            async with database.writing() as session:
                await decide(session, demand_id)
        except AlreadyDecided:
            return False
        return True

    for demand_id in ids:
        won = await asyncio.gather(
            decides(lambda session, key: moderation.show(session, key, 0), demand_id),
            decides(lambda session, key: moderation.refuse(session, key, 0, Reason.UNCLEAR), demand_id),
            decides(lambda session, key: moderation.ask(session, key, 0, "What?"), demand_id),
        )
        assert sum(won) == 1


async def test_who_comes_while_ranking_ends_comes_too_late(database: Database) -> None:
    """Neither a stance nor an author is left behind by who was about to when the campaign moved on."""
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    campaign_id = await running(database, Phase.GATHER)
    (demand_id,) = await seeded(database, campaign_id, RAIN)

    async def takes_a_stance() -> None:
        async with database.writing() as session:
            await stances.stand(session, demand_id, PersonId(7), Stance.AGREE, Phase.GATHER, NOON)

    async def waiting(count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) != count:  # noqa: ASYNC110 (a row in the database)
                await asyncio.sleep(0.01)

    async with database.writing() as session:
        for phase in (Phase.GATHER, Phase.RANK):
            await moves.move(session, campaign_id, phase, COORDINATOR, NOON, None)
        late = [
            asyncio.create_task(takes_a_stance()),
            asyncio.create_task(brought(database, campaign_id, 7, NOON, PAY)),
        ]
        await waiting(len(late))
    for one in late:
        with pytest.raises(PhaseOver):
            await one


async def test_each_change_is_queued_once_for_each_follower(database: Database) -> None:
    campaign_id = await running(database)
    part, whole = await seeded(database, campaign_id, RAIN, "No deductions in bad weather")
    async with database.writing() as session:
        await moderation.merge(session, part, whole)
        for person, demand_id in ((1, part), (1, whole), (2, part), (3, whole), (3, whole)):
            await following.follow(session, demand_id, PersonId(person))
    await ends(database, campaign_id)

    async def says(demand_id: DemandId) -> bool:
        try:
            async with database.writing() as session:
                await outcomes.say(session, demand_id, DemandState.AGREED, "", NOON, NOON)
        except SameOutcome:
            return False
        return True

    assert sum(await asyncio.gather(says(part), says(whole), says(whole))) == 1
    async with database.reading() as session:
        told = [
            row.recipient for row in await session.scalars(select(Delivery).where(Delivery.kind == "demand_changed"))
        ]
        assert sorted(told) == [1, 2, 3]
        assert {row.state for row in await session.scalars(select(Demand))} == {DemandState.AGREED}
    async with database.writing() as session:
        with pytest.raises(NoSuchDemand):
            await outcomes.say(session, whole, DemandState.SHOWN, "", NOON, NOON)


async def test_what_authors_were_told_is_emptied_when_ranking_ends(database: Database) -> None:
    campaign_id = await running(database, Phase.GATHER)
    (demand_id,) = await brought(database, campaign_id, 7, NOON, RAIN)
    async with database.writing() as session:
        await moderation.show(session, demand_id, 0)
        for person in (7, 8):
            await queue.add(session, Addressed(PersonId(person), DemandShown(demand_id, RAIN), NOON))
        for row in await session.scalars(select(Delivery)):
            row.state, row.done_at = State.SENT, NOON
    await ends(database, campaign_id)
    async with database.reading() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.kind.in_(TO_AUTHORS)))).all()
        assert [row.recipient for row in rows if row.params is not None] == [8], "8 brought nothing to it"
        of_nobody = select(func.count()).select_from(Delivery).where(Delivery.recipient == -Delivery.id)
        assert await session.scalar(of_nobody) == 1, "the time says nothing of 7 either"


async def test_followers_are_forgotten_a_year_after_the_end(database: Database) -> None:
    campaign_id = await running(database)
    first, second = await seeded(database, campaign_id, RAIN, PAY)
    async with database.writing() as session:
        for demand_id in (first, second):
            await following.follow(session, demand_id, PersonId(7))
        row = await campaigns.find(session, campaign_id)
        row.ended_at = NOON
    for later, left in ((following.KEPT, 2), (following.KEPT + timedelta(seconds=1), 0)):
        async with database.writing() as session:
            while await following.forget(session, NOON + later, Retention()):
                pass
            assert await session.scalar(select(func.count()).select_from(DemandFollower)) == left


async def test_a_deck_is_read_anew_when_demands_change(database: Database) -> None:
    campaign_id = await running(database)
    first, second = await seeded(database, campaign_id, RAIN, PAY)
    decks = Decks()

    async def dealt(now_later: timedelta = timedelta()) -> set[DemandId]:
        async with database.reading() as session:
            ranked = await stances.ranked(session, campaign_id, PersonId(1), NOON)
            deck = await decks.of(session, campaign_id, ranked.version, NOON + now_later)
            return {card.id for card in deck.cards}

    assert await dealt() == {first, second}
    async with database.writing() as session:
        await moderation.merge(session, first, second)
    assert await dealt() == {second}
    async with database.reading() as session:
        ranked = await stances.ranked(session, campaign_id, PersonId(1), NOON)
        deck = await decks.of(session, campaign_id, ranked.version, NOON)
        assert deck is await decks.of(session, campaign_id, ranked.version, NOON + SHUFFLED_EVERY / 2)
        assert deck is not await decks.of(session, campaign_id, ranked.version, NOON + SHUFFLED_EVERY)
        assert deck.next({second}) is None


class Stances(DatabaseMachine):
    """One ranking; after every step the database says the same as a dictionary does."""

    PEOPLE = st.integers(1, 4)
    DEMANDS = st.integers(0, 4)
    SAYS = st.sampled_from(Stance)

    def __init__(self) -> None:
        super().__init__()
        self.campaign_id = self.run(running(self.database))
        self.demands = self.run(seeded(self.database, self.campaign_id, RAIN, PAY))
        self.said: dict[tuple[int, DemandId], Stance] = {}
        self.merged: set[DemandId] = set()

    def teardown(self) -> None:
        counts = Counter((demand_id, stance) for (_, demand_id), stance in self.said.items())
        assert self.run(self.counted()) == counts
        self.run(ends(self.database, self.campaign_id))
        found = self.run(figures(self.database, self.campaign_id))
        assert set(found.values()) == {(0, 0, 0)}, "four people are too few"
        super().teardown()

    async def counted(self) -> dict[tuple[DemandId, Stance], int]:
        counting_all = select(DemandStance.demand_id, DemandStance.stance, func.count())
        async with self.database.reading() as session:
            rows = await session.execute(counting_all.group_by(DemandStance.demand_id, DemandStance.stance))
            return {(demand_id, stance): count for demand_id, stance, count in rows}

    def demand(self, at: int) -> DemandId:
        return self.demands[at % len(self.demands)]

    @rule(person=PEOPLE, at=DEMANDS, stance=SAYS)
    def stands(self, person: int, at: int, stance: Stance) -> None:
        demand_id = self.demand(at)
        done = self.turn(lambda session: stances.stand(session, demand_id, PersonId(person), stance, Phase.RANK, NOON))
        if demand_id in self.merged:
            assert isinstance(done, RankedNoMore | Repeated)
            return
        self.said[person, demand_id] = stance
        assert done.answered == {answered for one, answered in self.said if one == person}

    @rule()
    def one_more(self) -> None:
        if len(self.demands) < 5:
            words = f"Demand number {len(self.demands)}"
            self.demands += self.run(seeded(self.database, self.campaign_id, words))

    @rule(part=DEMANDS, whole=DEMANDS)
    def becomes_part(self, part: int, whole: int) -> None:
        one, other = self.demand(part), self.demand(whole)
        done = self.turn(lambda session: moderation.merge(session, one, other))
        if not isinstance(done, Refused):
            assert one not in self.merged and other not in self.merged
            self.merged.add(one)

    @rule(person=PEOPLE)
    def is_erased(self, person: int) -> None:
        self.turn(lambda session: stances.erase(session, PersonId(person)))
        self.said = {key: stance for key, stance in self.said.items() if key[0] != person}

    @invariant()
    def the_counts_are_those_of_distinct_aliases(self) -> None:
        async def read() -> tuple[dict[DemandId, int], list[DemandStance], int]:
            async with self.database.reading() as session:
                rows = await session.scalars(select(Demand).where(Demand.campaign_id == self.campaign_id))
                held = list((await session.scalars(select(DemandStance))).all())
                voters = await session.scalar(select(func.count()).select_from(DemandVoter))
                return {row.id: row.stances for row in rows}, held, voters or 0

        counts, held, voters = self.run(read())
        for demand_id in self.demands:
            aliases = {row.alias for row in held if row.demand_id == demand_id}
            people_ = {person for person, answered in self.said if answered == demand_id}
            assert counts[demand_id] == len(aliases) == len(people_)
        assert Counter(row.stance for row in held) == Counter(self.said.values())
        assert voters == len({person for person, _ in self.said})


TestStances = Stances.TestCase
TestStances.settings = settings(max_examples=15, stateful_step_count=20)
