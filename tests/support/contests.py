"""Contests to take part in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.params import Json, Upload
from storage.contests import contests, entry_changes, entry_checks, judges, moves
from storage.contests.contests import Contest, Phase, Plan, Settings
from storage.contests.entries import Content, Kind
from storage.contests.entry_changes import Offered
from storage.contests.ids import ContestId, EntryId
from storage.database import Database
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.telegram_ids import PersonId
from tests.support.simulator import COORDINATOR, NOON, Rider, Town

TITLE, RULES = "Safe riding 2027", "Show how you ride safely. One minute at most. No music of others."
CATEGORIES = ("Riding", "Helmets", "Stories")
SETTINGS = Settings(categories=CATEGORIES, criteria=("Idea", "Use"), prizes=("A scooter", "A helmet"), shortlist=2)
PHASES = (Phase.ENTRY, Phase.CHECK, Phase.VOTE, Phase.JUDGING)
BEFORE = NOON - timedelta(days=30)


def plan(phases: Sequence[Phase] = PHASES, segment: Segment | None = None, **changes: Any) -> Plan:
    untils: dict[Phase, datetime | None] = dict.fromkeys(phases)
    return Plan(TITLE, RULES, segment or Segment(), replace(SETTINGS, **changes), untils)


async def prepared(database: Database, wanted: Plan | None = None) -> ContestId:
    """A contest that has not been started."""
    async with database.writing() as session:
        return (await contests.create(session, wanted or plan())).id


async def moved(database: Database, contest_id: ContestId, to: Phase, now: datetime = NOON) -> None:
    """Moves it on until it is in this phase, without waiting for what people are told."""
    async with database.writing() as session:
        row = await contests.find(session, contest_id)
        while row.phase is not to:
            await moves.move(session, contest_id, row.phase, COORDINATOR, now, None)


async def found(database: Database, contest_id: ContestId) -> Contest:
    async with database.reading() as session:
        return await contests.find(session, contest_id)


async def known(database: Database, *ids: int, since: datetime = BEFORE) -> None:
    """People who used the bot before the contest began."""
    async with database.writing() as session:
        for one in ids:
            row = await session.get(PersonRow, PersonId(one))
            if row is None:
                session.add(PersonRow(id=PersonId(one), first_seen=since, last_seen=since))
            else:
                row.first_seen = since


async def entered(
    database: Database, contest_id: ContestId, person_id: int, category: int = 0, title: str = "", **changes: Any
) -> EntryId:
    """An entry that is shown."""
    await known(database, person_id)
    content = Content(Kind.TEXT, title or f"Work of {person_id}", "How I ride", f"Team {person_id}")
    async with database.writing() as session:
        offered = Offered(category, replace(content, **changes), 1)
        row = await entry_changes.enter(session, contest_id, PersonId(person_id), offered, NOON)
        await entry_checks.decide(session, row.id, 1, reason=None)
        return row.id


async def judged_by(database: Database, contest_id: ContestId, *ids: int) -> None:
    async with database.writing() as session:
        for one in ids:
            await judges.name(session, contest_id, PersonId(one))


async def sends_video(town: Town, rider: Rider, name: str, content: bytes = b"film") -> Json:
    return await rider.sends(video=town.world.files.video(Upload(name, content)))


async def sends_document(town: Town, rider: Rider, name: str, content: bytes = b"page") -> Json:
    return await rider.sends(document=town.world.files.document(Upload(name, content)))
