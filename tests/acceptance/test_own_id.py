"""How whoever sets the bot up learns their Telegram id: by /id, and at /start while nobody is an admin."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from storage.people import roles
from storage.people.access import Role
from tests.support.config import configured
from tests.support.simulator import ADMIN, NOON, Town, running, telegram

NO_ADMIN = "No admin is configured yet."


@pytest.mark.parametrize("has_admin", [False, True])
async def test_the_number_is_told_by_id_and_at_start_while_nobody_is_an_admin(
    database: Database, tmp_path: Path, *, has_admin: bool
) -> None:
    """An admin may also have been named in the chat."""
    if has_admin:
        async with database.writing() as session:
            await roles.grant(session, ADMIN, Role.ADMIN.value, ADMIN, NOON, None)
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        town = Town(database, api, config.model_copy(update={"people": type(config.people)()}))
        async with running(town.app):
            rider = town.rider(31)
            await rider.says("/id")
            assert (await rider.hears())["text"] == "Your Telegram id: 31"
            await rider.says("/start")
            welcome = (await rider.hears_of("Welcome"))["text"]
            assert (NO_ADMIN in welcome, "Your Telegram id: 31" in welcome) == (not has_admin, not has_admin)
