"""Collective cases: who may join, see and write what, whatever is done in which order; and what they leave behind."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import access, cases, collectives, erasure, joining, messages, personal_data, to_all
from storage.cases.collectives import CollectiveCase
from storage.cases.ids import CaseId, CaseMessageId, CollectiveId
from storage.cases.joining import JoinedElsewhere
from storage.cases.messages import Said
from storage.cases.parties import is_in_doubt
from storage.cases.table import Case, CaseContent, CaseState, NoSuchCase, Outcome, Side
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.disclosure import HIDDEN
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from tests.support.forged_cases import rewritten
from tests.support.simulator import NOON

RIDERS = [PersonId(8101 + at) for at in range(6)]
LAWYER, OTHER = PersonId(8201), PersonId(8202)
DESKS = ["legal"]


async def brought(
    session: AsyncSession, rider: PersonId | None, handler: PersonId | None = LAWYER, desk: str = "legal"
) -> CaseId:
    content = CaseContent("fine", "Meituan")
    row = await cases.open_case(session, desk, desk[0].upper(), rider, content, 1, 2026, NOON, NOON)
    if handler is not None:
        await cases.claim(session, row.id, handler, [desk], NOON)
    return row.id


async def begun(session: AsyncSession, case_id: CaseId) -> CollectiveId:
    row, _ = await joining.open_collective(session, case_id, LAWYER, "L", "Fine of 200", 2026, NOON)
    return row.id


async def copies(session: AsyncSession) -> list[tuple[PersonId, int]]:
    rows = await session.execute(select(Delivery.recipient, Delivery.subject).where(Delivery.kind == "case_message"))
    return [(recipient, subject) for recipient, subject in rows if subject is not None]


async def test_nobody_joins_a_case_that_is_not_in_their_hands(database: Database) -> None:
    """Neither one in the queue, nor a colleague's, a hidden one, another desk's or a closed one; nor to a collective
    case that they may not see."""
    async with database.writing() as session:
        mine = await brought(session, RIDERS[0])
        collective = await begun(session, mine)
        waiting, colleagues = await brought(session, RIDERS[1], None), await brought(session, RIDERS[2], OTHER)
        aid, own = await brought(session, RIDERS[3], desk="aid"), await brought(session, LAWYER, None)
        hidden = await brought(session, RIDERS[4])
        await cases.mark_conflict(session, await access.of_handler(session, hidden, LAWYER), LAWYER)
        closed = await brought(session, RIDERS[5])
        cases.close(await access.of_handler(session, closed, LAWYER), Outcome.ADVISED, NOON)
    for case_id in (waiting, colleagues, aid, own, hidden, closed):
        async with database.writing() as session:
            with pytest.raises(Refused):
                await joining.join(session, case_id, collective, LAWYER, [*DESKS, "aid"])
    async with database.writing() as session:
        await joining.open_collective(session, aid, LAWYER, "A", "Another", 2026, NOON)
        with pytest.raises(JoinedElsewhere):
            await joining.open_collective(session, mine, LAWYER, "L", "Twice", 2026, NOON)
        with pytest.raises(NoSuchCase):
            await joining.join(session, colleagues, collective, OTHER, ["aid"])
        own_too = await brought(session, RIDERS[0], OTHER)
        await joining.join(session, colleagues, collective, OTHER, DESKS)
        with pytest.raises(NoSuchCase):
            await collectives.visible(session, collective, RIDERS[0], DESKS)
        with pytest.raises(NoSuchCase):
            await joining.join(session, own_too, collective, RIDERS[0], DESKS)
        assert [row.id for row in await collectives.joined(session, collective)] == [mine, colleagues]


async def test_whose_case_is_hidden_is_neither_seen_nor_counted(database: Database) -> None:
    """A conflict of interest in one case: somebody with none of them in hand does not find the collective case."""
    async with database.writing() as session:
        first, second = await brought(session, RIDERS[0]), await brought(session, RIDERS[1])
        collective = await begun(session, first)
        await joining.join(session, second, collective, LAWYER, DESKS)
        assert [one.id for one in await collectives.of_desk(session, "legal", OTHER)] == [collective]
        await cases.mark_conflict(session, await access.of_handler(session, second, LAWYER), OTHER)
        assert await collectives.of_desk(session, "legal", OTHER) == []
        await cases.mark_conflict(session, await access.of_handler(session, second, LAWYER), LAWYER)
        assert [row.id for row in await collectives.seen_of(session, collective, LAWYER)] == [first]
        assert [row.id for row in await to_all.say(session, collective, LAWYER, "To all", NOON)] == [first]


async def test_a_case_that_was_joined_in_the_database_is_in_doubt(database: Database) -> None:
    async with database.writing() as session:
        first, second = await brought(session, RIDERS[0]), await brought(session, RIDERS[1])
        collective = await begun(session, first)
    await rewritten(database, f"UPDATE cases SET collective_id = {collective} WHERE id = {second}")
    async with database.writing() as session:
        row = await access.find(session, second)
        assert row is not None and is_in_doubt(row)
        assert [one.id for one in await to_all.say(session, collective, LAWYER, "To all", NOON)] == [first]
        assert [one.id for one in await collectives.seen_of(session, collective, LAWYER)] == [first]


@pytest.mark.parametrize("seed", range(3))
async def test_no_rider_gets_anything_of_another(database: Database, seed: int) -> None:
    """Whatever happens in which order: every copy goes to the rider or the handler of the case in which it was said."""
    chance = random.Random(seed)
    async with database.writing() as session:
        ids = [await brought(session, rider, LAWYER) for rider in RIDERS]
        collective = await begun(session, ids[0])
    for step in range(80):
        async with database.writing() as session:
            with suppress(Refused):
                await something(session, chance, collective, chance.choice(ids), f"step {step}")
    async with database.reading() as session:
        found = await copies(session)
        assert len([one for one, _ in found if one in RIDERS]) > 5, "something was said to riders"
        for recipient, subject in found:
            await is_theirs(session, recipient, CaseMessageId(subject))
        for rider in RIDERS:
            own = {row.number for row in await access.cases_of(session, rider)}
            assert {one["case"] for one in await messages.copy_of(session, rider)} <= own
            told = str(await personal_data.copy_of(session, rider))
            assert "Fine of 200" not in told, "what handlers wrote about all of it"


async def something(
    session: AsyncSession, chance: random.Random, collective: CollectiveId, case_id: CaseId, text: str
) -> None:
    """One of what riders and handlers do."""
    handler, row = chance.choice([LAWYER, LAWYER, OTHER]), await session.get_one(Case, case_id)
    match chance.choice([0, 0, 0, 1, 2, 2, 3, 4, 5]):
        case 0:
            await joining.join(session, case_id, collective, handler, DESKS)
        case 1 if len(await collectives.joined(session, collective)) > 1:
            await joining.separate(session, case_id, handler)
        case 2:
            reached = await to_all.say(session, collective, handler, f"all {text}", NOON)
            assert all(one.assigned_to == handler and one.collective_id == collective for one in reached)
        case 3:
            said = Said(text=f"only from {row.person_id}")
            await messages.say(session, row, Side.RIDER, row.person_id, None, said, NOON)
        case 4:
            await cases.assign(session, row, handler, NOON)
        case 5 if chance.randrange(6) == 0:
            cases.close(row, Outcome.ADVISED, NOON)


async def is_theirs(session: AsyncSession, recipient: PersonId, message_id: CaseMessageId) -> None:
    kept = await session.get_one(messages.CaseMessage, message_id)
    row = await session.get_one(Case, kept.case_id)
    text = messages.said_in(session, kept).text
    if recipient in RIDERS:
        assert recipient == row.person_id and kept.side is Side.HANDLER and "only from" not in text
    else:
        assert recipient in (LAWYER, OTHER) and (kept.side is not Side.RIDER or str(row.person_id) in text)


async def test_a_message_to_all_is_no_answer_to_what_somebody_asked(database: Database) -> None:
    """Nor to words of danger; as a first answer it counts."""
    async with database.writing() as session:
        asked, urgent, new = [await brought(session, rider) for rider in RIDERS[:3]]
        collective = await begun(session, asked)
        for case_id in (urgent, new):
            await joining.join(session, case_id, collective, LAWYER, DESKS)
        row = await session.get_one(Case, asked)
        await messages.say(session, row, Side.HANDLER, LAWYER, None, Said(text="Hello"), NOON)
        await messages.say(session, row, Side.RIDER, RIDERS[0], None, Said(text="And my bonus?"), NOON)
        cases.mark_urgent(await session.get_one(Case, urgent), NOON, timedelta(minutes=15))
        await to_all.say(session, collective, LAWYER, "Bring your payslips", NOON)
        danger, fresh = await session.get_one(Case, urgent), await session.get_one(Case, new)
        assert row.state is CaseState.OURS
        assert danger.state is CaseState.OURS and danger.urgent_due_at is not None
        assert fresh.state is CaseState.RIDERS and fresh.first_answer_at == NOON


async def test_who_closes_and_who_writes_to_all_at_once(database: Database) -> None:
    """The message stands before the end of a case, or not at all: in none that is closed."""
    async with database.writing() as session:
        ids = [await brought(session, rider) for rider in RIDERS]
        collective = await begun(session, ids[0])
        for case_id in ids[1:]:
            await joining.join(session, case_id, collective, LAWYER, DESKS)
    reached: list[CaseId] = []

    async def writes() -> None:
        async with database.writing() as session:
            await collectives.in_hand_of(session, collective, LAWYER)  # as the preview has them
            await asyncio.sleep(0)
            reached.extend(row.id for row in await to_all.say(session, collective, LAWYER, "To all", NOON))

    async def closes(case_id: CaseId, rider: PersonId) -> None:
        async with database.writing() as session:
            row = await access.of_rider_for_update(session, case_id, rider)
            cases.close(row, Outcome.WITHDRAWN, NOON + timedelta(seconds=len(reached)))

    await asyncio.gather(closes(ids[5], RIDERS[5]), writes(), closes(ids[0], RIDERS[0]), closes(ids[3], RIDERS[3]))
    async with database.reading() as session:
        rows = (await session.scalars(select(Case).order_by(Case.id))).all()
        assert {row.id for row in rows if row.state is CaseState.CLOSED} == {ids[0], ids[3], ids[5]}, "none was opened"
        told = set((await session.scalars(select(messages.CaseMessage.case_id))).all())
        assert told == set(reached) >= {ids[1], ids[2], ids[4]}


async def test_what_is_left_of_a_collective_case(database: Database) -> None:
    """Erasing a rider leaves the count and nothing of theirs; with the last one goes what it was about; one without any
    case is gone."""
    async with database.writing() as session:
        ids = [await brought(session, rider) for rider in RIDERS[:5]] + [await brought(session, RIDERS[0])]
        collective = await begun(session, ids[0])
        for case_id in ids[1:]:
            await joining.join(session, case_id, collective, LAWYER, DESKS)
        found = await collectives.figures(session, "legal", NOON, NOON + timedelta(days=1))
        assert (found.people, found.cases) == (5, 5), "five people with six cases, rounded"
        row = await session.get_one(Case, ids[0])
        assert await collectives.people_in(session, row) == 5
        alone = await begun(session, await brought(session, OTHER))
    async with database.writing() as session:
        await joining.separate(session, (await collectives.joined(session, alone))[0].id, LAWYER)
        assert await session.get(CollectiveCase, alone) is None
        for rider in RIDERS[:4]:
            await erasure.erase(session, rider)
        kept = await session.get_one(CollectiveCase, collective)
        assert collectives.title_of(session, kept) == "Fine of 200"
        await erasure.erase(session, RIDERS[4])
    async with database.reading() as session:
        kept = await session.get_one(CollectiveCase, collective)
        assert collectives.title_of(session, kept) == "" and kept.title is None
        left = await collectives.joined(session, collective)
        assert [(row.person_id, row.content, is_in_doubt(row)) for row in left] == [(None, None, False)] * 6


async def test_an_erased_rider_is_not_several_people(database: Database) -> None:
    """Else somebody who brought five cases and left would be the five people below whom no number is told."""
    async with database.writing() as session:
        ids = [await brought(session, rider) for rider in [RIDERS[0]] * 5 + [RIDERS[1]]]
        collective = await begun(session, ids[0])
        for case_id in ids[1:]:
            await joining.join(session, case_id, collective, LAWYER, DESKS)
        row = await session.get_one(Case, ids[-1])
        assert await collectives.people_in(session, row) == 2
        await erasure.erase(session, RIDERS[0])
    async with database.reading() as session:
        row = await session.get_one(Case, ids[-1])
        assert await collectives.people_in(session, row) == 2
        found = await collectives.figures(session, "legal", NOON, NOON + timedelta(days=1))
        assert found.people is found.cases is HIDDEN


async def test_what_it_was_about_goes_with_the_last_case_of_which_anything_is_kept(database: Database) -> None:
    """Also if that one is taken out, and what stays are cases of riders who had everything erased."""
    async with database.writing() as session:
        erased, kept = await brought(session, RIDERS[0]), await brought(session, RIDERS[1])
        collective = await begun(session, erased)
        await joining.join(session, kept, collective, LAWYER, DESKS)
        await erasure.erase(session, RIDERS[0])
    async with database.writing() as session:
        await joining.separate(session, kept, LAWYER)
    async with database.reading() as session:
        row = await session.get_one(CollectiveCase, collective)
        assert [one.id for one in await collectives.joined(session, collective)] == [erased] and row.title is None
