"""Evidence in: the leader fetches what was sent to cases from Telegram, and keeps it encrypted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.observability.logs import logger
from handlers.cases.messages.message_content import MOST_BYTES
from storage.cases.files import evidence
from storage.cases.ids import EvidenceId
from storage.database import Database
from storage.scratch import Scratch

log = logger("bot.background.evidence_fetcher")

INTERVAL = 1.0


class Download(Protocol):
    async def __call__(self, file_id: str, limit: int, into: Scratch) -> None:
        """Writes a file that was sent to the bot, of at most `limit` bytes, into another."""
        ...


class EvidenceFetcher:
    def __init__(
        self,
        database: Database,
        download: Download,
        clock: Callable[[], datetime],
        scratch: Callable[[], Scratch],
    ) -> None:
        self._database = database
        self._download = download
        self._clock = clock
        self._scratch = scratch

    async def fetch(self) -> None:
        """What is due, one after the other; a file waits on the disk, and the memory holds a few pieces of it."""
        async with self._database.reading() as session:
            due = await evidence.to_fetch(session, self._clock())
        for evidence_id, file_id in due:
            with self._scratch() as file:
                try:
                    await self._download(file_id, MOST_BYTES, file)
                except Exception as error:
                    log.warning("failed to download evidence", error=type(error).__name__)
                    async with self._database.writing() as session:
                        await evidence.put_off(session, evidence_id, self._clock())
                else:
                    await self._keep(evidence_id, file)

    async def _keep(self, evidence_id: EvidenceId, file: Scratch) -> None:
        """Stores it in several transactions, so that others can write in between."""
        view = file.view()
        async with self._database.writing(apart=True) as session:
            storing = await evidence.begin_storing(session, evidence_id)
        while storing is not None and (piece := await asyncio.to_thread(view.read, evidence.PIECE)):
            async with self._database.writing(apart=True) as session:
                storing = await evidence.store_piece(session, storing, piece)
        if storing is not None:
            async with self._database.writing() as session:
                await evidence.end_storing(session, storing, self._clock())
