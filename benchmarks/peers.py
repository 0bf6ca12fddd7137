"""The peers as programs: bots that answer every message with one message. `python -m benchmarks.peers NAME URL`."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.stub import TOKEN

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


async def telegram_echo(url: str, own_transport: bool) -> None:
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    from bot.transport import AiohttpRequest

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


def main() -> None:
    name, url = sys.argv[1:]
    if name == "aiogram":
        asyncio.run(aiogram_echo(url))
    else:
        asyncio.run(telegram_echo(url, own_transport=name == "telegram-aiohttp"))


if __name__ == "__main__":
    main()
