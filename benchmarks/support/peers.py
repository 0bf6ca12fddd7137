"""The peers as programs: bots that answer every message with one (`python -m benchmarks.support.peers NAME URL`)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from benchmarks.support.telegram_stub import TOKEN

TEXT = "Nearest stations"
_CALLED_WITH = {"chat_id": 1, "text": TEXT}


async def aiogram_echo(url: str) -> None:
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message

    session = AiohttpSession(api=TelegramAPIServer.from_base(url), limit=256)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(TEXT)

    await dispatcher.start_polling(Bot(TOKEN, session=session), handle_signals=False)


async def own_calls(url: str) -> None:
    """Calls of the Bot API as the bot makes them."""
    from bot.telegram.transport import AiohttpRequest

    async with AiohttpRequest() as transport:
        await _in_flight(partial(transport.call, f"{url}/bot{TOKEN}/sendMessage", _CALLED_WITH))


async def aiohttp_calls(url: str) -> None:
    """The same calls by aiohttp's client, spared what it can be."""
    import aiohttp
    import orjson

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=256),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("User-Agent", "Accept-Encoding"),
    ) as session:

        async def call() -> None:
            body, headers = orjson.dumps(_CALLED_WITH), {"Content-Type": "application/json"}
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", data=body, headers=headers) as answer:
                orjson.loads(await answer.read())

        await _in_flight(call)


async def _in_flight(call: Callable[[], Awaitable[object]]) -> None:
    """256 at a time, for ever."""

    async def caller() -> None:
        while True:
            await call()

    await asyncio.gather(*(caller() for _ in range(256)))


async def telegram_sends(url: str, *, limited: bool) -> None:
    """Sends as fast as the library lets it, 30 at a time, or as its AIORateLimiter paces it."""
    from telegram.ext import AIORateLimiter, Application, BaseRateLimiter

    builder = Application.builder().token(TOKEN).base_url(f"{url}/bot").connection_pool_size(64).pool_timeout(600)
    if limited:
        limiter: BaseRateLimiter[Any] = AIORateLimiter(overall_max_rate=30, overall_time_period=1)
        builder = builder.rate_limiter(limiter)
    async with builder.build() as application:
        room = asyncio.Semaphore(1_000 if limited else 30)

        async def send(chat: int) -> None:
            async with room:
                await application.bot.send_message(chat, TEXT)

        await asyncio.gather(*(send(chat) for chat in range(1, 721 if limited else 3_001)))


def main() -> None:
    name, url = sys.argv[1:]
    if name.startswith("aiogram"):
        if name == "aiogram-with-libraries":
            import numpy  # noqa: F401
            import sqlalchemy.ext.asyncio  # noqa: F401
        asyncio.run(aiogram_echo(url))
    elif name in ("limiter", "sends"):
        asyncio.run(telegram_sends(url, limited=name == "limiter"))
    elif name == "own-calls":
        asyncio.run(own_calls(url))
    elif name == "aiohttp-calls":
        asyncio.run(aiohttp_calls(url))
    else:
        sys.exit(f"no peer is called {name}")


if __name__ == "__main__":
    main()
