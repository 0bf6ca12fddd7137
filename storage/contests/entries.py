"""Entries: what somebody, or a team, takes part with. Telegram's file_id is the copy that is shown.

Who it is from is known to the coordinators who check it, never to judges. An entry can be changed until entering is
over, and each change is checked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, String, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.contests import teams
from storage.contests.contests import Contest
from storage.contests.ids import ContestId, EntryId, TeamId
from storage.contests.teams import Member
from storage.database import Base
from storage.privacy.retention import AT_ONCE, Retention
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.telegram_ids import MessageId, PersonId


class Kind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"


class EntryState(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    AGREEING = "agreeing"
    """The rules have changed, and its entrant has not agreed to them yet."""


class NoSuchEntry(Refused):
    """It does not exist, is another person's, or is not shown (any more)."""


class NotForYou(Refused):
    """The contest is for other people."""


class TooManyEntries(Refused):
    """This person has as many entries as the contest allows."""


class TeamHasEnough(Refused):
    """This person's team has as many entries as the contest allows."""


class RulesChanged(Refused):
    """The rules are others than those that the entrant has agreed to."""


class JudgesDoNotEnter(Refused):
    """A judge can't take part in the same contest."""


class CheckedAlready(Repeated):
    """Another coordinator has decided on it, or it was changed or withdrawn meanwhile."""


class Entry(Base):
    __tablename__ = "contest_entries"
    __table_args__ = (
        Index("ix_contest_entries_shown", "contest_id", "category", "state", "id"),
        Index("ix_contest_entries_person_id", "person_id"),
        Index("ix_contest_entries_team_id", "team_id"),
    )

    id: Mapped[EntryId] = mapped_column(BigKey, primary_key=True)
    contest_id: Mapped[ContestId] = mapped_column(BigInteger, ForeignKey("contests.id"))
    category: Mapped[int] = mapped_column(SmallInteger)
    person_id: Mapped[PersonId | None]
    """Who sent it in; None once they were erased: what they agreed to publish goes as well, the count stays. A team's
    entry goes on under another of its members."""
    team_id: Mapped[TeamId | None] = mapped_column(BigInteger, default=None)
    content: Mapped[bytes | None] = mapped_column(Sealed(("person_id",)), default=None)
    state: Mapped[EntryState] = mapped_column(StrEnumColumn(EntryState, 10), default=EntryState.WAITING)
    revision: Mapped[int] = mapped_column(SmallInteger, default=1)
    reason: Mapped[str] = mapped_column(String(300), default="")
    rules_version: Mapped[int] = mapped_column(SmallInteger)
    """Of the rules, with the consent to publish, that the entrant agreed to."""
    sent_at: Mapped[datetime]
    post: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    """In the contest's channel."""
    votes: Mapped[int | None] = mapped_column(default=None)
    """Once the vote is over."""
    is_shortlisted: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    certificate_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    """A blind index by which the certificate is found (see storage/contests/certificates.py)."""


@dataclass(frozen=True, slots=True)
class Content:
    """`by` is the name that the entrant wants to see beside it: their own, a nickname, or a team's, whose `members`
    are shown too.

    `file_name` is what the entrant's phone called the file; `neutral_id` is the same file under a name of ours, which
    is what judges get.
    """

    kind: Kind
    title: str
    words: str
    by: str
    file_id: str = ""
    file_name: str = ""
    neutral_id: str = ""
    certificate: str = ""
    """The secret in the QR code of its certificate."""
    members: tuple[str, ...] = ()

    @property
    def entrant(self) -> str:
        """Whose it is, as it is shown."""
        return f"{self.by} ({' · '.join(self.members)})" if self.members else self.by


JSON = SealedJson(Content)


def content_of(session: AsyncSession, row: Entry) -> Content:
    """Raises NoSuchEntry: it has been erased."""
    if row.content is None:
        raise NoSuchEntry
    return JSON.decode(sealed_columns.opened(session, row, Entry.content))


def title_of(session: AsyncSession, row: Entry) -> str:
    """Empty if it has been erased or withdrawn."""
    return "" if row.content is None else content_of(session, row).title


def keep(session: AsyncSession, row: Entry, content: Content) -> None:
    """Seals the content, for whom the row is of now."""
    sealed_columns.seal(session, row, Entry.content, JSON.encode(content))


async def keep_neutral(session: AsyncSession, entry_id: EntryId, file_id: str, neutral_id: str) -> None:
    """Keeps Telegram's id of the file under a name of ours, unless the entry has another file by now."""
    row = await session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if row is not None and row.content is not None:
        content = content_of(session, row)
        if content.file_id == file_id:
            keep(session, row, replace(content, neutral_id=neutral_id))


def take_back(row: Entry) -> None:
    _forget(row)
    row.state, row.reason = EntryState.WITHDRAWN, ""


def _forget(row: Entry) -> None:
    """What it was; that somebody took part stays."""
    row.content = row.certificate_index = None


async def find_own(session: AsyncSession, entry_id: EntryId, person_id: PersonId) -> Entry:
    """One's own that has not been withdrawn. Raises NoSuchEntry."""
    row = await session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != person_id or row.state is EntryState.WITHDRAWN:
        raise NoSuchEntry
    return row


async def find_for_entrant(session: AsyncSession, entry_id: EntryId, person_id: PersonId) -> Entry:
    """One's own, or one's team's, to be looked at. Raises NoSuchEntry."""
    row = await session.get(Entry, entry_id)
    if row is None or row.state is EntryState.WITHDRAWN:
        raise NoSuchEntry
    if row.person_id != person_id:
        member = await teams.membership(session, row.contest_id, person_id)
        if member is None or member.team_id != row.team_id:
            raise NoSuchEntry
    return row


async def of_person(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Sequence[Entry]:
    """Theirs and their team's that have not been withdrawn."""
    team = select(Member.team_id).where(Member.contest_id == contest_id, Member.person_id == person_id)
    chosen = select(Entry).where(
        Entry.contest_id == contest_id,
        or_(Entry.person_id == person_id, Entry.team_id.in_(team)),
        Entry.state != EntryState.WITHDRAWN,
    )
    return (await session.scalars(chosen.order_by(Entry.id))).all()


async def entered_alone(session: AsyncSession, person_id: PersonId) -> int:
    """How many entries of this person, and of no team, have not been withdrawn."""
    theirs = (Entry.person_id == person_id) & Entry.team_id.is_(None) & (Entry.state != EntryState.WITHDRAWN)
    return await session.scalar(select(func.count()).select_from(Entry).where(theirs)) or 0


async def of_team(session: AsyncSession, team_id: TeamId) -> Sequence[Entry]:
    """Those that have not been withdrawn, to be changed."""
    chosen = select(Entry).where(Entry.team_id == team_id, Entry.content.is_not(None)).order_by(Entry.id)
    locked = chosen.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).all()


async def title(session: AsyncSession, entry_id: EntryId) -> str:
    """Empty if it has been erased or withdrawn."""
    return title_of(session, await session.get_one(Entry, entry_id))


async def posted_by(session: AsyncSession, person_id: PersonId) -> Sequence[Entry]:
    """This person's entries that stand in a channel."""
    chosen = select(Entry).where(Entry.person_id == person_id, Entry.post.is_not(None))
    return (await session.scalars(chosen.order_by(Entry.id))).all()


async def remember_post(session: AsyncSession, entry_id: EntryId, post: MessageId) -> None:
    """Where an entry stands in the channel."""
    row = await session.get(Entry, entry_id)
    if row is not None:
        row.post = post


async def find(session: AsyncSession, entry_id: EntryId) -> Entry:
    """Raises NoSuchEntry."""
    row = await session.get(Entry, entry_id)
    if row is None or row.state is EntryState.WITHDRAWN:
        raise NoSuchEntry
    return row


async def shown(session: AsyncSession, contest_id: ContestId, category: int) -> list[EntryId]:
    """The ids of those that everybody may look at, in the order of the table."""
    chosen = select(Entry.id).where(
        Entry.contest_id == contest_id, Entry.category == category, Entry.state == EntryState.SHOWN
    )
    return list(await session.scalars(chosen.order_by(Entry.id)))


async def published(session: AsyncSession, contest_id: ContestId) -> Sequence[Entry]:
    """All that are shown: by category, and there in the order of their places, then of the table."""
    chosen = select(Entry).where(Entry.contest_id == contest_id, Entry.state == EntryState.SHOWN)
    return (await session.scalars(chosen.order_by(Entry.category, Entry.place.is_(None), Entry.place, Entry.id))).all()


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Entry).where(Entry.person_id == person_id).order_by(Entry.id))
    return [
        {
            "contest": row.contest_id,
            "sent_at": row.sent_at,
            "state": row.state,
            "content": None if row.content is None else content_of(session, row),
        }
        for row in rows
    ]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """All entries of this person are withdrawn: the count and the place stay, nothing else."""
    rows = (await session.scalars(select(Entry).where(Entry.person_id == person_id))).all()
    for row in rows:
        _forget(row)
        row.person_id, row.state, row.reason = None, EntryState.WITHDRAWN, ""


async def forget_some_people(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    """Whose the entries were of contests that ended long ago. What was shown stays, as its entrant agreed; the rest
    goes."""
    over = select(Contest.id).where(Contest.ended_at <= now - kept.sign_ups)
    chosen = select(Entry).where(Entry.contest_id.in_(over), Entry.person_id.is_not(None)).limit(AT_ONCE)
    rows = (await session.scalars(chosen)).all()
    for row in rows:
        content = content_of(session, row) if row.state is EntryState.SHOWN else None
        row.person_id, row.reason = None, ""
        if content is None:
            _forget(row)
        else:
            keep(session, row, content)
    return len(rows) == AT_ONCE
