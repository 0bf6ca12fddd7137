"""`check` says that nobody is an admin: a hint, since the bot runs without one."""

from __future__ import annotations

from pathlib import Path

from tests.support.processes import said_by
from tests.support.simulator import TOKEN, telegram

FINE = "the config and the connections are fine"


async def test_check_says_that_nobody_is_an_admin(tmp_path: Path) -> None:
    async with telegram() as (_, address):
        settings = {"NUANXIN_TELEGRAM__TOKEN": TOKEN, "NUANXIN_TELEGRAM__API_BASE_URL": address}
        code, (hint, fine) = await said_by(tmp_path, "check", **settings)
        assert (code, fine) == (0, FINE) and hint.startswith("hint: people.admins is empty")
        assert await said_by(tmp_path, "check", **settings, NUANXIN_PEOPLE__ADMINS="[7]") == (0, [FINE])
