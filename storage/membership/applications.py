"""Applications to join the union: what riders do with theirs. What reviewers do is in storage/membership/reviews.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Annotated, Any, NamedTuple, cast

from sqlalchemy import Index, LargeBinary, Table, bindparam, delete, exists, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys, sealed_columns
from storage.column_types import BigKey, IntEnumColumn, Sealed
from storage.database import Base, vault_of
from storage.dialogues import Answers
from storage.encryption import Vault
from storage.engine.fast_statements import run
from storage.engine.write_detection import flush
from storage.membership import memberships
from storage.membership.ids import ApplicationId, MemberNumber
from storage.membership.memberships import AlreadyMember, Membership
from storage.privacy.retention import forget_some
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson, once_a_list
from storage.telegram_ids import PersonId


class ApplicationState(IntEnum):
    """Where an application stands. Those from APPROVED on are decided."""

    WAITING = 0
    ASKED = 1  # the applicant has a question to answer
    APPROVED = 2
    REFUSED = 3
    WITHDRAWN = 4


OPEN = (ApplicationState.WAITING, ApplicationState.ASKED)
MOST_PER_DAY = 5


class AppliedAlready(Repeated):
    """This person's application is still open."""


class TooManyApplications(Refused):
    """More than MOST_PER_DAY of one person within a day."""


class NothingOpen(Refused):
    """This person has no application for this."""


class Application(Base):
    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_waiting", "state", "waiting_since"),
        Index("ix_applications_decided", "state", "decided_at", "id"),
        {"sqlite_autoincrement": True},  # a receipt number is never given twice
    )

    id: Mapped[ApplicationId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    state: Mapped[ApplicationState] = mapped_column(IntEnumColumn(ApplicationState))
    content: Mapped[bytes] = mapped_column(Sealed(("person_id",)))
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    consent_version: Mapped[int]
    sent_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    claimed_by: Mapped[PersonId | None] = mapped_column(default=None)
    claimed_until: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[PersonId | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None, index=True)

    @property
    def receipt(self) -> str:
        """What the applicant and the reviewers call it."""
        return f"A-{self.sent_at.year}-{self.id:06d}"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a reviewer asked the applicant; `answer` and `picture`, a file_id, are empty until there is one of them."""

    question: str
    answer: str = ""
    picture: str = ""


@dataclass(slots=True)
class Content:
    """What an application says: the answers by question, what was asked back with what was answered, the reason of a
    refusal."""

    answers: Answers
    exchange: list[Annotated[Inquiry, once_a_list(Inquiry)]] = field(default_factory=list)
    reason: str = ""


_CONTENT = SealedJson(Content)


def content_of(session: AsyncSession, row: Application) -> Content:
    return _CONTENT.decode(sealed_columns.opened(session, row, Application.content))


def keep_content(session: AsyncSession, row: Application, content: Content) -> None:
    """Seals it, with the indexes by which doubles are found."""
    plain = _CONTENT.encode(content)
    sealed_columns.seal(session, row, Application.content, plain)
    for name, value in _indexes(vault_of(session), plain).items():
        setattr(row, name, value)


def _indexes(vault: Vault, plain: bytes) -> Mapping[str, bytes | None]:
    answers = _CONTENT.decode(plain).answers
    return {"phone_index": memberships.phone_index(vault, answers), "id_index": memberships.id_index(vault, answers)}


keys.REINDEXED["applications.content"] = _indexes


class Applicant(NamedTuple):
    """How somebody stands who would apply: whether they have an application that is not decided, how many they have
    sent within a day, and the answers of the newest."""

    is_member: bool
    has_applied: bool
    sent_lately: int
    answers: Answers

    def require_may_apply(self) -> None:
        """Raises AlreadyMember, AppliedAlready: see the classes."""
        if self.is_member:
            raise AlreadyMember
        if self.has_applied:
            raise AppliedAlready


_TABLE, _MEMBERS = cast(Table, Application.__table__), cast(Table, Membership.__table__)
_OWN, _LATELY = _TABLE.c.person_id == bindparam("person"), _TABLE.c.sent_at > bindparam("since")
_NEWEST = select(_TABLE.c.id, _TABLE.c.content).where(_OWN).order_by(_TABLE.c.id.desc()).limit(1).subquery()
_APPLICANT = select(
    exists().where(_MEMBERS.c.person_id == bindparam("person"), _MEMBERS.c.left_at.is_(None)).label("is_member"),
    exists().where(_OWN, or_(*(_TABLE.c.state == one for one in OPEN))).label("has_applied"),
    select(func.count()).select_from(_TABLE).where(_OWN, _LATELY).scalar_subquery().label("sent_lately"),
    _NEWEST.c.id,
    _NEWEST.c.content,
).select_from(select(literal(1).label("one")).subquery().outerjoin(_NEWEST, true()))


async def applicant(session: AsyncSession, person_id: PersonId, now: datetime) -> Applicant:
    """How this person stands, by one statement."""
    await flush(session)
    row = (await run(session, _APPLICANT, {"person": person_id, "since": now - timedelta(days=1)})).one()
    answers: Answers = {}
    if row.id is not None:
        place = sealed_columns.identity(row.id, person_id)
        answers = _CONTENT.decode(vault_of(session).open(row.content, "applications.content", place)).answers
    return Applicant(row.is_member, row.has_applied, row.sent_lately, answers)


async def apply(
    session: AsyncSession, person_id: PersonId, answers: Answers, consent_version: int, now: datetime
) -> Application:
    """Hands the answers in.

    Raises:
        AppliedAlready: an earlier application is still open.
        AlreadyMember: there is nothing to apply for.
        TooManyApplications: see the class.
    """
    standing = await applicant(session, person_id, now)
    if standing.sent_lately >= MOST_PER_DAY:
        raise TooManyApplications
    standing.require_may_apply()
    row = Application(
        person_id=person_id,
        state=ApplicationState.WAITING,
        content=b"",
        consent_version=consent_version,
        sent_at=now,
        waiting_since=now,
    )
    session.add(row)
    await session.flush()
    keep_content(session, row, Content(answers))
    return row


async def find(session: AsyncSession, application_id: ApplicationId) -> Application | None:
    return await session.get(Application, application_id)


async def find_for_update(session: AsyncSession, application_id: ApplicationId) -> Application | None:
    """The same, read afresh and locked until the transaction ends."""
    return await session.get(Application, application_id, with_for_update=True, populate_existing=True)


async def open_of(session: AsyncSession, person_id: PersonId) -> Application | None:
    """The application of this person that is not decided."""
    return await session.scalar(
        select(Application).where(Application.person_id == person_id, Application.state.in_(OPEN)).with_for_update()
    )


async def latest_of(session: AsyncSession, person_id: PersonId) -> Application | None:
    """The newest application of this person, decided or not."""
    return await session.scalar(
        select(Application).where(Application.person_id == person_id).order_by(Application.id.desc()).limit(1)
    )


async def withdraw(session: AsyncSession, person_id: PersonId, now: datetime) -> Application:
    """Raises NothingOpen."""
    row = await open_of(session, person_id)
    if row is None:
        raise NothingOpen
    row.state, row.decided_at, row.claimed_by = ApplicationState.WITHDRAWN, now, None
    return row


async def answer(session: AsyncSession, person_id: PersonId, text: str, picture: str, now: datetime) -> Application:
    """The answer to what was asked back goes into the application, which waits again, free for everybody: of the hold
    is left whose it was (see `reviews.answered_to`). Raises NothingOpen."""
    row = await open_of(session, person_id)
    if row is None or row.state != ApplicationState.ASKED:
        raise NothingOpen
    content = content_of(session, row)
    content.exchange[-1] = replace(content.exchange[-1], answer=text, picture=picture)
    keep_content(session, row, content)
    row.state, row.waiting_since = ApplicationState.WAITING, now
    row.claimed_until = now
    return row


async def doubles(session: AsyncSession, row: Application) -> list[str | MemberNumber]:
    """Receipts and member numbers of others with the same phone or ID number."""
    vault = vault_of(session)
    answers = content_of(session, row).answers
    phones, ids = memberships.phone_indexes(vault, answers), memberships.id_indexes(vault, answers)
    same = or_(Application.phone_index.in_(phones), Application.id_index.in_(ids))
    rows = await session.scalars(
        select(Application).where(same, Application.person_id != row.person_id).order_by(Application.id).limit(10)
    )
    return [*(other.receipt for other in rows), *await memberships.doubles(session, phones, ids, row.person_id)]


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> bool:
    """Drops some of what was decided so long ago, since what a membership needs has been copied into it; True if there
    may be more."""
    return await forget_some(
        session, Application, Application.state.not_in(OPEN) & (Application.decided_at < now - kept)
    )


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    rows = await session.scalars(select(Application).where(Application.person_id == person_id).order_by(Application.id))
    found = []
    for row in rows:
        content = content_of(session, row)
        found.append(
            {
                "receipt": row.receipt,
                "state": row.state.name.lower(),
                "sent_at": row.sent_at,
                "decided_at": row.decided_at,
                "answers": content.answers,
                "questions": [astuple(inquiry) for inquiry in content.exchange],
                "reason": content.reason,
            }
        )
    return found


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Application).where(Application.person_id == person_id))
