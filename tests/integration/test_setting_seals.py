"""Who can write to the database but has no key changes no setting: not the hotline, not who handles a desk."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from bot.config.config import load
from bot.config.runtime_settings import RuntimeSettings
from storage import keys, schema
from storage.database import Database
from storage.operations import settings
from tests.support.databases import KEY, opened
from tests.support.simulator import ADMIN, NOON

HOTLINE, OTHER = "organisation.hotline", "reminders.quiet_hours"
NEW_KEY = bytes(reversed(range(32)))
FORGERIES = {
    HOTLINE: "400-EVIL",
    "broadcasts.approval_above": 1_000_000,
    "desks.care.handlers": [452],
    "desks.legal.forum": -100_452,
}


async def written(database: Database, name: str, value: object, seal: str = "NULL") -> None:
    row = {"name": name, "value": orjson.dumps(value).decode()}
    async with database.writing() as session:
        await session.execute(text("DELETE FROM settings WHERE name = :name"), row)
        await session.execute(
            text(
                'INSERT INTO settings (name, value, "by", at, seal) '
                f"SELECT :name, :value, \"by\", at, {seal} FROM settings WHERE name = '{OTHER}'"
            ),
            row,
        )


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_setting_that_was_written_by_something_else_counts_for_nothing(database: Database, name: str) -> None:
    in_force = RuntimeSettings(load(Path("none.toml")), database)
    before = in_force.current.value
    async with database.writing() as session:
        await settings.change(session, OTHER, FORGERIES[name], ADMIN, NOON)
    for seal in ("NULL", "seal"):  # none, or that of another setting with this value
        await written(database, name, FORGERIES[name], seal)
        async with database.reading() as session:
            assert set(await settings.read_all(session)) == {OTHER}
    await in_force.refresh()
    assert in_force.current.value == before
    async with database.writing() as session:
        await settings.change(session, HOTLINE, "12345", ADMIN, NOON)
    await in_force.refresh()
    assert in_force.current.value.organisation.hotline == "12345"


async def test_a_setting_outlives_its_key(database: Database, migrated_url: str) -> None:
    async with database.writing() as session:
        await settings.change(session, HOTLINE, "12345", ADMIN, NOON)
    both = opened(migrated_url, NEW_KEY, KEY)
    assert sum([done async for done in keys.rotate(both)]) >= 1
    await both.close()
    alone = opened(migrated_url, NEW_KEY)
    async with alone.reading() as session:
        assert await settings.read_all(session) == {HOTLINE: "12345"}
    await alone.close()


async def test_an_upgrade_seals_what_the_chat_can_change_and_nothing_else(database_url: str) -> None:
    database = opened(database_url)
    await schema.migrate(database)
    async with database.writing() as session:
        for name, value in {**FORGERIES, HOTLINE: "12345"}.items():
            await settings.change(session, name, value, ADMIN, NOON)
    await schema.migrate(database, "0017")
    await schema.migrate(database)
    async with database.reading() as session:
        assert await settings.read_all(session) == {HOTLINE: "12345"}
    await database.close()
