"""Where the sandbox keeps its data: in a folder of its own, inside the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.config.config import Config, default_database

NAME = "sandbox"
LOCK = "running.lock"
"""Held while the sandbox runs."""
_GO_ITS_WAY = ("run", "sandbox", "check")


def apart(config: Config) -> Config:
    """The config with the sandbox's folder in the place of the data folder. A database that the config names is used as
    it is. Backups always go into the sandbox's folder: among those of a real bot they would push out the older ones."""
    folder = config.data.folder / NAME
    url = default_database(folder) if _has_own_database(config) else config.database.url
    return config.model_copy(
        update={
            "data": config.data.model_copy(update={"folder": folder}),
            "database": config.database.model_copy(update={"url": url}),
            "backup": config.backup.model_copy(update={"folder": folder / "backups"}),
        }
    )


def _has_own_database(config: Config) -> bool:
    return config.database.url == default_database(config.data.folder)


def in_use(config: Config, command: str | None) -> Config:
    """What a command works on: without a token it is the sandbox's data, unless the bot's own are there.

    The sandbox itself never works on the bot's own.
    """
    if config.token and command != "sandbox":
        return config
    if command in _GO_ITS_WAY:
        found = apart(config)
        # What is checked is the folder for the real backups to come: the sandbox's own can always be written.
        return found.model_copy(update={"backup": config.backup}) if command == "check" else found
    has_real = not _has_own_database(config) or _file(config).exists()
    return config if has_real or not _file(apart(config)).exists() else apart(config)


def _file(config: Config) -> Path:
    return Path(config.database.url.partition(":///")[2])


def can_start_afresh(config: Config) -> bool:
    """Whether everything is in the sandbox's folder, so that removing it takes nothing of anybody else's."""
    return config.data.folder.name == NAME and _has_own_database(config)


def start_afresh(config: Config) -> None:
    """Removes the sandbox's database, key, chats, files and backups."""
    if not can_start_afresh(config):
        return
    for path in config.data.folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink(missing_ok=True)
