"""Calls of the Bot API that are not messages, and files that people sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from telegram import error

from bot.config.config import Config
from bot.telegram.transport import AiohttpRequest
from handlers.chat.incoming import Json
from handlers.chat.ports import NotFetched
from storage.scratch import Scratch

TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class ApiClient:
    """`files_url` is where files are: https://core.telegram.org/bots/api#getfile."""

    transport: AiohttpRequest
    base_url: str
    files_url: str

    @classmethod
    def of(cls, config: Config, transport: AiohttpRequest) -> ApiClient:
        """The bot of this config, at its Bot API."""
        api = config.telegram.api_base_url.rstrip("/")
        return cls(transport, f"{api}/bot{config.token}", f"{api}/file/bot{config.token}")

    async def call(self, method: str, params: Json, timeout: float = TIMEOUT) -> Any:
        """Returns the result of a method.

        Raises:
            TelegramError: Telegram refuses it, or does not answer within `timeout` seconds.
        """
        return await self.transport.call(f"{self.base_url}/{method}", params, read_timeout=timeout)

    async def download(self, file_id: str, limit: int, into: BinaryIO | Scratch) -> None:
        """Writes a file that was sent to the bot, of at most `limit` bytes, into another.

        Raises:
            NotFetched: Telegram does not give it, or it is longer.
        """
        try:
            found = await self.call("getFile", {"file_id": file_id})
            await self.transport.download(f"{self.files_url}/{found['file_path']}", limit, into)
        except error.TelegramError as failure:
            raise NotFetched(type(failure).__name__) from failure
