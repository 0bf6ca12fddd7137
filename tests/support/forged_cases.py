"""Cases that something other than the program changes in the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from storage.cases import access, cases
from storage.cases.ids import CaseId
from storage.cases.table import CaseContent
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

RIDER, THIEF, HANDLER = PersonId(451), PersonId(452), PersonId(453)


async def opened_case(database: Database, person: PersonId) -> CaseId:
    async with database.writing() as session:
        due = NOON + timedelta(hours=24)
        return (await cases.open_case(session, "legal", "L", person, CaseContent("pay"), 1, 2026, due, NOON)).id


async def rewritten(database: Database, statement: str) -> None:
    async with database.writing() as session:
        await session.execute(text(statement))


async def who_has_it(database: Database, case_id: CaseId) -> tuple[PersonId | None, PersonId | None]:
    """By both ways in which cases are read, which agree."""
    async with database.writing() as session:
        row = await access.find(session, case_id)
        assert row is not None
        found = row.person_id, row.assigned_to
    async with database.writing() as session:
        assert await access.find(session, case_id) is not None
        again = await access.find_for_update(session, case_id)
        assert again is not None and (again.person_id, again.assigned_to) == found
    return found
