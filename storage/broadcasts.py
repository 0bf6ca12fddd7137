"""One message to many: what it says, to whom it goes, how far it is, who has read it, who does not want its topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import deliveries, segments
from storage.database import Base, BigKey, Refused, insert_into, vault_of
from storage.deliveries import Delivery
from storage.people import PersonRow
from storage.segments import Segment

PRIORITY = 3
CHUNK = 20_000


class BroadcastState(IntEnum):
    DRAFT = 0
    AWAITING = 1  # approval by a second coordinator
    SCHEDULED = 2
    FREEZING = 3  # recipients are being written down
    RUNNING = 4
    PAUSED = 5
    DONE = 6
    CANCELLED = 7


class Topic(StrEnum):
    """What riders can mute. URGENT ones can't be muted."""

    ACTIVITIES = "activities"
    NEWS = "news"
    SURVEYS = "surveys"
    TRAINING = "training"
    URGENT = "urgent"


CHANGEABLE_FOR = timedelta(hours=48)
"""Telegram lets a bot delete a message for this long: https://core.telegram.org/bots/api#deletemessage"""
_CHANGEABLE = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.DONE)


class NotNow(Refused):
    """The broadcast is in no state for this."""


class OwnApproval(Refused):
    """Who wrote a broadcast can't approve it."""


class Broadcast(Base):
    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    author: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[int] = mapped_column(SmallInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    segment: Mapped[str] = mapped_column(String(500))
    topic: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(300), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    spread_seconds: Mapped[int] = mapped_column(default=0)
    frozen_to: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(default=0)
    approved_by: Mapped[int | None] = mapped_column(BigInteger, default=None)
    panel: Mapped[int | None] = mapped_column(BigInteger, default=None)
    panel_due: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


class Mute(Base):
    __tablename__ = "mutes"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)


class BroadcastRead(Base):
    __tablename__ = "broadcast_reads"

    broadcast_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("broadcasts.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Content:
    """A call of the Bot API without its chat: the method and its parameters; whether to ask "I have read this"; a
    button that opens a link (words, address); and the same in another language (its name, method, parameters)."""

    method: str
    params: dict[str, Any]
    asks_reading: bool = False
    link: Sequence[str] | None = None
    other: Sequence[Any] | None = None

    def call_in(self, language: str) -> tuple[str, dict[str, Any]]:
        """The method and parameters for a reader of this language."""
        if self.other is not None and self.other[0] == language:
            return self.other[1], self.other[2]
        return self.method, self.params


@dataclass(frozen=True, slots=True)
class Audience:
    """How many a broadcast would go to, and how many it leaves out."""

    reached: int
    unreachable: int
    muted: int


async def create(
    session: AsyncSession, author: int, content: Content, segment: Segment, topic: Topic, starts_at: datetime,
    now: datetime, reason: str = "", spread: timedelta = timedelta(0),
) -> Broadcast:  # fmt: skip
    """A draft; `confirm` lets it go. With `spread`, it is sent evenly over that time."""
    row = Broadcast(
        author=author, state=BroadcastState.DRAFT, content=b"", segment=segment.text, topic=topic.value, reason=reason,
        starts_at=starts_at, created_at=now,
        spread_seconds=int(spread.total_seconds()),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    row.content = _sealed(session, row.id, content)
    return row


def _sealed(session: AsyncSession, broadcast_id: int, content: Content) -> bytes:
    plain = orjson.dumps([content.method, content.params, content.asks_reading, content.link, content.other])
    return vault_of(session).seal(plain, "broadcasts.content", broadcast_id)


async def find(session: AsyncSession, broadcast_id: int, lock: bool = False) -> Broadcast | None:
    return await session.get(Broadcast, broadcast_id, with_for_update=lock or None)


def content_of(session: AsyncSession, row: Broadcast) -> Content:
    return Content(*orjson.loads(vault_of(session).open(row.content, "broadcasts.content", row.id)))


async def audience(session: AsyncSession, segment: Segment, topic: Topic, now: datetime) -> Audience:
    """Counts without writing anything down."""
    reached = unreachable = muted = 0
    async for rows in segments.pages(session, segment, now):
        muted_ids = await _muted(session, [row.id for row in rows], topic)
        unreachable += sum(not row.reachable for row in rows)
        muted += sum(row.reachable and row.id in muted_ids for row in rows)
        reached += sum(row.reachable and row.id not in muted_ids for row in rows)
    return Audience(reached, unreachable, muted)


async def _muted(session: AsyncSession, ids: Sequence[int], topic: Topic) -> set[int]:
    if topic is Topic.URGENT or not ids:
        return set()
    rows = await session.scalars(
        select(Mute.person_id).where(Mute.topic == topic.value, Mute.person_id.between(ids[0], ids[-1]))
    )
    return set(rows)


async def freeze_chunk(session: AsyncSession, row: Broadcast, now: datetime) -> bool:
    """Writes down the next recipients, by ascending id; True once all are there and it runs.

    Who joins or leaves while this goes on makes no gap and no double: each id is looked at once.
    """
    segment = Segment.of(row.segment)
    last = await segments.end_of_page(session, row.frozen_to, CHUNK)
    if last is None:
        row.state = BroadcastState.RUNNING
        return True
    if segment.in_sql and not row.spread_seconds:
        row.total += await _freeze_in_sql(session, row, segment, last, now)
    else:
        found = await segments.page(session, segment, row.frozen_to, last, now)
        muted = await _muted(session, [one.id for one in found], Topic(row.topic))
        chosen = [one.id for one in found if one.reachable and one.id not in muted]
        row.total += await _freeze_ids(session, row, chosen)
    row.frozen_to = last
    return False


async def _freeze_in_sql(session: AsyncSession, row: Broadcast, segment: Segment, last: int, now: datetime) -> int:
    conditions = [PersonRow.id > row.frozen_to, PersonRow.id <= last, PersonRow.reachable, *segment.conditions(now)]
    if row.topic != Topic.URGENT:
        muted = select(Mute.person_id).where(Mute.topic == row.topic)
        conditions.append(PersonRow.id.not_in(muted))
    chosen = select(
        PersonRow.id,
        literal(PRIORITY),
        literal(row.starts_at, Broadcast.starts_at.type),
        literal("broadcast"),
        literal(row.id),
        literal(0),
        literal(0),
    ).where(*conditions)
    columns = ["recipient", "priority", "due", "kind", "broadcast_id", "state", "tries"]
    statement = insert_into(session, Delivery).from_select(columns, chosen)
    result = await session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]


async def _freeze_ids(session: AsyncSession, row: Broadcast, ids: Sequence[int]) -> int:
    if ids:
        common = {"priority": PRIORITY, "kind": "broadcast", "broadcast_id": row.id, "state": 0, "tries": 0}
        connection = await session.connection()
        await connection.execute(Delivery.metadata.tables["deliveries"].insert(), [
            {"recipient": person_id, "due": _due(row, person_id), **common} for person_id in ids
        ])  # fmt: skip
    return len(ids)


def _due(row: Broadcast, person_id: int) -> datetime:
    """Where a broadcast is spread, each person has a moment of their own, by a mix of their id."""
    share = (person_id * 2_654_435_761 + row.id) % 65_536 / 65_536
    return row.starts_at + timedelta(seconds=row.spread_seconds * share)


async def confirm(
    session: AsyncSession, broadcast_id: int, needs_approval: bool, not_before: datetime | None, panel: int | None,
    now: datetime,
) -> Broadcast:  # fmt: skip
    """Lets a draft go: at its time, after quiet hours, and after approval where it needs one. Raises NotNow."""
    row = await find(session, broadcast_id, lock=True)
    if row is None or row.state != BroadcastState.DRAFT:
        raise NotNow
    row.state = BroadcastState.AWAITING if needs_approval else BroadcastState.SCHEDULED
    row.starts_at = max(row.starts_at, not_before or row.starts_at)
    row.panel, row.panel_due = panel, now
    return row


async def retry_failed(session: AsyncSession, row: Broadcast, now: datetime) -> int:
    """Lets what was set aside wait again; a finished broadcast runs again then. Returns how many."""
    count = await deliveries.try_again(session, now, row.id)
    if count and row.state == BroadcastState.DONE:
        row.state, row.finished_at, row.panel_due = BroadcastState.RUNNING, None, now
    return count


async def correct(session: AsyncSession, row: Broadcast, content: Content, now: datetime) -> int:
    """Changes what it says, for those who still wait and for all who have it; returns how many have it.

    Raises:
        NotNow: it was never sent, or is of another kind (a text stays a text).
    """
    if row.state not in _CHANGEABLE or content.method != content_of(session, row).method:
        raise NotNow
    row.content = _sealed(session, row.id, content)
    row.revision += 1
    return await deliveries.change_sent(session, row.id, f"correct:{row.revision}", now - CHANGEABLE_FOR, now)


async def recall(session: AsyncSession, row: Broadcast, now: datetime) -> int:
    """Stops it and deletes it at all who have it; returns how many. Raises NotNow."""
    if row.state not in _CHANGEABLE:
        raise NotNow
    if row.state != BroadcastState.DONE:
        await move(session, row.id, "cancel", now)
    return await deliveries.change_sent(session, row.id, "recall", now - CHANGEABLE_FOR, now)


async def keep_quiet(session: AsyncSession, until: datetime) -> None:
    """Quiet hours have begun: what is left of all but urgent broadcasts waits for their end."""
    disturbing = select(Broadcast.id).where(Broadcast.state == BroadcastState.RUNNING, Broadcast.topic != Topic.URGENT)
    await session.execute(
        update(Delivery)
        .where(Delivery.broadcast_id.in_(disturbing), Delivery.state == deliveries.State.WAITING, Delivery.due < until)
        .values(due=until)
    )


async def approve(session: AsyncSession, broadcast_id: int, approver: int) -> Broadcast:
    """Raises NotNow or OwnApproval."""
    row = await find(session, broadcast_id, lock=True)
    if row is None or row.state != BroadcastState.AWAITING:
        raise NotNow
    if row.author == approver:
        raise OwnApproval
    row.approved_by = approver
    row.state = BroadcastState.SCHEDULED
    return row


_MOVES = {
    "pause": ({BroadcastState.RUNNING}, BroadcastState.PAUSED),
    "resume": ({BroadcastState.PAUSED}, BroadcastState.RUNNING),
    "cancel": (
        set(BroadcastState) - {BroadcastState.DONE, BroadcastState.CANCELLED},
        BroadcastState.CANCELLED,
    ),
}  # fmt: skip


async def move(session: AsyncSession, broadcast_id: int, what: str, now: datetime) -> Broadcast:
    """Pauses, resumes or cancels; what is in flight still arrives. Raises NotNow."""
    row = await find(session, broadcast_id, lock=True)
    allowed, after = _MOVES[what]
    if row is None or row.state not in allowed:
        raise NotNow
    row.state = after
    waiting, held, gone = deliveries.State.WAITING, deliveries.State.HELD, deliveries.State.CANCELLED
    changes = {"pause": ((waiting,), held), "resume": ((held,), waiting), "cancel": ((waiting, held), gone)}
    before, becomes = changes[what]
    await session.execute(
        update(Delivery).where(Delivery.broadcast_id == row.id, Delivery.state.in_(before)).values(state=becomes)
    )
    if after is BroadcastState.CANCELLED:
        row.finished_at = now
    return row


async def due(session: AsyncSession, now: datetime) -> Broadcast | None:
    """The first broadcast that is to start now, or whose recipients are not all written down."""
    return await session.scalar(
        select(Broadcast)
        .where(
            Broadcast.state.in_((BroadcastState.SCHEDULED, BroadcastState.FREEZING)), Broadcast.starts_at <= now
        )
        .order_by(Broadcast.starts_at, Broadcast.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip


def start(row: Broadcast, now: datetime) -> None:
    row.state = BroadcastState.FREEZING
    row.started_at = now


async def hold_stragglers(session: AsyncSession) -> None:
    """What was in flight when its broadcast was paused or cancelled, and has to be tried again, is not."""
    for state, becomes in (
        (BroadcastState.PAUSED, deliveries.State.HELD),
        (BroadcastState.CANCELLED, deliveries.State.CANCELLED),
    ):
        stopped = select(Broadcast.id).where(Broadcast.state == state)
        await session.execute(
            update(Delivery)
            .where(Delivery.broadcast_id.in_(stopped), Delivery.state == deliveries.State.WAITING)
            .values(state=becomes)
        )


async def finish_idle(session: AsyncSession, now: datetime) -> list[Broadcast]:
    """Closes running broadcasts of which nothing is waiting or in flight."""
    unfinished = select(Delivery.broadcast_id).where(
        Delivery.broadcast_id == Broadcast.id, Delivery.state < deliveries.State.SENT
    )
    rows = await session.scalars(
        select(Broadcast).where(Broadcast.state == BroadcastState.RUNNING, ~unfinished.exists()).with_for_update()
    )
    finished = list(rows)
    for row in finished:
        row.state = BroadcastState.DONE
        row.finished_at = row.panel_due = now
    return finished


def _panel_is_due(now: datetime) -> ColumnElement[bool]:
    return Broadcast.panel.is_not(None) & (Broadcast.panel_due <= now)


async def any_panel_due(session: AsyncSession, now: datetime) -> bool:
    return await session.scalar(select(Broadcast.id).where(_panel_is_due(now)).limit(1)) is not None


async def with_panel_due(session: AsyncSession, now: datetime, every: timedelta) -> list[Broadcast]:
    """Broadcasts whose progress message is to be edited now: running ones again after `every`, ended ones never."""
    found = list(await session.scalars(select(Broadcast).where(_panel_is_due(now)).with_for_update(skip_locked=True)))
    for row in found:
        row.panel_due = None if row.state >= BroadcastState.DONE else now + every
    return found


async def mute(session: AsyncSession, person_id: int, topic: Topic) -> bool:
    """Mutes or unmutes; True if it is muted now. URGENT stays."""
    if topic is Topic.URGENT:
        return False
    row = await session.get(Mute, (person_id, topic.value))
    if row is None:
        session.add(Mute(person_id=person_id, topic=topic.value))
        return True
    await session.delete(row)
    return False


async def muted_topics(session: AsyncSession, person_id: int) -> set[str]:
    return set(await session.scalars(select(Mute.topic).where(Mute.person_id == person_id)))


async def note_read(session: AsyncSession, broadcast_id: int, person_id: int, now: datetime) -> None:
    """Raises NotNow if this person never got it."""
    got = await session.scalar(
        select(Delivery.id).where(Delivery.broadcast_id == broadcast_id, Delivery.recipient == person_id)
    )
    if got is None:
        raise NotNow
    row = {"broadcast_id": broadcast_id, "person_id": person_id, "at": now}
    await session.execute(insert_into(session, BroadcastRead).values(row).on_conflict_do_nothing())


async def read_count(session: AsyncSession, broadcast_id: int) -> int:
    counted = select(func.count()).select_from(BroadcastRead).where(BroadcastRead.broadcast_id == broadcast_id)
    return await session.scalar(counted) or 0


async def erase(session: AsyncSession, person_id: int) -> None:
    for table in (Mute, BroadcastRead):
        await session.execute(table.__table__.delete().where(table.__table__.c.person_id == person_id))  # type: ignore[attr-defined]
