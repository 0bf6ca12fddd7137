"""The copies of a case's messages in people's chats: deliveries in order whose `subject` is the message of the case."""

from __future__ import annotations

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.ids import CaseMessageId
from storage.deliveries.table import Delivery, State
from storage.telegram_ids import MessageId, PersonId

CASE_MESSAGE, CASE_EDIT, CASE_RECALL = "case_message", "case_edit", "case_recall"
"""The kinds of these deliveries: a copy, a change of one, the deletion of one."""


async def message_at(session: AsyncSession, recipient: PersonId, message_id: MessageId) -> CaseMessageId | None:
    """Of which message of a case this one in a person's chat is the copy."""
    found = await session.scalar(
        select(Delivery.subject)
        .where(
            Delivery.ordered,
            Delivery.recipient == recipient,
            Delivery.state == State.SENT,
            Delivery.message_id == message_id,
            Delivery.kind == CASE_MESSAGE,
        )
        .limit(1)
    )
    return None if found is None else CaseMessageId(found)


async def is_being_sent(session: AsyncSession, recipient: PersonId) -> bool:
    """Whether a copy is on its way to this person: it may stand in their chat before it is written down as what."""
    found = await session.scalar(
        select(Delivery.id)
        .where(
            Delivery.ordered,
            Delivery.recipient == recipient,
            Delivery.state == State.CLAIMED,
            Delivery.kind == CASE_MESSAGE,
        )
        .limit(1)
    )
    return found is not None


async def place(session: AsyncSession, recipient: PersonId, subject: CaseMessageId) -> MessageId | None:
    """As which message a message of a case stands in a person's chat."""
    return await session.scalar(
        select(Delivery.message_id)
        .where(
            Delivery.ordered,
            Delivery.subject == subject,
            Delivery.recipient == recipient,
            Delivery.kind == CASE_MESSAGE,
            Delivery.message_id.is_not(None),
        )
        .order_by(Delivery.id.desc())
        .limit(1)
    )


async def take_back(session: AsyncSession, recipient: PersonId, kind: str, subject: CaseMessageId) -> bool:
    """Takes back what has not gone out yet; False if it may have."""
    result = await session.execute(
        update(Delivery)
        .where(
            Delivery.ordered,
            Delivery.subject == subject,
            Delivery.recipient == recipient,
            Delivery.kind == kind,
            Delivery.state.in_((State.WAITING, State.UNREACHABLE)),
        )
        .values(state=State.CANCELLED)
        .returning(Delivery.id)
    )
    return bool(result.all())


async def strip(session: AsyncSession, subjects: Select[CaseMessageId]) -> None:
    """Forgets the copies of these messages of cases."""
    await session.execute(delete(Delivery).where(Delivery.ordered, Delivery.subject.in_(subjects)))
