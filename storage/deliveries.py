"""Every message to somebody who did not just write: whom, when, what, and what became of it.

A sender claims rows for a while (a lease), sends, and marks them. If it dies, the lease lapses and the rows wait again:
nothing is lost, and at most what was in flight is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    BigInteger,
    Index,
    Select,
    SmallInteger,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from storage.database import Base, BigKey, Sealed, insert_into, vault_of
from storage.people.people import PersonRow, spoken

LEASE = timedelta(seconds=30)
"""Longer than a send may take (20 s), so that nothing in flight is claimed a second time."""
MOST_TRIES = 5
PRIORITIES = (1, 2, 3)
"""Notices, reminders, broadcasts; replies (0) need no delivery."""
KEPT = timedelta(days=30)

CASE_MESSAGE, CASE_EDIT, CASE_RECALL = "case_message", "case_edit", "case_recall"
IN_ORDER = (CASE_MESSAGE, CASE_EDIT, CASE_RECALL)
"""The kinds that reach a person in the order in which they were queued, whatever goes wrong with one of them. They say
where a case's messages stand, so they are kept as long as the case."""
_IN_ORDER = text(f"kind IN ('{CASE_MESSAGE}', '{CASE_EDIT}', '{CASE_RECALL}')")


class State(IntEnum):
    """What became of a delivery. Those from SENT on are final."""

    WAITING = 0
    CLAIMED = 1
    HELD = 2  # its broadcast is paused
    SENT = 3
    PERHAPS = 4  # the connection broke while it was sent: nobody knows
    UNREACHABLE = 5
    FAILED = 6  # set aside after MOST_TRIES
    CANCELLED = 7


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "recipient"),
        Index("ix_deliveries_due", "state", "priority", "due", "id"),
        Index("ix_deliveries_of_broadcast", "broadcast_id", "state"),
        Index(
            "ix_deliveries_in_order",
            "recipient",
            "state",
            "message_id",
            sqlite_where=_IN_ORDER,
            postgresql_where=_IN_ORDER,
        ),
        Index("ix_deliveries_in_order_about", "subject", sqlite_where=_IN_ORDER, postgresql_where=_IN_ORDER),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    recipient: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[int] = mapped_column(SmallInteger)
    due: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    broadcast_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    about: Mapped[int | None] = mapped_column(BigInteger, default=None)  # the broadcast whose message is changed
    target: Mapped[int | None] = mapped_column(BigInteger, default=None)  # that message
    subject: Mapped[int | None] = mapped_column(BigInteger, default=None)  # what a notice without params is about
    expires_at: Mapped[datetime | None] = mapped_column(default=None)  # after this it helps no more
    state: Mapped[int] = mapped_column(SmallInteger, default=State.WAITING)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    message_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    trouble: Mapped[str | None] = mapped_column(String(120), default=None)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: `kind` names the words (in handlers), `params` fill them; `priority` as in bot.telegram.pacing."""

    recipient: int
    kind: str
    params: Mapping[str, Any]
    due: datetime
    priority: int = 1
    target: int | None = None
    """The message that it changes, instead of being a new one."""


class Claimed(NamedTuple):
    """A delivery in hand, with the recipient's language (None: not chosen)."""

    id: int
    recipient: int
    kind: str
    params: dict[str, Any]
    priority: int
    broadcast_id: int | None
    tries: int
    language: str | None
    about: int | None = None
    target: int | None = None
    subject: int | None = None
    expires_at: datetime | None = None


class Outcome(NamedTuple):
    """What became of a claimed delivery; WAITING with a later `due` if it is to be tried again."""

    id: int
    state: State
    tries: int
    due: datetime | None = None
    message_id: int | None = None
    trouble: str | None = None


async def add(session: AsyncSession, notice: Notice) -> int:
    """Puts a notice into the table; what fills it is encrypted. Returns the delivery's id."""
    row = Delivery(
        recipient=notice.recipient, priority=notice.priority, due=notice.due, kind=notice.kind, target=notice.target
    )
    session.add(row)
    await session.flush()
    row.params = vault_of(session).seal(orjson.dumps(dict(notice.params)), "deliveries.params", row.id)
    return row.id


async def add_all(session: AsyncSession, notices: Sequence[Notice]) -> None:
    for notice in notices:
        await add(session, notice)


async def tell_all(
    session: AsyncSession, people: Select[int], kind: str, subject: int, now: datetime, priority: int = 1
) -> int:
    """A notice to each of the selected people, by one statement however many; what it says is read of its subject."""
    chosen = people.subquery()
    rows = select(
        chosen.c[0],
        literal(priority),
        literal(now, Delivery.due.type),
        literal(kind),
        literal(subject, BigInteger),
        literal(0),
        literal(0),
    )
    columns = ["recipient", "priority", "due", "kind", "subject", "state", "tries"]
    result = await session.execute(insert_into(session, Delivery).from_select(columns, rows))
    return int(result.rowcount)  # type: ignore[attr-defined]


async def message_of(session: AsyncSession, delivery_id: int) -> int | None:
    """The message that a delivery became, once it has arrived."""
    return await session.scalar(select(Delivery.message_id).where(Delivery.id == delivery_id))


async def are_due(session: AsyncSession, now: datetime) -> bool:
    """Whether there is anything to claim; only reads, so that an idle sender holds up no writer."""
    waiting = [
        select(Delivery.id)
        .where(Delivery.state == State.WAITING, Delivery.priority == priority, Delivery.due <= now)
        .limit(1)
        .exists()
        for priority in PRIORITIES
    ]
    lapsed = select(Delivery.id).where(Delivery.state == State.CLAIMED, Delivery.claimed_until <= now).exists()
    return bool(await session.scalar(select(or_(*waiting, lapsed))))


async def claim(session: AsyncSession, now: datetime, most: int) -> list[Claimed]:
    """Takes the most urgent due rows until now + LEASE, those of lapsed leases among them."""
    ids: list[int] = []
    for priority in PRIORITIES:
        # One by one, so that the index ends the search at `now`, however many wait for later.
        due = (Delivery.state == State.WAITING) & (Delivery.priority == priority) & (Delivery.due <= now)
        if len(ids) < most:
            ids += await _first(session, due, now, most - len(ids))
    if len(ids) < most:
        lapsed = (Delivery.state == State.CLAIMED) & (Delivery.claimed_until <= now)
        ids += await _first(session, lapsed, now, most - len(ids))
    if not ids:
        return []
    await session.execute(
        update(Delivery).where(Delivery.id.in_(ids)).values(state=State.CLAIMED, claimed_until=now + LEASE)
    )
    rows = await session.execute(
        select(
            Delivery.id,
            Delivery.recipient,
            Delivery.kind,
            Delivery.params,
            Delivery.priority,
            Delivery.broadcast_id,
            Delivery.tries,
            spoken(),
            Delivery.about,
            Delivery.target,
            Delivery.subject,
            Delivery.expires_at,
        )
        .outerjoin(PersonRow, PersonRow.id == Delivery.recipient)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.priority, Delivery.due, Delivery.id)
    )
    vault = vault_of(session)
    return [
        Claimed(
            key,
            recipient,
            kind,
            orjson.loads(vault.open(sealed, "deliveries.params", key)) if sealed else {},
            priority,
            broadcast_id,
            tries,
            language,
            about,
            target,
            subject,
            expires_at,
        )
        for (
            key,
            recipient,
            kind,
            sealed,
            priority,
            broadcast_id,
            tries,
            language,
            about,
            target,
            subject,
            expires_at,
        ) in rows
    ]


async def change_sent(session: AsyncSession, broadcast_id: int, kind: str, since: datetime, now: datetime) -> int:
    """Queues a change of each message of a broadcast that arrived since then; returns how many.

    `kind` is "recall", or "correct:" and the revision.
    """
    chosen = select(
        Delivery.recipient,
        Delivery.priority,
        literal(now, Delivery.due.type),
        literal(kind),
        literal(0),
        literal(0),
        Delivery.broadcast_id,
        Delivery.message_id,
    ).where(
        Delivery.broadcast_id == broadcast_id,
        Delivery.state == State.SENT,
        Delivery.done_at > since,
        Delivery.message_id.is_not(None),
    )
    columns = ["recipient", "priority", "due", "kind", "state", "tries", "about", "target"]
    result = await session.execute(insert_into(session, Delivery).from_select(columns, chosen))
    return int(result.rowcount)  # type: ignore[attr-defined]


def is_in_order(table: Any) -> Any:
    """Written out, so that the indexes of these kinds are used."""
    return table.kind.in_([literal_column(f"'{kind}'") for kind in IN_ORDER])


def _waits_its_turn(now: datetime) -> Any:
    """Whether something queued before it for the same person is on its way, or was put off.

    What is queued after something is never due before it (`case_copies.queue`, `_put_off_the_rest`), so those that are
    due are taken in the order of the queue, however few are taken.
    """
    before = aliased(Delivery)
    goes_first = or_(before.state == State.CLAIMED, (before.state == State.WAITING) & (before.due > now))
    earlier = select(before.id).where(
        is_in_order(before), before.recipient == Delivery.recipient, before.id < Delivery.id, goes_first
    )
    return is_in_order(Delivery) & earlier.exists()


async def _first(session: AsyncSession, which: Any, now: datetime, most: int) -> list[int]:
    rows = await session.scalars(
        select(Delivery.id)
        .where(which, ~_waits_its_turn(now))
        .order_by(Delivery.due, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return list(rows)


async def release_all(session: AsyncSession) -> None:
    """Lets every claimed row wait again. For a process that knows that no other one sends."""
    await session.execute(
        update(Delivery).where(Delivery.state == State.CLAIMED).values(state=State.WAITING, claimed_until=None)
    )


async def settle(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Writes down what became of claimed rows, all in one statement."""
    table = Delivery.metadata.tables["deliveries"]
    statement = (
        table.update()
        .where(table.c.id == bindparam("key"), table.c.state == State.CLAIMED)
        .values(
            state=bindparam("new_state"),
            tries=bindparam("new_tries"),
            claimed_until=None,
            due=func.coalesce(bindparam("new_due", type_=table.c.due.type), table.c.due),
            done_at=bindparam("new_done", type_=table.c.done_at.type),
            message_id=bindparam("new_message"),
            trouble=bindparam("new_trouble"),
        )
    )
    rows = [
        {
            "key": outcome.id,
            "new_state": int(outcome.state),
            "new_tries": outcome.tries,
            "new_due": outcome.due,
            "new_done": now if outcome.state >= State.SENT else None,
            "new_message": outcome.message_id,
            "new_trouble": outcome.trouble,
        }
        for outcome in outcomes
    ]
    connection = await session.connection()
    await connection.execute(statement, rows)
    for outcome in outcomes:
        if outcome.state is State.WAITING and outcome.due is not None:
            await _put_off_the_rest(session, outcome.id, outcome.due)


async def _put_off_the_rest(session: AsyncSession, delivery_id: int, due: datetime) -> None:
    """What keeps its order and was queued after one that was put off is not due before it."""
    this = aliased(Delivery)
    recipient = select(this.recipient).where(this.id == delivery_id, is_in_order(this)).scalar_subquery()
    await session.execute(
        update(Delivery)
        .where(
            is_in_order(Delivery),
            Delivery.recipient == recipient,
            Delivery.id > delivery_id,
            Delivery.state.in_((State.WAITING, State.CLAIMED)),
            Delivery.due < due,
        )
        .values(due=due)
        .execution_options(synchronize_session=False)
    )


async def counts(session: AsyncSession, broadcast_id: int) -> dict[State, int]:
    """How many recipients of a broadcast are in each state."""
    rows = await session.execute(
        select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id).group_by(Delivery.state)
    )
    return {State(state): count for state, count in rows}


async def timeline(session: AsyncSession, broadcast_id: int, start: datetime, end: datetime, parts: int) -> list[int]:
    """How many of a broadcast arrived in each of `parts` equal stretches of [start, end]."""
    step = (end - start + timedelta(milliseconds=1)) / parts
    edges = [start + at * step for at in range(parts)]
    counted = [func.count().filter(Delivery.done_at >= edge, Delivery.done_at < edge + step) for edge in edges]
    row = await session.execute(
        select(*counted).where(Delivery.broadcast_id == broadcast_id, Delivery.state == State.SENT)
    )
    return [int(count) for count in row.one()]


async def failed(session: AsyncSession, most: int = 20) -> list[tuple[int, str, str]]:
    """What was set aside: (id, kind, trouble), newest first."""
    rows = await session.execute(
        select(Delivery.id, Delivery.kind, Delivery.trouble)
        .where(Delivery.state == State.FAILED)
        .order_by(Delivery.id.desc())
        .limit(most)
    )
    return [(key, kind, trouble or "") for key, kind, trouble in rows]


async def try_again(session: AsyncSession, now: datetime, broadcast_id: int | None = None) -> int:
    """Lets what was set aside wait again; of one broadcast, or of all that is none."""
    chosen = Delivery.broadcast_id == broadcast_id if broadcast_id is not None else Delivery.broadcast_id.is_(None)
    result = await session.execute(
        update(Delivery)
        .where(Delivery.state == State.FAILED, chosen)
        .values(state=State.WAITING, tries=0, due=now)
        .returning(Delivery.id)
    )
    return len(result.all())


async def give_up(session: AsyncSession, now: datetime) -> int:
    """What was set aside, but of no broadcast, is tried no more."""
    result = await session.execute(
        update(Delivery)
        .where(Delivery.state == State.FAILED, Delivery.broadcast_id.is_(None))
        .values(state=State.CANCELLED, done_at=now)
        .returning(Delivery.id)
    )
    return len(result.all())


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drops finished notices after KEPT."""
    finished = (Delivery.state >= State.SENT) & (Delivery.done_at < now - KEPT)
    await session.execute(delete(Delivery).where(finished, Delivery.kind.not_in(IN_ORDER)))


async def copy_of(session: AsyncSession, person_id: int) -> list[dict[str, Any]]:
    rows = await session.scalars(select(Delivery).where(Delivery.recipient == person_id).order_by(Delivery.id))
    return [{"kind": row.kind, "due": row.due, "state": State(row.state).name.lower()} for row in rows]


async def erase(session: AsyncSession, person_id: int) -> None:
    """Forgets what waits for this person. Broadcasts keep the count, not the name of who is gone."""
    theirs = Delivery.recipient == person_id
    await session.execute(delete(Delivery).where(theirs, Delivery.broadcast_id.is_(None)))
    await session.execute(delete(Delivery).where(theirs, Delivery.state < State.SENT))
    await session.execute(update(Delivery).where(theirs).values(recipient=-Delivery.id, message_id=None))
