"""`check`: goes the way of `run` up to the first update, and only looks. Each fault is one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from telegram import error

from bot.backup import database_dump
from bot.backup.database_dump import CannotDump
from bot.commands.base import line_of
from bot.commands.health import is_running
from bot.config.config import Config
from bot.geocoding import GeopyGeocoder, NotUsable
from bot.process import CannotStart, check_way_to_telegram, database_file, listen, open_to_look
from bot.sandbox.runner import check_sandbox, require_own
from bot.telegram.transport import AiohttpRequest
from storage import keys, schema, schema_comparison
from storage.database import Database
from storage.database_errors import Cause, cause_of


async def faults(config: Config) -> list[str]:
    """Changes nothing, on the disk or in the database; an empty list means that all is well."""
    found = [*_places(config), *_backups(config), _address(config), await _database(config), await _geocoder(config)]
    if config.token:
        found.append(await _telegram(config))
    return [line for line in found if line]


def _places(config: Config) -> Iterator[str]:
    """Where the bot writes."""
    if not _can_hold_files(config.data.folder):
        yield f"data.folder: {config.data.folder} can't be written"
    file = database_file(config)
    if file is not None and not _can_be_written(file):
        yield f"database.url: {file} can't be written"
    if config.log_file is not None and not _can_be_written(config.log_file):
        yield f"logging.file: {config.log_file} can't be written"


def _can_hold_files(folder: Path) -> bool:
    """Whether files can be made in it, or in the folder that it would be made in."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _can_be_written(file: Path) -> bool:
    if os.path.lexists(file):
        return file.is_file() and os.access(file, os.W_OK)
    return _can_hold_files(file.parent)


def _backups(config: Config) -> Iterator[str]:
    section = config.backup
    if not section.enabled:
        return
    if not _can_hold_files(section.folder):
        yield f"backup.folder: {section.folder} can't be written"
    if section.tools and not Path(section.tools).is_dir():
        yield f"backup.tools: {section.tools} is not a folder"
    elif database_file(config) is None:
        try:
            database_dump.find_tools(section.tools)
        except CannotDump as failure:
            yield f"backup.tools: {failure}"


def _address(config: Config) -> str:
    """Whether the bot can listen there; that it does already is no fault."""
    try:
        if not config.token:
            check_sandbox(config)
        listen(config).close()
    except CannotStart as failure:
        return "" if is_running(config.web) else str(failure)
    return ""


async def _database(config: Config) -> str:
    try:
        database = open_to_look(config)
        if database is not None:
            try:
                await _look_into(database)
                if not config.token:
                    await require_own(config, database)
            finally:
                await database.close()
    except Exception as failure:
        return _explained(failure)
    return ""


async def _look_into(database: Database) -> None:
    """As the start does: the schema, then the keys. An older schema is migrated by the start."""
    async with database.connected() as connection:
        found = await schema.revision(connection)
        schema.check_not_newer(found)
    if found is None:
        return
    try:
        async with database.reading() as session:
            if found == schema.NEWEST:
                await schema_comparison.compare(session)
            await keys.verify(session)
    except Exception as failure:
        if found == schema.NEWEST or cause_of(failure) is not Cause.SCHEMA:
            raise


def _explained(failure: Exception) -> str:
    line = line_of(failure)
    if not line:
        raise failure
    return line


async def _geocoder(config: Config) -> str:
    if not config.geocoding.service:
        return ""
    try:
        await GeopyGeocoder(config.geocoding).close()
    except NotUsable as failure:
        return str(failure)
    return ""


async def _telegram(config: Config) -> str:
    url = f"{config.telegram.api_base_url.rstrip('/')}/bot{config.token}/getMe"
    try:
        check_way_to_telegram(config)
        async with AiohttpRequest() as transport:
            await transport.call(url, {}, read_timeout=10)
    except CannotStart as failure:
        return str(failure)
    except (error.InvalidToken, error.Forbidden):
        return "telegram.token: Telegram does not accept it"
    except error.TelegramError as failure:
        return f"telegram.api_base_url: {failure.message}"
    return ""
