"""Changing and recalling a broadcast that has been sent. A correction needs the approval that the original needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.broadcasts import broadcasts, tallies, tally_table
from storage.broadcasts.broadcasts import (
    Broadcast,
    BroadcastInDoubt,
    BroadcastState,
    NotNow,
    OwnApproval,
    content_of,
)
from storage.broadcasts.content import Content, decode, encode
from storage.broadcasts.ids import BroadcastId
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import corrections
from storage.deliveries import failed as failed_deliveries
from storage.deliveries.corrections import CORRECTION, RECALL, Change
from storage.encryption import CannotDecrypt
from storage.telegram_ids import NOBODY, PersonId

CHANGEABLE_FOR = timedelta(hours=48)
"""Telegram lets a bot delete a message for this long: https://core.telegram.org/bots/api#deletemessage"""
_CHANGEABLE = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.DONE)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that has taken effect: by whom, and how many have the earlier version."""

    broadcast_id: BroadcastId
    author: PersonId
    count: int


async def correct(
    session: AsyncSession,
    broadcast_id: BroadcastId,
    content: Content,
    author: PersonId,
    approval_above: int,
    now: datetime,
) -> Corrected | Broadcast:
    """Changes what it says, for those who still wait and for all who have it; or returns the broadcast, if a second
    coordinator has to approve that first: the original was approved, or went to more than `approval_above` people.

    Raises:
        NotNow: it was never sent, or is of another kind (a text stays a text).
        BroadcastInDoubt: see the class.
    """
    row = await broadcasts.find_for_update(session, broadcast_id)
    if row is None or row.state not in _CHANGEABLE or content.method != content_of(session, row).method:
        raise NotNow
    row.revision += 1
    if not broadcasts.release_of(session, row).needs_approval and row.total <= approval_above:
        return await _take_effect(session, row, content, author, now)
    row.corrected_by = author
    sealed_columns.seal(session, row, Broadcast.correction, encode(content))
    return row


def proposed(session: AsyncSession, row: Broadcast) -> Content:
    """The correction that waits for approval. Raises NotNow, BroadcastInDoubt."""
    if row.correction is None:
        raise NotNow
    try:
        return decode(sealed_columns.opened(session, row, Broadcast.correction))
    except CannotDecrypt:
        raise BroadcastInDoubt from None


async def approve(
    session: AsyncSession, broadcast_id: BroadcastId, revision: int, approver: PersonId, now: datetime
) -> Corrected:
    """Lets the correction of this revision take effect: the one that the approver saw, and no later one.

    Raises:
        NotNow, OwnApproval, BroadcastInDoubt: see the classes.
    """
    row = await _waiting(session, broadcast_id, revision)
    author = row.corrected_by
    if author is None or row.state not in _CHANGEABLE:
        raise NotNow
    if author == approver:
        raise OwnApproval
    content = proposed(session, row)
    row.correction = row.corrected_by = None
    row.revision += 1
    return await _take_effect(session, row, content, author, now)


async def discard(session: AsyncSession, broadcast_id: BroadcastId, revision: int) -> None:
    """Drops the correction of this revision. Raises NotNow."""
    row = await _waiting(session, broadcast_id, revision)
    row.correction = row.corrected_by = None


async def _waiting(session: AsyncSession, broadcast_id: BroadcastId, revision: int) -> Broadcast:
    row = await broadcasts.find_for_update(session, broadcast_id)
    if row is None or row.correction is None or row.revision != revision:
        raise NotNow
    return row


async def _take_effect(
    session: AsyncSession, row: Broadcast, content: Content, author: PersonId, now: datetime
) -> Corrected:
    broadcasts.keep_content(session, row, content)
    return Corrected(row.id, author, await _begin(session, row, CORRECTION, now))


async def recall(session: AsyncSession, row: Broadcast, now: datetime) -> int:
    """Stops it and deletes it at all who have it; returns how many. Whom it could not reach never gets it. Raises
    NotNow."""
    await broadcasts.find_for_update(session, row.id)
    if row.state not in _CHANGEABLE:
        raise NotNow
    if row.state != BroadcastState.DONE:
        await broadcasts.move(session, row.id, "cancel", now)
    row.correction = row.corrected_by = None
    if await failed_deliveries.discard(session, now, row.id):
        await tally_table.failed_again(session, row.id)
    return await _begin(session, row, RECALL, now)


AT_ONCE = 2_000
"""Recipients who are looked at in one transaction: some 20 ms."""


async def _begin(session: AsyncSession, row: Broadcast, kind: str, now: datetime) -> int:
    """Changes the first messages, and lets the clock change the others at once; returns how many there are. What was
    begun before and is not over gives way to it."""
    row.change, row.changed_at, row.changed_to = kind, now, NOBODY
    await _change_some(session, row, now)
    wake_ups.request(session, WakeUp.BROADCASTS)
    return await tallies.arrived(session, row.id, now - CHANGEABLE_FOR, row.started_at)


async def carry_on(session: AsyncSession) -> bool:
    """Changes the next messages of a broadcast that was corrected or recalled; False if there is none to be changed."""
    row = await session.scalar(
        select(Broadcast)
        .where(Broadcast.change.is_not(None))
        .order_by(Broadcast.changed_at, Broadcast.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None or row.changed_at is None:
        return False
    await _change_some(session, row, row.changed_at)
    return True


async def _change_some(session: AsyncSession, row: Broadcast, at: datetime) -> None:
    change = Change(row.change or "", row.id, row.revision, at - CHANGEABLE_FOR, at)
    last = await corrections.change_some(session, change, row.changed_to, AT_ONCE)
    if last is None:
        row.change, row.changed_to = None, NOBODY
    else:
        row.changed_to = last
