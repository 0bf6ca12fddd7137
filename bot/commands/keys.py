"""`keys rotate`: a new key, and everything re-encrypted with it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from bot.config.config import Config
from bot.process import key_file
from storage import keys, schema
from storage.database import Database
from storage.encryption import KEY_BYTES, put_first

SETTLES_AFTER = 6.0
"""Seconds after which every running program has read its keys again (it looks every 2 s) and seals with the new one."""


async def rotate_keys(config: Config, database: Database, say: Callable[[str], None]) -> int:
    """Returns how many values were re-encrypted.

    Keys of the config are rotated by putting the new one first there and restarting; a key file gets its new one here.
    What an earlier run has left over is finished first, with its key.

    Raises:
        WrongKey: the keys at hand do not open the database. Nothing was written then.
    """
    await schema.migrate(database)
    async with database.writing() as session:
        await keys.check(session)
        left = await keys.count_old(session)
    if left:
        say(f"{left} values are still encrypted with an older key; continuing with them")
    elif not config.security.encryption_keys:
        put_first(key_file(config), secrets.token_bytes(KEY_BYTES))
        database.vault.renew()
        say("a new key is now first in the key file; back up the file")
    await keys.announce(database)
    count = await _all(database, say)
    await asyncio.sleep(SETTLES_AFTER)
    return count + await _all(database, say)


async def _all(database: Database, say: Callable[[str], None]) -> int:
    count = 0
    async for done in keys.rotate(database):
        count += done
        say(f"{count} values re-encrypted")
    return count
