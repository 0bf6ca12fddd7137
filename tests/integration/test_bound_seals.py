"""Who can write to the database but has no key can't have what is sealed in somebody's row opened for somebody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage import keys
from storage.activities import calendar_feeds, questions
from storage.activities.ids import ActivityId, QuestionId
from storage.cases import access, cases, drafts, messages
from storage.cases.files import evidence
from storage.cases.files.evidence import Evidence, EvidenceFile
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Side
from storage.database import Base, Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.dialogues import Filled
from storage.encryption import CannotDecrypt
from storage.membership import applications, memberships
from storage.operations.notices import ErrorReported
from storage.people import people
from storage.pseudonym_columns import Pseudonym
from storage.sealed_columns import sealed_columns
from storage.stations import searches
from storage.stations.ids import SearchId
from storage.stations.searches import Search
from storage.telegram_ids import PersonId
from tests.support.databases import KEY, opened
from tests.support.simulator import NOON

RIDER, THIEF = PersonId(451), PersonId(452)
NEW_KEY = bytes(reversed(range(32)))
WHOSE = {"case_id", "message_id", "activity_id"}
NOT_WHOSE = {
    "applications.content": {"claimed_by", "decided_by"},  # who reviews it sees it, whoever they are
    "audit.sealed": {"actor"},  # the chain holds it
    "broadcasts.content": {"corrected_by", "changed_to", "frozen_to"},  # many read it
    "broadcasts.release": {"corrected_by", "changed_to", "frozen_to"},
    "broadcasts.correction": {"author", "changed_to", "frozen_to"},
    "case_messages.content": {"author"},  # their side is told by the case
    "cases.content": {"person_id", "assigned_to"},  # sealed beside it
    "cases.parties": {"person_id", "assigned_to"},  # what it says
    "cases.doubt_told": {"person_id", "assigned_to"},  # says nothing
    "deliveries.params": {"message_id"},  # what it became in the chat
    "roles.seal": {"granted_by"},
    "blocks.reason": {"by"},
    "settings.seal": {"by"},
    "sos_calls.content": {"helper"},  # sealed before anyone goes
}


def test_every_value_is_bound_to_whose_row_it_is() -> None:
    for one in sealed_columns():
        bound_to = {column.name for column in (*one.keys, *one.bound_to)}
        whose = {
            column.name for column in one.table.columns if isinstance(column.type, Pseudonym) or column.name in WHOSE
        }
        assert whose - bound_to == NOT_WHOSE.get(one.name, set()), one.name


async def _two_cases(session: AsyncSession) -> None:
    """The rider's with a message, a note and a file; the thief's."""
    due = NOON + timedelta(hours=24)
    row = await cases.open_case(session, "legal", "L", RIDER, CaseContent("pay"), 1, 2026, due, NOON)
    said = await messages.say(session, row, Side.RIDER, RIDER, None, Said(text="They owe me"), NOON)
    await messages.say(session, row, Side.NOTE, None, None, Said(text="No witness"), NOON)
    await evidence.add(session, row.id, said.id, Side.RIDER, EvidenceFile("payslip", "", "x"), 0, NOON)
    await cases.open_case(session, "legal", "L", THIEF, CaseContent("pay"), 1, 2026, due, NOON)


async def _case_talk(session: AsyncSession) -> list[str]:
    (case,) = await access.cases_of(session, THIEF)
    return [messages.said_in(session, row).text for row in await messages.talk_of(session, case.id)]


async def _notes(session: AsyncSession) -> object:
    (case,) = await access.cases_of(session, RIDER)
    return [messages.said_in(session, row).text for row in await messages.talk_of(session, case.id)][1]


async def _files(session: AsyncSession) -> list[str]:
    (case,) = await access.cases_of(session, THIEF)
    return [evidence.file_of(session, row).name for row in await evidence.of_case(session, case.id)]


async def _draft(session: AsyncSession) -> None:
    await drafts.save(session, RIDER, "legal", Filled({"what": "They owe me"}), NOON)


async def _application(session: AsyncSession) -> None:
    await applications.apply(session, RIDER, {"name": "Li"}, 1, NOON)


async def _membership(session: AsyncSession) -> None:
    await memberships.create(session, RIDER, {"name": "Li"}, NOON)


async def _search(session: AsyncSession) -> None:
    await searches.add_all(session, [Search(SearchId(7), RIDER, NOON, 37.4, 116.3)])


async def _question(session: AsyncSession) -> None:
    await questions.ask(session, ActivityId(1), RIDER, "Is there parking?", NOON)


async def _asked(session: AsyncSession) -> object:
    row = await questions.find(session, QuestionId(1))
    return None if row is None else questions.text_of(session, row)


async def _notice(session: AsyncSession) -> None:
    await delivery_queue.add(session, Addressed(RIDER, ErrorReported("ab", "KeyError", "a.py:1"), NOON))


Step = Callable[[AsyncSession], Awaitable[object]]
THEFTS: dict[str, tuple[Step, str, Step]] = {
    "a message": (_two_cases, "UPDATE case_messages SET case_id = 2", _case_talk),
    "a note": (_two_cases, "UPDATE case_messages SET side = 1", _notes),
    "a file": (_two_cases, "UPDATE evidence SET case_id = 2", _files),
    "a draft": (_draft, "UPDATE case_drafts SET person_id = :thief", lambda s: drafts.find(s, THIEF, "legal", NOON)),
    "an application": (
        _application,
        "UPDATE applications SET person_id = :thief",
        lambda s: applications.copy_of(s, THIEF),
    ),
    "a membership": (_membership, "UPDATE memberships SET person_id = :thief", lambda s: memberships.copy_of(s, THIEF)),
    "a place": (_search, "UPDATE searches SET person_id = :thief", lambda s: searches.latest(s, THIEF, NOON)),
    "a question": (_question, "UPDATE activity_questions SET activity_id = 2", _asked),
    "a notice": (_notice, "UPDATE deliveries SET recipient = :thief", lambda s: delivery_queue.claim(s, NOON, 9)),
}


async def pseudonym_of_thief(session: AsyncSession) -> object:
    token = await calendar_feeds.token_of(session, THIEF)
    assert token
    return await session.scalar(text("SELECT person_id FROM calendar_feeds"))


@pytest.mark.parametrize("what", THEFTS)
async def test_what_is_given_to_somebody_else_does_not_open(database: Database, what: str) -> None:
    before, statement, steals = THEFTS[what]
    async with database.writing() as session:
        await before(session)
        thief = await pseudonym_of_thief(session)
    async with database.writing() as session:
        await session.execute(text(statement), {"thief": thief} if ":thief" in statement else {})
    with pytest.raises(CannotDecrypt):
        async with database.writing() as session:
            await steals(session)


async def test_pieces_of_somebody_elses_file_are_none_of_ones_own(database: Database) -> None:
    async with database.writing() as session:
        rows = []
        for number, content in ((1, b"payslip"), (2, b"nothing")):
            file = EvidenceFile("a", "", "x")
            row = await evidence.add(session, CaseId(number), CaseMessageId(number), Side.RIDER, file, 0, NOON)
            storing = await evidence.begin_storing(session, row.id)
            assert storing is not None and await evidence.store_piece(session, storing, content) is storing
            await evidence.end_storing(session, storing, NOON)
            rows.append(row)
    async with database.writing() as session:
        await session.execute(text("UPDATE evidence_pieces SET evidence_id = 2, piece = 1 - evidence_id"))
        stolen = await session.get_one(Evidence, rows[1].id)
        assert [piece async for piece in evidence.pieces(session, stolen)] == [b"nothing"]


async def test_a_secret_that_is_copied_opens_nobody_elses_card_or_calendar(database: Database) -> None:
    async with database.writing() as session:
        for person in (RIDER, THIEF):
            await memberships.create(session, person, {"name": str(person)}, NOON)
            await calendar_feeds.token_of(session, person)
        token = await calendar_feeds.token_of(session, THIEF)
        member = await memberships.of(session, THIEF)
        assert member is not None
        card = memberships.content_of(session, member)["card"]
        for table, index in (("calendar_feeds", "token_index"), ("memberships", "card_index")):
            one = Base.metadata.tables[table]
            of_thief = await session.scalar(select(one.c[index]).where(one.c.person_id == THIEF))
            await session.execute(one.update().values({index: of_thief}))
    async with database.reading() as session:
        assert await calendar_feeds.owner(session, token) == THIEF
        found = await memberships.by_card(session, card)
        assert found is not None and found.person_id == THIEF


async def test_a_name_that_is_copied_is_nobody_elses(database: Database) -> None:
    names = {RIDER: "li", THIEF: "thief"}
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(names, "en"), NOON, names)
        await people.seen_all(session, {THIEF: "en"}, NOON + timedelta(days=1), {THIEF: "thief"})
        for column in ("username_index", "username_seal"):
            of_rider = f"(SELECT {column} FROM people ORDER BY last_seen LIMIT 1)"
            await session.execute(text(f"UPDATE people SET {column} = {of_rider}"))
            assert await people.by_username(session, "Li") == RIDER


async def test_what_is_bound_outlives_its_key_and_moves_with_its_case(database: Database, migrated_url: str) -> None:
    async with database.writing() as session:
        await _two_cases(session)
    both = opened(migrated_url, NEW_KEY, KEY)
    assert sum([done async for done in keys.rotate(both)]) >= 6
    await both.close()
    alone = opened(migrated_url, NEW_KEY)
    async with alone.writing() as session:
        (old,), (new,) = await access.cases_of(session, RIDER), await access.cases_of(session, THIEF)
        said = (await messages.talk_of(session, old.id))[0]
        await messages.move(session, said, old, new, NOON)
    async with alone.reading() as session:
        assert await _case_talk(session) == ["They owe me"]
        assert await _files(session) == ["payslip"]
    await alone.close()
