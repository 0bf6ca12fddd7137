"""Evidence in: the leader fetches what was sent to cases from Telegram, and keeps it encrypted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.courier import Courier
from bot.logs import logger
from handlers.case_messages import MOST_BYTES
from handlers.talk import Outgoing
from storage import evidence
from storage.database import Database

log = logger("bot.evidence")

LOOKED_EVERY = 1.0


async def fetched(courier: Courier, files_url: str, file_id: str, most: int) -> bytes:
    """A file from Telegram, of at most so many bytes."""
    found = await courier.call(Outgoing("getFile", {"file_id": file_id}))
    return await courier.transport.download(f"{files_url}/{found['file_path']}", most)


class Fetching:
    """`files_url` is where files lie: https://core.telegram.org/bots/api#getfile"""

    def __init__(
        self, database: Database, courier: Courier, files_url: str, clock: Callable[[], datetime],
        leads: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._database = database
        self._courier = courier
        self._files_url = files_url
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
                content = await fetched(self._courier, self._files_url, file_id, MOST_BYTES)
            except Exception as trouble:
                log.warning("evidence not fetched", trouble=type(trouble).__name__)
                async with self._database.writing() as session:
                    await evidence.put_off(session, evidence_id, self._clock())
                continue
            async with self._database.writing(apart=True) as session:
                await evidence.store(session, evidence_id, content, self._clock())
