"""Cases in the console: people who brought them, and those who have them in hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from storage import audit
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Side
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.pages import Pages, Visitor, with_pages
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL, Rider

TABLE = "/console/cases"
OWNERS = [PersonId(440 + at) for at in range(4)]
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


@asynccontextmanager
async def with_desks(database: Database, folder: Path) -> AsyncIterator[Pages]:
    """Four riders, of whom the second reads Chinese, and the staff."""
    async with with_pages(database, folder) as pages:
        async with database.writing() as session:
            staff = (COUNSEL, SECOND_COUNSEL, ADMIN, COORDINATOR)
            languages = {**dict.fromkeys((*OWNERS, *staff), "en"), OWNERS[1]: "zh_Hans"}
            await people.seen_all(session, languages, NOON)
        yield pages


async def told(
    pages: Pages,
    owner: PersonId | None = OWNERS[0],
    *,
    name: str = "Li Lei",
    desk: str = "legal",
    by: PersonId | None = COUNSEL,
) -> CaseId:
    async with pages.town.database.writing() as session:
        due, content = NOON + timedelta(hours=24), CaseContent("pay", "Meituan", name=name)
        row = await cases.open_case(session, desk, desk[0].upper(), owner, content, 1, 2026, due, NOON)
        await case_messages.say(session, row, Side.RIDER, owner, None, Said(text="the secret"), NOON)
        if by is not None:
            await cases.claim(session, row.id, by, [desk], NOON)
        return row.id


def riders(pages: Pages) -> list[Rider]:
    found = [pages.town.rider(one) for one in OWNERS]
    for rider in found:
        rider.person.started = True
    return found


async def counsel_of(pages: Pages, person_id: PersonId = COUNSEL) -> Visitor:
    return await pages.signs_in(pages.town.rider(person_id))


async def noted(pages: Pages, act: CaseAction) -> list[tuple[str, int | None]]:
    async with pages.town.database.reading() as session:
        return [(entry.about, entry.subject) for entry in await audit.search(session, 50, act=act.value)]


async def said_in(pages: Pages, case_id: CaseId) -> list[str]:
    async with pages.town.database.reading() as session:
        rows = await case_messages.talk_of(session, case_id, notes=True)
        return [case_messages.said_in(session, one).text for one in rows if one.side == Side.HANDLER]
