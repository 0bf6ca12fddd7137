"""Levels of review: nobody skips one, nobody decides at two, and of two who decide at once, one does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select, text

from storage.cases import access, cases, erasure, escalation, levels, messages, personal_data, queue
from storage.cases.desks import Desk
from storage.cases.ids import CaseId
from storage.cases.levels import LevelDecided, Step, Verdict
from storage.cases.messages import Said
from storage.cases.table import Case, CaseContent, CaseInDoubt, CaseState, NoSuchCase, Outcome, Side
from storage.database import Database
from storage.people.staff import Staff
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from tests.support.honours import REVIEWERS, built_in, with_reviewers
from tests.support.machines import DatabaseMachine
from tests.support.settings import clock_context
from tests.support.simulator import NOON

RIDER = PersonId(440)
DAY = timedelta(days=1)
OPEN_TO_ALL = built_in("honours")
UNIT, CITY, PROVINCE = REVIEWERS


async def nominated(database: Database, desk: Desk, place: str = "") -> CaseId:
    async with database.writing() as session:
        content = CaseContent("medal", name="李雷")
        row = await cases.open_case(session, desk.key, desk.prefix, RIDER, content, 201, 2026, NOON + DAY, NOON)
        levels.begin(row, place, NOON)
        return row.id


async def taken(database: Database, case_id: CaseId, reviewer: PersonId, desk: Desk) -> Case:
    async with database.writing() as session:
        return await levels.claim(session, case_id, reviewer, {desk.key: desk}, NOON)


async def approved(database: Database, case_id: CaseId, reviewer: PersonId, level: int, desk: Desk) -> Case:
    async with database.writing() as session:
        return await levels.approve(session, Step(case_id, level, reviewer), desk, NOON + 2 * DAY, NOON)


class Review(DatabaseMachine):
    """One nomination and five reviewers, each of whom may press any button at any time, also an old one."""

    DESK = OPEN_TO_ALL
    REVIEWER, LEVEL = st.integers(0, 4), st.integers(1, 3)

    def __init__(self) -> None:
        super().__init__()
        self.case_id = self.run(nominated(self.database, self.DESK))
        self.reviewers = [*REVIEWERS, PersonId(964), PersonId(965)]
        self.level = 1
        self.holder: int | None = None
        self.decided: list[tuple[int, int, Verdict]] = []
        """Who has decided what, at which level."""

    @property
    def is_over(self) -> bool:
        return bool(self.decided) and (self.decided[-1][2] is Verdict.REFUSED or len(self.decided) == 3)

    @rule(at=REVIEWER)
    def takes(self, at: int) -> None:
        one = self.reviewers[at]
        made = self.turn(lambda session: levels.claim(session, self.case_id, one, {self.DESK.key: self.DESK}, NOON))
        has_decided = any(at == who for who, _, _ in self.decided)
        if not self.is_over and self.holder in (None, at) and not has_decided:
            assert not isinstance(made, Refused), made
            self.holder = at
        else:
            assert isinstance(made, Refused)

    @rule(at=REVIEWER, level=LEVEL, approves=st.booleans())
    def decides(self, at: int, level: int, approves: bool) -> None:
        step = Step(self.case_id, level, self.reviewers[at])
        due = NOON + DAY
        if approves:
            made = self.turn(lambda session: levels.approve(session, step, self.DESK, due, NOON))
        else:
            made = self.turn(lambda session: levels.refuse(session, step, self.DESK, "Not enough", NOON))
        if self.is_over or self.holder != at or level != self.level:
            assert isinstance(made, Refused)
            return
        assert not isinstance(made, Refused), made
        self.decided.append((at, level, Verdict.APPROVED if approves else Verdict.REFUSED))
        if not self.is_over:
            self.level, self.holder = self.level + 1, None

    @rule()
    def whoever_has_it_approves_and_comes_back(self) -> None:
        if self.holder is not None and not self.is_over:
            at = self.holder
            self.decides(at, self.level, approves=True)
            self.takes(at)

    @rule(at=REVIEWER, level=LEVEL)
    def presses_twice(self, at: int, level: int) -> None:
        self.decides(at, level, approves=True)
        self.decides(at, level, approves=True)

    @rule(at=REVIEWER)
    def tries_to_close_it_otherwise(self, at: int) -> None:
        async def closes(session: Any) -> None:
            row = await access.of_handler_for_update(session, self.case_id, self.reviewers[at])
            cases.close(row, Outcome.SETTLED, NOON)

        assert isinstance(self.turn(closes), Refused)

    @rule()
    def is_asked_back_and_answers(self) -> None:
        if self.holder is None or self.is_over:
            return

        async def talks(session: Any) -> None:
            row = await access.find_for_update(session, self.case_id)
            assert row is not None
            for side, author in ((Side.HANDLER, row.assigned_to), (Side.RIDER, RIDER)):
                await messages.say(session, row, side, author, None, Said(text="More?"), NOON)

        assert self.turn(talks) is None

    @invariant()
    def no_level_is_left_out_or_decided_twice(self) -> None:
        async def look() -> tuple[Case, list[tuple[int, Verdict]]]:
            async with self.database.reading() as session:
                row = await access.find(session, self.case_id)
                assert row is not None
                return row, [(one.level, one.verdict) for one in await levels.decisions(session, self.case_id)]

        row, decisions = self.run(look())
        assert decisions == [(level, verdict) for _, level, verdict in self.decided]
        assert [level for level, _ in decisions] == list(range(1, len(decisions) + 1))
        assert len({who for who, _, _ in self.decided}) == len(self.decided), "somebody decided at two levels"
        assert row.level == self.level and (row.state == CaseState.CLOSED) == self.is_over
        assert row.assigned_to == (None if self.holder is None else self.reviewers[self.holder])
        if self.is_over:
            assert row.outcome is (Outcome.APPROVED if len(self.decided) == 3 else Outcome.REFUSED) or (
                self.decided[-1][2] is Verdict.REFUSED and row.outcome is Outcome.REFUSED
            )


TestReview = Review.TestCase
TestReview.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)


async def test_of_two_who_decide_at_once_one_does(database: Database) -> None:
    """The same reviewer on two phones, one approving, one refusing; and a third with an old page."""
    case_id = await nominated(database, OPEN_TO_ALL)
    await taken(database, case_id, UNIT, OPEN_TO_ALL)

    async def refuses() -> Case:
        async with database.writing() as session:
            return await levels.refuse(session, Step(case_id, 1, UNIT), OPEN_TO_ALL, "Not enough", NOON)

    approves = (approved(database, case_id, UNIT, 1, OPEN_TO_ALL) for _ in range(2))
    made = await asyncio.gather(*approves, refuses(), return_exceptions=True)
    assert sum(isinstance(one, Case) for one in made) == 1
    assert all(isinstance(one, Case | Refused) for one in made), made
    async with database.reading() as session:
        assert len(await levels.decisions(session, case_id)) == 1


async def test_nobody_decides_at_two_levels(database: Database) -> None:
    case_id = await nominated(database, OPEN_TO_ALL)
    await taken(database, case_id, UNIT, OPEN_TO_ALL)
    await approved(database, case_id, UNIT, 1, OPEN_TO_ALL)
    with pytest.raises(NoSuchCase):
        await taken(database, case_id, UNIT, OPEN_TO_ALL)
    async with database.reading() as session:
        assert await queue.in_queue(session, OPEN_TO_ALL.key, UNIT) == []
        assert len(await queue.in_queue(session, OPEN_TO_ALL.key, CITY)) == 1
    with pytest.raises(NoSuchCase):
        await taken(database, case_id, RIDER, OPEN_TO_ALL)


async def test_each_level_has_its_reviewers_and_its_queue(database: Database) -> None:
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    case_id = await nominated(database, desk)
    assert [desk.scope_of(one) for one in REVIEWERS] == [{1: None}, {2: None}, {3: None}]
    for other in (CITY, PROVINCE, PersonId(999)):
        with pytest.raises(NoSuchCase):
            await taken(database, case_id, other, desk)
    for level, reviewer in enumerate(REVIEWERS, start=1):
        async with database.reading() as session:
            seen = [bool(await queue.in_queue(session, desk.key, one, scope=desk.scope_of(one))) for one in REVIEWERS]
        assert seen == [at == level for at in (1, 2, 3)]
        await taken(database, case_id, reviewer, desk)
        with pytest.raises(LevelDecided):
            await approved(database, case_id, reviewer, level % 3 + 1, desk)
        row = await approved(database, case_id, reviewer, level, desk)
    assert row.outcome is Outcome.APPROVED


async def test_reviewers_of_a_place_have_the_cases_of_their_place_alone(database: Database) -> None:
    """Here the unit's level is by place, the others decide about all."""
    dezhou, jinan = PersonId(971), PersonId(972)
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    unit = replace(
        desk.levels[0], reviewers=frozenset(), by_place={"dz": frozenset({dezhou}), "jn": frozenset({jinan})}
    )
    desk = replace(desk, levels=(unit, *desk.levels[1:]))
    here, there, nowhere = [await nominated(database, desk, place) for place in ("dz", "jn", "")]
    assert desk.scope_of(dezhou) == {1: frozenset({"dz", ""})}
    staff = Staff(counsel=frozenset({dezhou, jinan, *REVIEWERS}))
    async with database.reading() as session:
        seen = {
            one: {row.id for row in await queue.in_queue(session, desk.key, one, scope=desk.scope_of(one))}
            for one in (dezhou, jinan, CITY)
        }
        assert seen == {dezhou: {here, nowhere}, jinan: {there, nowhere}, CITY: set()}
        assert (await queue.count_waiting(session, desk.key, dezhou, desk.scope_of(dezhou))).total == 2
        assert await staff.of_desk(session, desk, NOON, 1, "jn") == [jinan]
        assert await staff.of_desk(session, desk, NOON, 1, "") == [dezhou, jinan], "somebody has to"
        assert await staff.of_desk(session, desk, NOON, 2, "jn") == [CITY]
    with pytest.raises(NoSuchCase):
        await taken(database, there, dezhou, desk)
    await taken(database, here, dezhou, desk)
    row = await approved(database, here, dezhou, 1, desk)
    assert (row.level, row.place) == (2, "dz")
    await taken(database, here, CITY, desk)


async def test_with_reviewers_for_all_places_those_of_a_place_have_only_theirs(database: Database) -> None:
    dezhou = PersonId(971)
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    desk = replace(desk, levels=(replace(desk.levels[0], by_place={"dz": frozenset({dezhou})}), *desk.levels[1:]))
    assert desk.scope_of(dezhou) == {1: frozenset({"dz"})} and desk.scope_of(UNIT) == {1: None}
    for place, able in (("dz", [UNIT, dezhou]), ("jn", [UNIT]), ("", [UNIT])):
        async with database.reading() as session:
            staff = Staff(counsel=frozenset({dezhou, UNIT}))
            assert await staff.of_desk(session, desk, NOON, 1, place) == able


async def test_a_place_that_was_changed_in_the_database_counts_for_nothing(database: Database) -> None:
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    case_id = await nominated(database, desk, "dz")
    async with database.writing() as session:
        await session.execute(text("UPDATE cases SET place = 'jn'"))
    with pytest.raises(CaseInDoubt):
        await taken(database, case_id, UNIT, desk)


async def test_what_is_overdue_is_told_at_its_level_then_above(database: Database) -> None:
    """The clock of a level stands still while the nominee is asked, and goes on with what was left."""
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    staff = Staff(
        admins=frozenset({PersonId(901)}), coordinators=frozenset({PersonId(900)}), counsel=frozenset(REVIEWERS)
    )
    context = clock_context(desks={desk.key: desk})
    case_id = await nominated(database, desk)
    await taken(database, case_id, UNIT, desk)
    await approved(database, case_id, UNIT, 1, desk)

    async def told(now: Any) -> list[PersonId]:
        async with database.writing() as session:
            rows = await queue.late(session, now)
            late = await escalation.escalate_late(session, rows, staff, context.settings, now)
            return [person for one in late for person in one.recipients]

    assert await told(NOON + DAY) == []
    assert await told(NOON + 2 * DAY) == [CITY]
    await taken(database, case_id, CITY, desk)
    async with database.writing() as session:
        row = await access.find_for_update(session, case_id)
        assert row is not None
        row.due_at = NOON + 8 * DAY
        await messages.say(session, row, Side.HANDLER, CITY, None, Said(text="Which year?"), NOON + 6 * DAY)
    assert await told(NOON + 90 * DAY) == [], "it waits for the nominee"
    async with database.writing() as session:
        row = await access.find_for_update(session, case_id)
        assert row is not None
        await messages.say(session, row, Side.RIDER, RIDER, None, Said(text="2024"), NOON + 20 * DAY)
        assert row.due_at == NOON + 22 * DAY, "two days were left"
    assert await told(NOON + 21 * DAY) == []
    assert await told(NOON + 22 * DAY) == [PersonId(900)], "the reviewers were told before"


async def test_a_level_that_was_skipped_in_the_database_counts_for_nothing(database: Database) -> None:
    desk = with_reviewers(OPEN_TO_ALL, *REVIEWERS)
    case_id = await nominated(database, desk)
    async with database.writing() as session:
        await session.execute(text("UPDATE cases SET level = 3"))
    with pytest.raises(CaseInDoubt):
        await taken(database, case_id, PROVINCE, desk)
    async with database.reading() as session:
        assert await queue.in_queue(session, desk.key, PROVINCE, scope={3: None}) == []
        assert await session.scalar(select(Case.level)) == 3


async def test_a_reason_is_the_riders_to_read_and_goes_with_the_case(database: Database) -> None:
    case_id = await nominated(database, OPEN_TO_ALL)
    await taken(database, case_id, UNIT, OPEN_TO_ALL)
    async with database.writing() as session:
        await levels.refuse(session, Step(case_id, 1, UNIT), OPEN_TO_ALL, "No proof", NOON)
        (copied,) = await personal_data.copy_of(session, RIDER)
        assert copied["decisions"] == [{"level": 1, "verdict": Verdict.REFUSED, "at": NOON, "reason": "No proof"}]
        await erasure.erase(session, RIDER)
    async with database.reading() as session:
        (decision,) = await levels.decisions(session, case_id)
        assert (levels.reason_of(session, decision), decision.verdict) == ("", Verdict.REFUSED)
