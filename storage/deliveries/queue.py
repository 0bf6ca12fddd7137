"""The queue of deliveries: putting them in, claiming what is due, writing down what became of it.

A sender claims rows for a while (a lease), sends, and settles them. If it dies, the lease lapses and the rows wait
again: nothing is lost, and at most what was in flight is sent twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CursorResult,
    Select,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.broadcasts.ids import BroadcastId
from storage.database import apart_to_the_end, vault_of
from storage.deliveries import ordering
from storage.deliveries.ids import DeliveryId
from storage.deliveries.notices import Notice, SubjectNotice, encode
from storage.deliveries.table import NOTICE, PRIORITIES, Delivery, State
from storage.dialects import insert_into
from storage.encryption import Vault
from storage.engine.fast_statements import Row, run
from storage.engine.write_detection import flush
from storage.people.people import PersonRow, spoken
from storage.sealed_columns import identity
from storage.telegram_ids import MessageId, PersonId

LEASE = timedelta(seconds=30)
"""Longer than a send may take (20 s), so that nothing in flight is claimed a second time."""
MAX_TRIES = 5
OWED = 8
"""A kind of deliveries for which a claim has no room gets this part of it all the same."""

_TABLE = Delivery.metadata.tables["deliveries"]


@dataclass(frozen=True, slots=True)
class Addressed:
    """A notice to somebody, due at a time; `priority` is one of PRIORITIES."""

    recipient: PersonId
    notice: Notice
    due: datetime
    priority: int = NOTICE
    target: MessageId | None = None
    """The message that it changes, instead of being a new one."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in hand, with the recipient's language (None: not chosen)."""

    id: DeliveryId
    recipient: PersonId
    kind: str
    params: dict[str, object]
    priority: int
    broadcast_id: BroadcastId | None
    tries: int
    language: str | None
    ordered: bool = False
    about: BroadcastId | None = None
    revision: int | None = None
    target: MessageId | None = None
    subject: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed delivery; WAITING with a later `due` if it is to be tried again."""

    id: DeliveryId
    state: State
    tries: int
    due: datetime | None = None
    message_id: MessageId | None = None
    trouble: str | None = None


async def add(session: AsyncSession, addressed: Addressed) -> DeliveryId:
    """Puts a notice into the table; what fills it is encrypted. Returns the delivery's id."""
    notice = addressed.notice
    row = Delivery(
        recipient=addressed.recipient,
        priority=addressed.priority,
        due=addressed.due,
        kind=notice.kind,
        subject=notice.subject if isinstance(notice, SubjectNotice) else None,
        target=addressed.target,
    )
    session.add(row)
    await session.flush()
    params = encode(notice)
    if params is not None:
        sealed_columns.seal(session, row, Delivery.params, params)
    return row.id


async def add_all(session: AsyncSession, notices: Iterable[Addressed]) -> None:
    for addressed in notices:
        await add(session, addressed)


async def tell_all(
    session: AsyncSession, people: Select[PersonId], notice: SubjectNotice[Any], now: datetime, priority: int = NOTICE
) -> int:
    """A notice to each of the selected people, by one statement however many; it may hold nothing but its subject."""
    assert encode(notice) is None
    chosen = people.with_only_columns(people.selected_columns[0].label("recipient"))
    return await insert_from(session, chosen, kind=notice.kind, subject=notice.subject, due=now, priority=priority)


async def insert_from(session: AsyncSession, chosen: Select[*tuple[Any, ...]], **constants: object) -> int:
    """A delivery for each selected row, by one statement; returns how many. Who has one of the same broadcast already
    gets no second.

    The selected columns have the names of the table's; what is the same for all rows comes as `constants`.
    """
    same = [literal(value, _TABLE.c[name].type).label(name) for name, value in constants.items()]
    names = [*chosen.selected_columns.keys(), *constants]
    statement = insert_into(session, Delivery).from_select(names, chosen.add_columns(*same))
    apart_to_the_end(session)
    result = await session.execute(statement.on_conflict_do_nothing())
    assert isinstance(result, CursorResult)
    return result.rowcount


async def message_of(session: AsyncSession, delivery_id: DeliveryId) -> MessageId | None:
    """The message that a delivery became, once it has arrived."""
    return await session.scalar(select(Delivery.message_id).where(Delivery.id == delivery_id))


TABLES = frozenset({Delivery.__tablename__})
_NEXT_DUE = select(
    *(
        select(func.min(Delivery.due))
        .where(Delivery.state == State.WAITING, Delivery.priority == priority)
        .scalar_subquery()
        for priority in PRIORITIES
    ),
    select(func.min(Delivery.claimed_until)).where(Delivery.state == State.CLAIMED).scalar_subquery(),
)
"""One priority at a time, so that each is a look at the beginning of the index."""


async def next_due(session: AsyncSession) -> datetime | None:
    """From when on there may be something to claim; None if nothing waits. Only reads, so that an idle sender holds up
    no writer."""
    moments = (await run(session, _NEXT_DUE)).one()
    return min((moment for moment in moments if moment is not None), default=None)


def _first(which: ColumnElement[bool]) -> Select[DeliveryId, bool]:
    return (
        select(_TABLE.c.id, _TABLE.c.ordered)
        .where(which, ~ordering.WAITS_ITS_TURN)
        .order_by(_TABLE.c.due, _TABLE.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=_TABLE)
    )


_FIRST_DUE = [
    _first((_TABLE.c.state == State.WAITING) & (_TABLE.c.priority == priority) & (_TABLE.c.due <= bindparam("now")))
    for priority in PRIORITIES
]
"""One priority at a time, so that the index ends the search at `now`, however many wait for later."""
_FIRST_LAPSED = _first((_TABLE.c.state == State.CLAIMED) & (_TABLE.c.claimed_until <= bindparam("now")))
"""Those whose lease has lapsed: who had claimed them is gone."""
_IDS: BindParameter[DeliveryId] = bindparam("ids", expanding=True)
_CLAIM = _TABLE.update().where(_TABLE.c.id.in_(_IDS)).values(state=State.CLAIMED, claimed_until=bindparam("until"))
_IN_HAND = (
    select(_TABLE, spoken().label("language"))
    .outerjoin(PersonRow, PersonRow.id == _TABLE.c.recipient)
    .where(_TABLE.c.id.in_(_IDS))
    .order_by(_TABLE.c.priority, _TABLE.c.due, _TABLE.c.id)
)


async def claim(session: AsyncSession, now: datetime, limit: int) -> list[Claimed]:
    """Takes the most urgent due rows until now + LEASE, those of lapsed leases among them: `limit`, and beyond it a few
    of each kind that would get nothing, so that none waits for ever."""
    await flush(session)
    found: dict[DeliveryId, bool] = {}
    for first in (*_FIRST_DUE, _FIRST_LAPSED):
        most = max(limit - len(found), limit // OWED, 1)
        found |= {row.id: row.ordered for row in await run(session, first, {"now": now, "most": most})}
    ids = list(found)
    if any(found.values()):
        too_early = await ordering.overtaking(session, ids)
        ids = [key for key in ids if key not in too_early]
    if not ids:
        return []
    await run(session, _CLAIM, {"ids": ids, "until": now + LEASE})
    vault = vault_of(session)
    return [_claimed(vault, row) for row in await run(session, _IN_HAND, {"ids": ids})]


def _claimed(vault: Vault, row: Row) -> Claimed:
    return Claimed(
        id=row.id,
        recipient=row.recipient,
        kind=row.kind,
        params=_params(vault, row),
        priority=row.priority,
        broadcast_id=row.broadcast_id,
        tries=row.tries,
        language=row.language,
        ordered=row.ordered,
        about=row.about,
        revision=row.revision,
        target=row.target,
        subject=row.subject,
        expires_at=row.expires_at,
    )


def _params(vault: Vault, row: Row) -> dict[str, object]:
    if not row.params:
        return {}
    return dict(orjson.loads(vault.open(row.params, "deliveries.params", identity(row.id, row.recipient))))


async def release_all(session: AsyncSession) -> None:
    """Lets every claimed row wait again. For a process that knows that no other one sends."""
    await session.execute(
        update(Delivery).where(Delivery.state == State.CLAIMED).values(state=State.WAITING, claimed_until=None)
    )


_SETTLE = (
    _TABLE.update()
    .where(_TABLE.c.id == bindparam("key"), _TABLE.c.state == State.CLAIMED)
    .values(
        state=bindparam("new_state"),
        tries=bindparam("new_tries"),
        claimed_until=None,
        due=func.coalesce(bindparam("new_due", type_=_TABLE.c.due.type), _TABLE.c.due),
        done_at=bindparam("new_done", type_=_TABLE.c.done_at.type),
        message_id=bindparam("new_message"),
        trouble=bindparam("new_trouble"),
        params=case((bindparam("is_to_be_sent", type_=Boolean), _TABLE.c.params), else_=null()),
    )
)


async def settle(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Writes down what became of claimed rows, all in one statement. What filled a notice is thrown away once it has
    arrived, or never will: it may be about somebody else, who is erased one day."""
    rows = [
        {
            "key": outcome.id,
            "new_state": outcome.state,
            "new_tries": outcome.tries,
            "new_due": outcome.due,
            "new_done": now if outcome.state >= State.SENT else None,
            "new_message": outcome.message_id,
            "new_trouble": outcome.trouble,
            "is_to_be_sent": outcome.state < State.SENT or outcome.state is State.FAILED,
        }
        for outcome in outcomes
    ]
    connection = await session.connection()
    await connection.execute(_SETTLE, rows)
    for outcome in outcomes:
        if outcome.state is State.WAITING and outcome.due is not None:
            await ordering.put_off_the_rest(session, outcome.id, outcome.due)
