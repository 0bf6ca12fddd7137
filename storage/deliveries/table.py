"""The table of deliveries: to whom, when, what, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from sqlalchemy import BigInteger, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.broadcasts.ids import BroadcastId
from storage.column_types import BigKey, IntEnumColumn, Sealed
from storage.database import Base
from storage.deliveries.ids import DeliveryId
from storage.telegram_ids import MessageId, PersonId

NOTICE, REMINDER, BROADCAST = PRIORITIES = (1, 2, 3)
"""The most urgent first. Replies (0) need no delivery."""


def _index_of_ordered(name: str, *columns: str) -> Index:
    """Of the rows in order alone. It says this as SQLAlchemy writes `Delivery.ordered`, else it would not be used."""
    return Index(name, *columns, sqlite_where=text("ordered = 1"), postgresql_where=text("ordered"))


class State(IntEnum):
    """What became of a delivery. Those from SENT on are final."""

    WAITING = 0
    CLAIMED = 1
    HELD = 2  # its broadcast is paused
    SENT = 3
    UNCERTAIN = 4  # the connection broke while it was sent: nobody knows
    UNREACHABLE = 5
    FAILED = 6  # set aside after MAX_TRIES
    CANCELLED = 7


UNFINISHED = (State.WAITING, State.CLAIMED)


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("broadcast_id", "recipient"),
        Index("ix_deliveries_due", "state", "priority", "due", "id"),
        Index("ix_deliveries_of_broadcast", "broadcast_id", "state", "done_at", "id"),
        Index("ix_deliveries_recipient", "recipient"),
        Index(
            "ix_deliveries_done",
            "done_at",
            sqlite_where=text("ordered = 0 AND done_at IS NOT NULL"),
            postgresql_where=text("NOT ordered AND done_at IS NOT NULL"),
        ),
        _index_of_ordered("ix_deliveries_in_order", "recipient", "state", "message_id"),
        _index_of_ordered("ix_deliveries_in_order_about", "subject"),
        _index_of_ordered("ix_deliveries_in_order_state", "state"),
    )

    id: Mapped[DeliveryId] = mapped_column(BigKey, primary_key=True)
    recipient: Mapped[PersonId]
    priority: Mapped[int] = mapped_column(SmallInteger)
    due: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    ordered: Mapped[bool] = mapped_column(default=False)  # reaches its recipient in the order of the queue
    params: Mapped[bytes | None] = mapped_column(Sealed(("recipient",)), default=None)
    broadcast_id: Mapped[BroadcastId | None] = mapped_column(BigInteger, default=None)
    about: Mapped[BroadcastId | None] = mapped_column(
        BigInteger, default=None
    )  # the broadcast whose message is changed
    revision: Mapped[int | None] = mapped_column(default=None)  # of that broadcast, for a correction
    target: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)  # that message
    subject: Mapped[int | None] = mapped_column(BigInteger, default=None)  # what a notice without params is about
    expires_at: Mapped[datetime | None] = mapped_column(default=None)  # after this it helps no more
    state: Mapped[State] = mapped_column(IntEnumColumn(State), default=State.WAITING)
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    message_id: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    trouble: Mapped[str | None] = mapped_column(String(120), default=None)
