"""Activities to sign up for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.activities import planning, sign_ups
from storage.activities.activities import Kind
from storage.activities.ids import ActivityId
from storage.activities.planning import Plan
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.simulator import (
    ADMIN,
    COORDINATOR,
    COUNSEL,
    NOON,
    SECOND_COUNSEL,
    Rider,
    Town,
)

STAFF = (COORDINATOR, ADMIN, COUNSEL, SECOND_COUNSEL)
SATURDAY = NOON + timedelta(days=4, hours=3)


def basketball(**changes: Any) -> Plan:
    return Plan(
        **{
            "title": "3x3 basketball",
            "kind": Kind.SPORT,
            "starts_at": SATURDAY,
            "ends_at": SATURDAY + timedelta(hours=2),
            "places": 2,
            **changes,
        }
    )


async def published(database: Database, **changes: Any) -> ActivityId:
    async with database.writing() as session:
        row = await planning.create(session, basketball(**changes), PersonId(900), NOON)
        await planning.publish(session, row.id, NOON)
        return row.id


async def signs_up(database: Database, activity_id: ActivityId, person_id: int, **more: Any) -> sign_ups.Place:
    async with database.writing() as session:
        return await sign_ups.sign_up(session, activity_id, PersonId(person_id), NOON, is_member=False, **more)


async def at_home(town: Town, person_id: int, language: str = "en") -> Rider:
    """Somebody who has pressed Start and is written to in this language."""
    rider = town.rider(person_id, language.replace("_", "-").lower())
    await rider.says("/start")
    await rider.hears()
    if person_id in STAFF:
        await rider.hears()  # what waits for them comes first
    return rider


async def planned(town: Town, **changes: Any) -> ActivityId:
    async with town.database.writing() as session:
        row = await planning.create(session, basketball(**changes), COORDINATOR, NOON)
        await planning.publish(session, row.id, NOON)
        return row.id
