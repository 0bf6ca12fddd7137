"""Answers to surveys: counted once, kept by nobody, and shown so that they tell of nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, text

from storage import disclosure
from storage.campaigns import campaigns, moves
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import answers, parts, questions, results, roll, running, surveys
from storage.campaigns.surveys.answers import NotAnOption, NotOnRoll, SurveyClosed
from storage.campaigns.surveys.roll import RollRow
from storage.campaigns.surveys.surveys import NoSuchSurvey, State
from storage.campaigns.surveys.tallies import ANSWERED, Tally
from storage.campaigns.surveys.wording import Kind, Wording
from storage.database import Database
from storage.dialogues import Value
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Figure
from storage.membership import memberships
from storage.membership.conditions import WorksFor
from storage.people import people
from storage.people.segments import LivesNear, Segment, Speaks
from storage.schema import METADATA
from storage.telegram_ids import NOBODY, PersonId
from tests.support.machines import DatabaseMachine
from tests.support.simulator import COORDINATOR, NOON
from tests.support.surveys import ALL_KINDS, CLOSES, NEEDS, RAISE, opened, prepared

EVERYONE = range(1, 9)
PLATFORMS = [("Meituan", WorksFor("Meituan")), ("Ele.me", WorksFor("Ele.me"))]


async def campaign(database: Database, people_of: range = EVERYONE, segment: Segment = Segment()) -> CampaignId:  # noqa: B008
    """A running one, for these people, of whom the first five are on a platform."""
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(one): "en" for one in people_of}, NOON)
        for one in people_of[:5]:
            data: dict[str, Value] = {"name": "x", "platform": "Meituan" if one % 2 else "Ele.me"}
            await memberships.create(session, PersonId(one), data, NOON)
        row = await campaigns.create(session, Plan("t", "c", segment, {Phase.GATHER: None}))
        await moves.move(session, row.id, None, COORDINATOR, NOON, None)
        return row.id


async def answered(database: Database, question: QuestionId, person: int, *chosen: int) -> bool:
    async with database.writing() as session:
        _, counted = await answers.answer(session, question, frozenset(chosen), PersonId(person), NOON)
        return counted


async def ids_of(database: Database, survey_id: SurveyId) -> list[QuestionId]:
    async with database.reading() as session:
        return [row.id for row in await questions.of_survey(session, survey_id)]


async def tallies(database: Database) -> dict[tuple[int, int, int], int]:
    async with database.reading() as session:
        rows = await session.scalars(select(Tally))
        return {(row.question_id, row.part, row.option): row.count for row in rows}


async def test_twenty_presses_at_once_count_once(database: Database) -> None:
    survey_id = await prepared(database, await campaign(database), [RAISE])
    await opened(database, survey_id)
    (question,) = await ids_of(database, survey_id)
    taken = await asyncio.gather(*(answered(database, question, 1, 1 + at % 2) for at in range(20)))
    assert sum(taken) == 1
    found = await tallies(database)
    assert found[question, 0, ANSWERED] == found[question, 0, 1] + found[question, 0, 2] == 1


async def test_all_answer_at_once_in_all_parts(database: Database) -> None:
    """In a different order each; none waits for another for ever."""
    survey_id = await prepared(database, await campaign(database), ALL_KINDS, PLATFORMS)
    await opened(database, survey_id)
    ids = await ids_of(database, survey_id)

    async def fills_in(person: int) -> None:
        for question in ids if person % 2 else reversed(ids):
            await answered(database, question, person, 1)

    await asyncio.gather(*map(fills_in, EVERYONE))
    found = await tallies(database)
    for question in ids:
        assert [found[question, part, ANSWERED] for part in (0, 1, 2)] == [8, 3, 2]
        assert [found[question, part, 1] for part in (0, 1, 2)] == [8, 3, 2]


async def test_who_may_and_what(database: Database) -> None:
    campaign_id = await campaign(database, segment=Segment((Speaks("en"),)))
    survey_id = await prepared(database, campaign_id, [RAISE, NEEDS])
    first, second = await ids_of(database, survey_id)
    with pytest.raises(SurveyClosed):
        await answered(database, first, 1, 1)
    await opened(database, survey_id)
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(90): "en", PersonId(91): "zh_Hans"}, NOON)
    for person, question, chosen, refusal in (
        (90, first, (1,), NotOnRoll),
        (91, first, (1,), campaigns.NoSuchCampaign),
        (1, QuestionId(999), (1,), questions.NoSuchQuestion),
        (1, first, (0,), NotAnOption),
        (1, first, (3,), NotAnOption),
        (1, first, (1, 2), NotAnOption),
        (1, second, (), NotAnOption),
        (1, second, (1, 4), NotAnOption),
    ):
        with pytest.raises(refusal):
            await answered(database, question, person, *chosen)
    async with database.writing() as session:
        with pytest.raises(SurveyClosed):
            await answers.answer(session, first, frozenset({1}), PersonId(1), CLOSES)
        with pytest.raises(NoSuchSurvey):
            await answers.sheet_of(session, SurveyId(999), PersonId(1), NOON)
        with pytest.raises(running.NotClosed):
            await results.of_survey(session, survey_id)
    assert set((await tallies(database)).values()) == {0}


async def test_a_part_is_a_condition_that_the_database_decides(database: Database) -> None:
    survey_id = await prepared(database, await campaign(database), [RAISE])
    async with database.writing() as session:
        with pytest.raises(ValueError, match="alone"):
            await parts.toggle(session, survey_id, "home", [("here", LivesNear(37.0, 116.0, 5.0))])
        for wanted in ([], PLATFORMS * 31):
            with pytest.raises(parts.TooManyParts):
                await parts.toggle(session, survey_id, "platform", wanted)
        await parts.toggle(session, survey_id, "platform", PLATFORMS)
        await parts.toggle(session, survey_id, "language", [("English", Speaks("en"))])
        await parts.toggle(session, survey_id, "platform", PLATFORMS)
        await parts.toggle(session, survey_id, "platform", PLATFORMS)
        assert await parts.that_hold(session, survey_id, PersonId(1), NOON) == [0, 1, 3]
        assert await parts.that_hold(session, survey_id, PersonId(8), NOON) == [0, 3]
        assert await parts.that_hold(session, survey_id, PersonId(99), NOON) == [0]


async def test_the_roll_of_a_segment_whose_rows_are_read(database: Database) -> None:
    """People's areas are sealed, so the database alone does not decide."""
    campaign_id = await campaign(database, segment=Segment((LivesNear(37.43, 116.36, 5.0),)))
    async with database.writing() as session:
        await people.keep_home(session, PersonId(3), 37.43, 116.36)
    survey_id = await prepared(database, campaign_id, [RAISE])
    await opened(database, survey_id)
    async with database.reading() as session:
        assert [row.person_id for row in await session.scalars(select(RollRow))] == [3]


async def test_questions_keep_their_order(database: Database) -> None:
    survey_id = await prepared(database, await campaign(database), [RAISE, NEEDS])
    first, second = await ids_of(database, survey_id)
    async with database.writing() as session:
        await questions.move(session, second, -5)
        await questions.change(session, first, Wording(Kind.RATING, "??"))
        third = await questions.add(session, survey_id, RAISE)
        await questions.move(session, second, 9)
    assert await ids_of(database, survey_id) == [first, third.id, second]
    async with database.writing() as session:
        await questions.remove(session, third.id)
        assert [row.position for row in await questions.of_survey(session, survey_id)] == [1, 2]
        with pytest.raises(questions.TooManyQuestions):
            await questions.replace_all(session, survey_id, [RAISE] * 10)
        await questions.replace_all(session, survey_id, [RAISE] * 9)
        with pytest.raises(questions.TooManyQuestions):
            await questions.add(session, survey_id, RAISE)


async def test_nobody_is_named_if_the_campaign_ends_while_a_survey_is_opening(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "CHUNK", 3)
    campaign_id = await campaign(database)
    survey_id = await prepared(database, campaign_id, [RAISE])
    async with database.writing() as session:
        await running.open_(session, survey_id, COORDINATOR, NOON)
        assert await running.carry_on(session, NOON, None)
        assert (await surveys.find(session, survey_id)).roll_to != NOBODY
        await running.end_with_campaign(session, campaign_id, COORDINATOR, NOON)
        row = await surveys.find(session, survey_id)
        assert (row.state, row.roll_to) == (State.CLOSED, NOBODY)


async def test_the_clock_lays_down_closes_and_clears_away(database: Database) -> None:
    survey_id = await prepared(database, await campaign(database), [RAISE])
    async with database.writing() as session:
        assert await running.next_due(session) is None
        await running.open_(session, survey_id, COORDINATOR, NOON)
        assert await running.next_due(session) == NOON
        assert await running.close_due(session, CLOSES) is None, "while it is opening"
    async with database.writing() as session:
        while await running.carry_on(session, NOON, None):
            pass
        assert await running.next_due(session) == CLOSES
        assert (await surveys.find(session, survey_id)).roll_to == NOBODY, "nobody is named once it is open"
        assert await roll.sizes(session, survey_id) == (8, 0)
        closed = await running.close_due(session, CLOSES)
        assert closed is not None and (closed.state, closed.roll_size) == (State.CLOSED, 8)
        assert await running.next_due(session) == CLOSES
        assert await running.carry_on(session, CLOSES, None)
        assert await running.next_due(session) is None
        assert await roll.sizes(session, survey_id) == (0, 0)
        with pytest.raises(running.NotOpen):
            await running.close(session, survey_id, COORDINATOR, CLOSES)


async def test_versions_of_rows_do_not_tell_the_answer(database: Database) -> None:
    """PostgreSQL notes in each row which transaction wrote it last. Those of a question's counters are the same for all
    options, whichever was chosen."""
    if not database.is_postgresql:
        pytest.skip("SQLite notes nothing in a row")
    survey_id = await prepared(database, await campaign(database), [RAISE, NEEDS], PLATFORMS)
    await opened(database, survey_id)
    for question in await ids_of(database, survey_id):
        for person in EVERYONE:
            await answered(database, question, person, 1 + person % 2)
            async with database.reading() as session:
                found = await session.execute(text("SELECT question_id, part, xmin::text FROM survey_tallies"))
                versions = {(row[0], row[1], row[2]) for row in found}
            assert len(versions) == len({(one, part) for one, part, _ in versions})


def test_no_keys_lead_from_a_person_to_an_answer() -> None:
    """Whatever is joined with the counters by a key, and with that in turn, holds no person."""
    keys = [(table.name, key.column.table.name) for table in METADATA.tables.values() for key in table.foreign_keys]
    below = {"survey_tallies"}
    while more := {target for source, target in keys if source in below} - below:
        below |= more
    columns = {f"{name}.{column.name}" for name in below for column in METADATA.tables[name].columns}
    assert below == {"survey_tallies", "survey_questions", "surveys", "campaigns"}
    assert {one for one in columns if "person" in one or "recipient" in one} == set()
    assert {column.name for column in METADATA.tables["survey_tallies"].columns} == {
        "question_id",
        "part",
        "option",
        "count",
    }
    assert {column.name for column in METADATA.tables["survey_roll"].columns} == {"survey_id", "person_id", "answered"}


async def test_after_the_close_the_database_knows_what_is_shown(database: Database) -> None:
    survey_id = await prepared(database, await campaign(database), [RAISE], PLATFORMS)
    await opened(database, survey_id)
    (question,) = await ids_of(database, survey_id)
    for person in EVERYONE:
        await answered(database, question, person, 1 if person < 8 else 2)
    async with database.writing() as session:
        await running.close(session, survey_id, COORDINATOR, NOON)
        shown = (await results.of_survey(session, survey_id)).questions[0]
    assert list(shown.figures) == [5, HIDDEN]
    assert set((await tallies(database)).values()) <= {0, 5, 10}


COUNTS = st.integers(0, 60)


@given(st.lists(st.lists(COUNTS, min_size=2, max_size=8), min_size=1, max_size=6))
def test_no_cell_no_sum_and_no_difference_tells_of_few(columns: list[list[int]]) -> None:
    """Made-up answers by part and option, with people who are in no part: whatever is added up or subtracted from what
    is shown is nothing, or at least of five people; and no figure that is shown has less than three true ones."""
    size = min(map(len, columns))
    whole = [sum(column[at] for column in columns[1:]) + columns[0][at] for at in range(size)]
    figures = [disclosure.columns(one[:size]) for one in [whole, *columns[1:]]]
    shown = [figure for row in figures for figure in row if figure is not HIDDEN]
    assert all(isinstance(figure, int) and figure >= MIN_CELL_SIZE for figure in shown)
    for derived in _derived(figures):
        assert derived == 0 or abs(derived) >= MIN_CELL_SIZE
    for figure in shown:
        assert isinstance(figure, int)
        assert sum(disclosure.figure(true) == figure for true in range(figure - 5, figure + 6)) >= 3


def _derived(figures: list[list[Figure]]) -> Iterator[int]:
    """The whole against sums of parts, parts against each other, options against each other, sums of all."""
    rows = [[0 if figure is HIDDEN else int(figure) for figure in row] for row in figures]
    for row in rows:
        yield sum(row)
        for one, other in combinations(row, 2):
            yield one - other
            yield one + other
    for at in range(len(rows[0])):
        column = [row[at] for row in rows]
        for one, other in combinations(column[1:], 2):
            yield one - other
        for count in range(1, len(column)):
            for some in combinations(column[1:], count):
                yield column[0] - sum(some)


@given(st.integers(0, 500), st.integers(0, 500))
def test_turnout_is_told_in_steps(first: int, second: int) -> None:
    could, did = max(first, second), min(first, second)
    told = results.turnout(did, could)
    assert (told is None) == (could < 20 or did < MIN_CELL_SIZE)
    assert told is None or (told % 5 == 0 and told <= 100 * did / could < told + 5)


class Filling(DatabaseMachine):
    """One survey and eight people; after every step flags and counters say the same as a model does."""

    PEOPLE = st.integers(1, 9)
    QUESTIONS = st.integers(0, 1)

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[tuple[int, int], frozenset[int]] = {}
        self.on_roll = set(EVERYONE)
        self.gone = [0, 0]
        self.counted: dict[tuple[int, int], int] = {}
        self.is_open = True
        self.survey_id, self.ids = self.run(self._begun())

    async def _begun(self) -> tuple[SurveyId, list[QuestionId]]:
        survey_id = await prepared(self.database, await campaign(self.database), [RAISE, NEEDS])
        await opened(self.database, survey_id)
        return survey_id, await ids_of(self.database, survey_id)

    @rule(person=PEOPLE, at=QUESTIONS, chosen=st.sets(st.integers(1, 2), min_size=1))
    def answers(self, person: int, at: int, chosen: set[int]) -> None:
        options = frozenset(chosen if at else {min(chosen)})
        said = self.turn(lambda session: answers.answer(session, self.ids[at], options, PersonId(person), NOON))
        if not self.is_open:
            assert isinstance(said, SurveyClosed | campaigns.NoSuchCampaign)
        elif person not in self.on_roll:
            assert isinstance(said, NotOnRoll | campaigns.NoSuchCampaign)
        else:
            assert said[1] is ((person, at) not in self.given)
            if said[1]:
                self.given[person, at] = options
                for option in options:
                    self.counted[at, option] = self.counted.get((at, option), 0) + 1

    @precondition(lambda self: self.is_open)
    @rule(person=PEOPLE)
    def is_erased(self, person: int) -> None:
        self.turn(lambda session: roll.erase(session, PersonId(person)))
        self.on_roll.discard(person)
        for at in (0, 1):
            self.gone[at] += self.given.pop((person, at), None) is not None

    @precondition(lambda self: self.is_open and len(self.given) > 6)
    @rule()
    def closes(self) -> None:
        self.turn(lambda session: running.close(session, self.survey_id, COORDINATOR, NOON))
        self.is_open = False

    @invariant()
    def counters_are_the_flags(self) -> None:
        if not self.is_open:
            return
        found = self.run(tallies(self.database))
        rows = self.turn(lambda session: session.scalars(select(RollRow))).all()
        assert {row.person_id for row in rows} == self.on_roll
        for at, question in enumerate(self.ids):
            flags = sum(bool(row.answered & (1 << at)) for row in rows)
            assert flags == sum(one == at for _, one in self.given)
            assert found[question, 0, ANSWERED] == flags + self.gone[at]
            for option in (1, 2):
                assert found[question, 0, option] == self.counted.get((at, option), 0)


TestFilling = Filling.TestCase
TestFilling.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
