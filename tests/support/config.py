"""The config of a town: the defaults, with the test's Telegram and people, and no limit that a test would meet."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from bot.config.config import Config, default_database, load
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, SECOND_COUNSEL, TOKEN


@functools.cache
def _defaults() -> Config:
    """Read once: that takes as long as a chat."""
    return load(Path("none.toml"))


def _defaults_in(folder: Path) -> Config:
    """As `load` reads them from a folder without a config."""
    config, here = _defaults(), Path.cwd()

    def moved(path: Path) -> Path:
        return folder.resolve() / path.relative_to(here)

    data = config.data.model_copy(update={"folder": moved(config.data.folder)})
    backup = config.backup.model_copy(update={"folder": moved(config.backup.folder)})
    database = config.database.model_copy(update={"url": default_database(data.folder)})
    return config.model_copy(update={"data": data, "backup": backup, "database": database})


def configured(folder: Path, address: str, **telegram_section: Any) -> Config:
    """The defaults, with the test's Telegram and people."""
    config = _defaults_in(folder)
    # A test plays faster than people do. tests/acceptance/test_chat_limits.py has the pace of one chat, and test_pacing
    # and test_floods that of all together.
    pace = {"messages_per_second": 1_000, "messages_per_second_per_chat": 1_000}
    section = type(config.telegram).model_validate(
        {"token": TOKEN, "api_base_url": address, **pace, **telegram_section}
    )
    people = type(config.people)(coordinators=[COORDINATOR], admins=[ADMIN], counsel=[COUNSEL, SECOND_COUNSEL])
    backup = config.backup.model_copy(update={"enabled": False})
    # So for these: tests/acceptance/test_rate_limits.py has the limits of the default.
    limits = config.limits.model_copy(update={"burst": 100_000})
    return config.model_copy(update={"telegram": section, "people": people, "backup": backup, "limits": limits})
