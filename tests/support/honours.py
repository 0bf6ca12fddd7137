"""Nominations, their reviewers, and people in the register."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.config.config import load
from bot.config.desks import desks
from storage.cases.desks import Desk
from storage.database import Database
from storage.honours import register
from storage.honours.ids import HonouredId
from storage.honours.table import Entry, Honoured
from storage.people import roles
from storage.telegram_ids import PersonId
from tests.support.simulator import ADMIN, NOON

REVIEWERS = tuple(map(PersonId, (961, 962, 963)))
"""Of the unit, the city and the province."""
ID_NUMBER, OTHER_ID_NUMBER = "371402199003071235", "371402198801015014"
MERITS = "In the flood of July 2024 she brought medicine to 40 elderly households for three days."


def with_reviewers(desk: Desk, *reviewers: PersonId) -> Desk:
    """The desk with one reviewer at each of its levels."""
    named = tuple(
        replace(level, reviewers=frozenset({reviewer})) for level, reviewer in zip(desk.levels, reviewers, strict=True)
    )
    return replace(desk, levels=named)


def built_in(key: str) -> Desk:
    return desks(load(Path("none.toml")).desks)[key]


async def are_reviewers(database: Database, *ids: int, role: str = "reviewer") -> None:
    async with database.writing() as session:
        for one in ids:
            await roles.grant(session, PersonId(one), role, ADMIN, NOON)


async def registered(database: Database, name: str, person_id: int | None = None, id_number: str = "") -> HonouredId:
    """An entry; linked to an account, if it is given one."""
    entry = Entry(name, "Model worker", 2020, id_number=id_number)
    async with database.writing() as session:
        owner = None if person_id is None else PersonId(person_id)
        return (await register.add(session, entry, owner, NOON)).id


async def entry(database: Database, honoured_id: HonouredId) -> Honoured:
    async with database.reading() as session:
        return await register.find(session, honoured_id)
