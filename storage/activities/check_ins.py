"""The door: a code that changes every minute, so that a photo of it helps nobody at home; and who shows it."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityId
from storage.database import Base, vault_of
from storage.refusals import Refused
from storage.telegram_ids import ChatId, MessageId

CHANGES_EVERY = 60
"""Seconds. A code is taken while it is shown and for as long again, for whoever scanned it at the last moment."""
OPEN_BEFORE, OPEN_AFTER = timedelta(hours=2), timedelta(hours=2)


class CodeIsOld(Refused):
    """The code is not the one that is shown at the door now."""


class Door(Base):
    """A message that shows the code of an activity; kept up to date until then."""

    __tablename__ = "doors"

    chat_id: Mapped[ChatId] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[MessageId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    until: Mapped[datetime]
    shown: Mapped[int] = mapped_column(BigInteger)


def window(now: datetime) -> int:
    """Returns the number of the stretch of CHANGES_EVERY seconds in which a code is valid."""
    return int(now.timestamp()) // CHANGES_EVERY


def code(session: AsyncSession, activity_id: ActivityId, at: int) -> str:
    """The code of a window: the activity and a keyed digest of it with the window."""
    proof = vault_of(session).blind(f"{activity_id}/{at}", "check_ins.code")
    return f"{activity_id}-{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"


def read(session: AsyncSession, text: str, now: datetime) -> ActivityId:
    """The activity of a code that is shown now, or was a moment ago.

    Raises:
        CodeIsOld: see the class; also for what is no code.
    """
    number = text.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CodeIsOld
    activity_id, current = ActivityId(int(number)), window(now)
    for at in (current, current - 1):
        if hmac.compare_digest(code(session, activity_id, at).encode(), text.encode("utf-8", "replace")):
            return activity_id
    raise CodeIsOld


async def open_door(
    session: AsyncSession, chat_id: ChatId, message_id: MessageId, activity_id: ActivityId, until: datetime, shown: int
) -> None:
    """This message shows the code of the window `shown`."""
    row = Door(chat_id=chat_id, message_id=message_id, activity_id=activity_id, until=until, shown=shown)
    await session.merge(row)


async def to_change(session: AsyncSession, now: datetime) -> list[Door]:
    """Messages whose code has changed; those whose time is over are forgotten."""
    await session.execute(delete(Door).where(Door.until <= now))
    rows = await session.scalars(select(Door).where(Door.shown != window(now)).with_for_update(skip_locked=True))
    found = list(rows)
    for row in found:
        row.shown = window(now)
    return found


TABLES = frozenset({Door.__tablename__})


async def windows_shown(session: AsyncSession) -> frozenset[int]:
    """The minutes whose codes are shown somewhere; only reads."""
    return frozenset(await session.scalars(select(Door.shown).distinct()))


async def close(session: AsyncSession, chat_id: ChatId) -> None:
    """Forgets the codes that are shown in a chat."""
    await session.execute(delete(Door).where(Door.chat_id == chat_id))
