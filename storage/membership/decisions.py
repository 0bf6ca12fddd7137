"""What a reviewer decides about an application, with all that follows: the audit row, and what the applicant is told.

The chat and the console decide by these alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.membership import applications, reviews
from storage.membership.applications import Application
from storage.membership.audited import MembershipAction
from storage.membership.ids import ApplicationId
from storage.membership.memberships import Membership
from storage.membership.notices import ApplicationApproved, ApplicationAsked, ApplicationRefused, ApplicationUndone
from storage.telegram_ids import PersonId


async def read(session: AsyncSession, row: Application, reviewer: PersonId, now: datetime) -> None:
    """Somebody looks at the answers."""
    await _note(session, MembershipAction.APPLICATION_READ, row, reviewer, now)


async def approve(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime
) -> tuple[Application, Membership]:
    """Makes the applicant a member. Raises InOtherHands or DecidedAlready."""
    member = await reviews.approve(session, application_id, reviewer, now)
    row = await applications.find(session, application_id)
    assert row is not None  # it is in the reviewer's hand
    await _note(session, MembershipAction.APPLICATION_APPROVED, row, reviewer, now)
    await _tell(session, row, ApplicationApproved(member.number), now)
    return row, member


async def refuse(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, reason: str, now: datetime
) -> Application:
    """The applicant reads the reason. Raises InOtherHands or DecidedAlready."""
    row = await reviews.refuse(session, application_id, reviewer, reason, now)
    await _note(session, MembershipAction.APPLICATION_REFUSED, row, reviewer, now)
    await _tell(session, row, ApplicationRefused(row.receipt, reason), now)
    return row


async def ask(
    session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, question: str, now: datetime
) -> Application:
    """The applicant is to answer first. Raises InOtherHands or DecidedAlready."""
    row = await reviews.ask(session, application_id, reviewer, question, now)
    await _note(session, MembershipAction.APPLICATION_ASKED, row, reviewer, now)
    await _tell(session, row, ApplicationAsked(row.id, question), now)
    return row


async def undo(session: AsyncSession, application_id: ApplicationId, reviewer: PersonId, now: datetime) -> Application:
    """Takes back the reviewer's own decision. Raises TooLateToUndo."""
    row = await reviews.undo(session, application_id, reviewer, now)
    await _note(session, MembershipAction.APPLICATION_UNDONE, row, reviewer, now)
    await _tell(session, row, ApplicationUndone(row.receipt), now)
    return row


async def _note(
    session: AsyncSession, act: MembershipAction, row: Application, reviewer: PersonId, now: datetime
) -> None:
    await audit.note(session, reviewer, act, now, subject=row.person_id, about=row.receipt)


async def _tell(session: AsyncSession, row: Application, notice: Notice, now: datetime) -> None:
    await delivery_queue.add(session, Addressed(row.person_id, notice, now))
