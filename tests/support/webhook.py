"""The bot with a webhook, and Telegram that posts to it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from bot.process import served
from storage.database import Database
from storage.stations import stations
from tests.support.config import configured
from tests.support.simulator import HALL, NOON, Town, free_port, running, telegram

SECRET = "s3cret-of-the-webhook"


HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hooked:
    def __init__(self, town: Town, url: str) -> None:
        self.town, self.url = town, url

    async def post(self, body: bytes | None = None, secret: str = SECRET, method: str = "POST", path: str = "") -> int:
        content = io.BytesIO(body) if body is not None else None
        asking = aiohttp.request(method, path or self.url, data=content, headers={HEADER: secret})
        async with asking as answer:
            return answer.status


@contextlib.asynccontextmanager
async def with_webhook(database: Database, tmp_path: Path) -> AsyncIterator[Hooked]:
    async with database.writing() as session:
        await stations.put_all(session, [HALL], NOON)
    listening = free_port()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook/telegram"
    async with telegram() as (api, address):
        config = configured(tmp_path, address, mode="webhook", webhook_url=url, webhook_secret=SECRET)
        town = Town(database, api, config)
        async with served(town.app.web_application(), listening, leaves_within=0.2), running(town.app):
            # Before a replica knows its share it keeps what newcomers are to hear, until the clock has gone on; a
            # town's clock stands still.
            await town.until(lambda: town.app.telegram.courier.pacer.share > 0)
            yield Hooked(town, url)
