"""`check`: what would keep the bot from running, one line a fault."""

from __future__ import annotations

from telegram import error

from bot.config.config import Config
from bot.process import CannotStart, open_configured
from bot.telegram.transport import AiohttpRequest
from storage import schema
from storage.encryption import BadKey


async def faults(config: Config) -> list[str]:
    """Looks at the database and at Telegram; an empty list means that all is well."""
    found = [await _database(config)]
    if config.token:
        found.append(await _telegram(config))
    return [line for line in found if line]


async def _database(config: Config) -> str:
    try:
        database = open_configured(config)
    except (BadKey, OSError) as failure:
        return f"security.encryption_keys: {failure}"
    except CannotStart as failure:
        return str(failure)
    try:
        async with database.engine.connect() as connection:
            found = await schema.revision(connection)
    except Exception as failure:
        return f"database.url: the database can't be opened ({type(failure).__name__})"
    finally:
        await database.close()
    if found is not None and found > schema.NEWEST:
        return f"database.url: the database has schema {found}, but this program only knows {schema.NEWEST}"
    return ""


async def _telegram(config: Config) -> str:
    url = f"{config.telegram.api_base_url.rstrip('/')}/bot{config.token}/getMe"
    async with AiohttpRequest() as transport:
        try:
            await transport.call(url, {}, read_timeout=10)
        except (error.InvalidToken, error.Forbidden):
            return "telegram.token: Telegram does not accept it"
        except error.TelegramError as failure:
            return f"telegram.api_base_url: {failure.message}"
    return ""
