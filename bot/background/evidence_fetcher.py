"""Evidence in: the leader fetches what was sent to cases from Telegram, and keeps it encrypted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

from bot.observability.logs import logger
from bot.telegram.courier import Courier
from handlers.cases.message_content import MOST_BYTES
from handlers.chat.talk import Outgoing
from storage.cases import evidence
from storage.database import Database
from storage.scratch import Scratch

log = logger("bot.background.evidence_fetcher")

LOOKED_EVERY = 1.0


async def fetch_into(courier: Courier, files_url: str, file_id: str, most: int, into: BinaryIO | Scratch) -> None:
    """Writes a file from Telegram, of at most so many bytes, into another."""
    found = await courier.call(Outgoing("getFile", {"file_id": file_id}))
    await courier.transport.download(f"{files_url}/{found['file_path']}", most, into)


class EvidenceFetcher:
    """`files_url` is where files lie: https://core.telegram.org/bots/api#getfile"""

    def __init__(
        self,
        database: Database,
        courier: Courier,
        files_url: str,
        clock: Callable[[], datetime],
        leads: Callable[[], bool],
        scratch: Callable[[], Scratch],
    ) -> None:
        self._database = database
        self._courier = courier
        self._files_url = files_url
        self._clock = clock
        self._leads = leads
        self._scratch = scratch

    async def fetch(self) -> None:
        """What is due, one after the other; a file waits on the disk, and the memory holds a few pieces of it."""
        if not self._leads():
            return
        async with self._database.reading() as session:
            due = await evidence.to_fetch(session, self._clock())
        for evidence_id, file_id in due:
            with self._scratch() as file:
                try:
                    await fetch_into(self._courier, self._files_url, file_id, MOST_BYTES, file)
                except Exception as trouble:
                    log.warning("failed to download evidence", trouble=type(trouble).__name__)
                    async with self._database.writing() as session:
                        await evidence.put_off(session, evidence_id, self._clock())
                else:
                    await self._keep(evidence_id, file)

    async def _keep(self, evidence_id: int, file: Scratch) -> None:
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
