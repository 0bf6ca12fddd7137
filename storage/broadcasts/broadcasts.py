"""One message to many: what it says, to whom it goes, how far it is, who has read it, who does not want its topic.

That it was let go, by its author's last word and by a second coordinator where it needed one, is sealed for its author,
audience and topic. So whoever can write to the database but has no key can't have one sent that was not approved, nor
to others than it was approved for, nor approve their own under somebody else's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import BigInteger, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.broadcasts import content as contents
from storage.broadcasts import tally_table
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.column_types import BigKey, IntEnumColumn, Sealed, StrEnumColumn
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.deliveries import failed as failed_deliveries
from storage.deliveries.table import Delivery, State
from storage.encryption import CannotDecrypt
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.telegram_ids import MessageId, PersonId

PRIORITY = 3


class BroadcastState(IntEnum):
    DRAFT = 0
    AWAITING = 1  # approval by a second coordinator
    SCHEDULED = 2
    FREEZING = 3  # recipients are being written down
    RUNNING = 4
    PAUSED = 5
    DONE = 6
    CANCELLED = 7


class NotNow(Repeated):
    """The broadcast is in no state for this."""


class OwnApproval(Refused):
    """Who wrote a broadcast can't approve it."""


class BroadcastInDoubt(Refused):
    """Something other than this program has changed who wrote it, to whom it goes, or that it was let go."""


class Broadcast(Base):
    __tablename__ = "broadcasts"

    id: Mapped[BroadcastId] = mapped_column(BigKey, primary_key=True)
    author: Mapped[PersonId]
    state: Mapped[BroadcastState] = mapped_column(IntEnumColumn(BroadcastState))
    content: Mapped[bytes] = mapped_column(Sealed(("author",)))
    segment: Mapped[str] = mapped_column(String(500))
    topic: Mapped[Topic] = mapped_column(StrEnumColumn(Topic, 20))
    reason: Mapped[str] = mapped_column(String(300), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    spread_seconds: Mapped[int] = mapped_column(default=0)
    frozen_to: Mapped[PersonId] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    release: Mapped[bytes | None] = mapped_column(Sealed(("author", "segment", "topic")), default=None)
    """Sealed `Release`, once its author has given their last word."""
    correction: Mapped[bytes | None] = mapped_column(Sealed(("corrected_by",)), default=None)
    """What it is to say once a second coordinator has approved that."""
    corrected_by: Mapped[PersonId | None] = mapped_column(default=None)
    change: Mapped[str | None] = mapped_column(String(40), default=None)
    """The kind of the deliveries by which those who have it get its correction or recall, until all have one."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    changed_to: Mapped[PersonId] = mapped_column(default=0, server_default="0")
    """Up to which recipient they have one."""
    panel: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    panel_due: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered: Mapped[int | None] = mapped_column(default=None)  # kept when its deliveries are forgotten
    confirmed: Mapped[int | None] = mapped_column(default=None)


@dataclass(frozen=True, slots=True)
class Release:
    """That the author has let it go, and who has approved that, where it is needed."""

    needs_approval: bool
    approved_by: PersonId | None = None

    @property
    def is_complete(self) -> bool:
        return not self.needs_approval or self.approved_by is not None


_RELEASE = SealedJson(Release)


def release_of(session: AsyncSession, row: Broadcast) -> Release:
    """Raises BroadcastInDoubt."""
    if row.release is None:
        raise BroadcastInDoubt
    try:
        return _RELEASE.decode(sealed_columns.opened(session, row, Broadcast.release))
    except CannotDecrypt:
        raise BroadcastInDoubt from None


def require_released(session: AsyncSession, row: Broadcast) -> None:
    """Raises BroadcastInDoubt: its state says that it may be sent, but nobody has let it go."""
    if not release_of(session, row).is_complete:
        raise BroadcastInDoubt


def _release(session: AsyncSession, row: Broadcast, release: Release) -> None:
    sealed_columns.seal(session, row, Broadcast.release, _RELEASE.encode(release))


async def create(
    session: AsyncSession,
    author: PersonId,
    content: Content,
    segment: Segment,
    topic: Topic,
    starts_at: datetime,
    now: datetime,
    reason: str = "",
    spread: timedelta = timedelta(0),
) -> Broadcast:
    """A draft; `confirm` lets it go. With `spread`, it is sent evenly over that time."""
    row = Broadcast(
        author=author,
        state=BroadcastState.DRAFT,
        content=b"",
        segment=segment.text,
        topic=topic,
        reason=reason,
        starts_at=starts_at,
        created_at=now,
        spread_seconds=int(spread.total_seconds()),
    )
    session.add(row)
    await session.flush()
    keep_content(session, row, content)
    return row


async def find(session: AsyncSession, broadcast_id: BroadcastId) -> Broadcast | None:
    return await session.get(Broadcast, broadcast_id)


async def find_for_update(session: AsyncSession, broadcast_id: BroadcastId) -> Broadcast | None:
    """The same, read afresh and locked until the transaction ends."""
    return await session.get(Broadcast, broadcast_id, with_for_update=True, populate_existing=True)


def content_of(session: AsyncSession, row: Broadcast) -> Content:
    return contents.decode(sealed_columns.opened(session, row, Broadcast.content))


def keep_content(session: AsyncSession, row: Broadcast, content: Content) -> None:
    """Lets it say this."""
    sealed_columns.seal(session, row, Broadcast.content, contents.encode(content))


async def confirm(
    session: AsyncSession,
    broadcast_id: BroadcastId,
    not_before: datetime | None,
    panel: MessageId | None,
    now: datetime,
    *,
    needs_approval: bool,
) -> Broadcast:
    """Lets a draft go: at its time, after quiet hours, and after approval where it needs one. Raises NotNow."""
    row = await find_for_update(session, broadcast_id)
    if row is None or row.state != BroadcastState.DRAFT:
        raise NotNow
    row.state = BroadcastState.AWAITING if needs_approval else BroadcastState.SCHEDULED
    row.starts_at = max(row.starts_at, not_before or row.starts_at)
    row.panel, row.panel_due = panel, now
    wake_ups.request(session, WakeUp.BROADCASTS)
    _release(session, row, Release(needs_approval))
    return row


async def retry_failed(session: AsyncSession, row: Broadcast, now: datetime) -> int:
    """Lets what was set aside wait again; a finished broadcast runs again then. Returns how many. Raises NotNow: it was
    stopped."""
    await find_for_update(session, row.id)
    if row.state not in (BroadcastState.RUNNING, BroadcastState.DONE):
        raise NotNow
    count = await failed_deliveries.try_again(session, now, row.id)
    if count:
        await tally_table.failed_again(session, row.id)
        row.delivered = None  # to be counted again
    if count and row.state == BroadcastState.DONE:
        row.state, row.finished_at, row.panel_due = BroadcastState.RUNNING, None, now
    return count


async def approve(session: AsyncSession, broadcast_id: BroadcastId, approver: PersonId, now: datetime) -> Broadcast:
    """Raises NotNow, OwnApproval or BroadcastInDoubt."""
    row = await find_for_update(session, broadcast_id)
    if row is None or row.state != BroadcastState.AWAITING:
        raise NotNow
    if row.author == approver:
        raise OwnApproval
    _release(session, row, replace(release_of(session, row), approved_by=approver))
    row.state, row.panel_due = BroadcastState.SCHEDULED, now
    wake_ups.request(session, WakeUp.BROADCASTS)
    return row


def hold_for_approval(session: AsyncSession, row: Broadcast, now: datetime) -> None:
    """Lets one that nobody had to approve wait for approval: by now it would go to more people than that."""
    _release(session, row, Release(needs_approval=True))
    row.state, row.panel_due = BroadcastState.AWAITING, now


AT_ONCE = 2_000
"""Deliveries that are held, let go or cancelled in one transaction: some 20 ms. Those that would be sent first are the
first, and the clock takes care of the others at once, much faster than any are sent."""

IN_KEEPING = {
    BroadcastState.RUNNING: ((State.HELD, State.WAITING),),
    BroadcastState.PAUSED: ((State.WAITING, State.HELD),),
    BroadcastState.CANCELLED: ((State.WAITING, State.CANCELLED), (State.HELD, State.CANCELLED)),
}
"""By the state of a broadcast, which deliveries of it are not in keeping with that, and what they become."""

_MOVES = {
    "pause": ({BroadcastState.RUNNING}, BroadcastState.PAUSED),
    "resume": ({BroadcastState.PAUSED}, BroadcastState.RUNNING),
    "cancel": (
        set(BroadcastState) - {BroadcastState.DONE, BroadcastState.CANCELLED},
        BroadcastState.CANCELLED,
    ),
}


async def move(session: AsyncSession, broadcast_id: BroadcastId, what: str, now: datetime) -> Broadcast:
    """Pauses, resumes or cancels; what is in flight still arrives. Raises NotNow."""
    row = await find_for_update(session, broadcast_id)
    allowed, after = _MOVES[what]
    if row is None or row.state not in allowed:
        raise NotNow
    row.state, row.panel_due = after, now
    await session.flush()
    await bring_into_keeping(session, row.id, after, now)
    wake_ups.request(session, WakeUp.BROADCASTS)
    if after is BroadcastState.CANCELLED:
        row.finished_at = now
    return row


async def bring_into_keeping(
    session: AsyncSession, broadcast_id: BroadcastId, state: BroadcastState, now: datetime
) -> bool:
    """Holds, lets go or cancels some of its deliveries, as its state wants; True if there may be more of them."""
    more = False
    for before, becomes in IN_KEEPING[state]:
        some = (
            select(Delivery.id)
            .where(Delivery.broadcast_id == broadcast_id, Delivery.state == before)
            .order_by(Delivery.done_at, Delivery.id)  # as the index has them: none of these is done
            .limit(AT_ONCE)
        )
        changed = await session.execute(
            update(Delivery)
            .where(Delivery.id.in_(some))
            .values(state=becomes, done_at=now if becomes is State.CANCELLED else None)
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
        more |= len(changed.all()) == AT_ONCE
    return more


async def to_come(session: AsyncSession, limit: int) -> list[Broadcast]:
    """Those that wait for their time or for approval, the next first."""
    waiting = (BroadcastState.AWAITING, BroadcastState.SCHEDULED)
    chosen = select(Broadcast).where(Broadcast.state.in_(waiting)).limit(limit)
    return list(await session.scalars(chosen.order_by(Broadcast.starts_at, Broadcast.id)))


TABLES = frozenset({Broadcast.__tablename__})
