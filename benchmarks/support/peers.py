"""The peers as programs: bots that answer every message with one (`python -m benchmarks.support.peers NAME URL`)."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from benchmarks.support.telegram_stub import TOKEN

TEXT = "Nearest stations"


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


async def telegram_echo(url: str, *, own_transport: bool) -> None:
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    from bot.telegram.transport import AiohttpRequest

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(TEXT)

    builder = Application.builder().token(TOKEN).base_url(f"{url}/bot").concurrent_updates(256)
    if own_transport:
        builder = builder.request(AiohttpRequest()).get_updates_request(AiohttpRequest())
    else:
        builder = builder.connection_pool_size(256).pool_timeout(60)
    application = builder.build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        await asyncio.Event().wait()


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
    if name == "aiogram":
        asyncio.run(aiogram_echo(url))
    elif name in ("limiter", "sends"):
        asyncio.run(telegram_sends(url, limited=name == "limiter"))
    else:
        asyncio.run(telegram_echo(url, own_transport=name == "telegram-aiohttp"))


if __name__ == "__main__":
    main()
