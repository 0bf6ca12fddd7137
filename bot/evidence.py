"""Evidence in: the leader fetches what was sent to cases from Telegram, and keeps it encrypted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.logs import logger
from bot.transport import AiohttpRequest
from handlers.case_messages import MOST_BYTES
from storage import evidence
from storage.database import Database

log = logger("bot.evidence")

LOOKED_EVERY = 1.0


class Fetching:
    """`base` is the Bot API's address without its end, `token` the bot's."""

    def __init__(
        self, database: Database, transport: AiohttpRequest, base: str, token: str, clock: Callable[[], datetime],
        leads: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._database = database
        self._transport = transport
        self._api, self._files = f"{base}/bot{token}", f"{base}/file/bot{token}"
        self._clock = clock
        self._leads = leads

    async def fetch(self) -> None:
        """What is due, one after the other, so that the memory holds one file at a time."""
        if not self._leads():
            return
        async with self._database.reading() as session:
            due = await evidence.to_fetch(session, self._clock())
        for evidence_id, file_id in due:
            try:
                found = await self._transport.call(f"{self._api}/getFile", {"file_id": file_id})
                content = await self._transport.download(f"{self._files}/{found['file_path']}", MOST_BYTES)
            except Exception as trouble:
                log.warning("evidence not fetched", trouble=type(trouble).__name__)
                async with self._database.writing() as session:
                    await evidence.put_off(session, evidence_id, self._clock())
                continue
            async with self._database.writing(apart=True) as session:
                await evidence.store(session, evidence_id, content, self._clock())
