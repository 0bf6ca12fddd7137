"""People to whom a broadcast is due, and the settings of a bot that sends it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.support.processes import settings
from storage import schema
from storage.broadcasts import broadcasts
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database, open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId

_PIECE = 4_000
"""People written at once: PostgreSQL takes 32,767 values in a statement."""

UNLIMITED = 1_000_000
"""Messages a second: more than a bot can send."""
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def environment(folder: Path, url: str, database: str, per_second: int) -> dict[str, str]:
    return {
        **settings(folder, url, database, KEY),
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": str(per_second),
        "NUANXIN_REMINDERS__QUIET_HOURS": "00:00-00:00",
        "NUANXIN_BROADCASTS__APPROVAL_ABOVE": "10000000",
    }


async def fill(url: str, recipients: int) -> tuple[Database, BroadcastId]:
    """People, and a broadcast to all of them that is due."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        for first in range(1, recipients + 1, _PIECE):
            ids = range(first, min(first + _PIECE, recipients + 1))
            await people.seen_all(session, dict.fromkeys(map(PersonId, ids), "en"), now)
        content = Content("sendMessage", {"text": "Free haircuts on Saturday"})
        row = await broadcasts.create(session, PersonId(1), content, Segment(), Topic.NEWS, now, now)
        await broadcasts.confirm(session, row.id, None, None, now, needs_approval=False)
    return database, row.id
