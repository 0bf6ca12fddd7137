"""What opens pages in a browser: the link of /console, the session that it becomes, the token of a Mini App.

Only a digest of each is kept. Whose it is and until when it holds is sealed beside it: whoever can write to the
database but has no key can make no pass, and can't give one to somebody else.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CursorResult, LargeBinary, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import audit, sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.console.audited import ConsoleAction
from storage.console.ids import PassId
from storage.coordination import change_counters
from storage.database import Base
from storage.dialects import add_new
from storage.encryption import CannotDecrypt
from storage.privacy.retention import Retention, forget_some
from storage.refusals import Refused
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

VERSION = "browser_passes"
"""Raised where one ends early, so that every replica closes the pages that it opened."""
TOKEN_LENGTH = 43
"""Characters of a token: 256 random bits."""
MOST_AT_ONCE = 20
"""Passes of a kind that one person may have."""


class Kind(StrEnum):
    LINK = "link"
    SESSION = "session"
    APP = "app"


LASTS: Mapping[Kind, timedelta] = {
    Kind.LINK: timedelta(minutes=2),
    Kind.SESSION: timedelta(hours=8),
    Kind.APP: timedelta(minutes=15),
}


class LinkSpent(Refused):
    """The link of /console was used already, or is too old."""


class OpenedAlready(Refused):
    """This initData of a Mini App was exchanged for a token before."""


class TooManyPasses(Refused):
    """This person has MOST_AT_ONCE of the kind."""


class PassRow(Base):
    __tablename__ = "browser_passes"

    id: Mapped[PassId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    kind: Mapped[Kind] = mapped_column(StrEnumColumn(Kind, 10))
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    source: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True, default=None)
    """Of what it was made from, where that may be done once only."""
    since: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(Sealed(("person_id",)))


@dataclass(frozen=True, slots=True)
class _Content:
    """What a pass is, sealed; the columns beside it only find it."""

    kind: str
    digest: str
    until: str
    browser: str = ""
    language: str = ""


_CONTENT = SealedJson(_Content)


@dataclass(frozen=True, slots=True)
class Pass:
    """One that holds now. `browser` is what the person's browser calls itself, in a word or two; `language` that of
    the app in which a page was opened."""

    id: PassId
    person_id: PersonId
    kind: Kind
    since: datetime
    until: datetime
    browser: str
    language: str


def digest_of(token: str) -> bytes:
    """What is kept of a token, which is too long to be guessed."""
    return hashlib.sha256(token.encode()).digest()


async def issue(
    session: AsyncSession,
    person_id: PersonId,
    kind: Kind,
    now: datetime,
    *,
    source: bytes | None = None,
    browser: str = "",
    language: str = "",
) -> str:
    """Makes a pass, and returns its token, which is known nowhere else.

    Raises:
        OpenedAlready: there was one of this source.
        TooManyPasses: see the class.
    """
    if source is not None and await session.scalar(select(PassRow.id).where(PassRow.source == source)) is not None:
        raise OpenedAlready
    held = select(func.count()).where(PassRow.person_id == person_id, PassRow.kind == kind, PassRow.until > now)
    if (await session.scalar(held) or 0) >= MOST_AT_ONCE:
        raise TooManyPasses
    token, until = secrets.token_urlsafe(32), now + LASTS[kind]
    added = await add_new(
        session,
        PassRow,
        person_id=person_id,
        kind=kind,
        digest=digest_of(token),
        source=source,
        since=now,
        until=until,
        content=b"",
    )
    if not added:
        raise OpenedAlready  # at the same moment
    row = (await session.scalars(select(PassRow).where(PassRow.digest == digest_of(token)))).one()
    content = _Content(kind.value, row.digest.hex(), until.isoformat(), browser, language)
    sealed_columns.seal(session, row, PassRow.content, _CONTENT.encode(content))
    return token


async def opened_by(session: AsyncSession, token: str, now: datetime) -> Pass | None:
    """The pass with this token; None if none holds (any more)."""
    if len(token) != TOKEN_LENGTH:
        return None
    row = await session.scalar(select(PassRow).where(PassRow.digest == digest_of(token)))
    return None if row is None or row.until <= now else _genuine(session, row)


def _genuine(session: AsyncSession, row: PassRow) -> Pass | None:
    """None for a row that this program has not written as it is."""
    try:
        content = _CONTENT.decode(sealed_columns.opened(session, row, PassRow.content))
    except CannotDecrypt:
        return None
    if (content.kind, content.digest, content.until) != (row.kind.value, row.digest.hex(), row.until.isoformat()):
        return None
    return Pass(row.id, row.person_id, row.kind, row.since, row.until, content.browser, content.language)


async def use_link(session: AsyncSession, token: str, now: datetime, browser: str) -> str:
    """Turns a link into a session, once: returns the session's token. It is audited.

    Raises:
        LinkSpent, TooManyPasses: see the classes.
    """
    found = await opened_by(session, token, now)
    if found is None or found.kind is not Kind.LINK or not await _remove(session, found.id):
        raise LinkSpent
    await audit.note(session, found.person_id, ConsoleAction.CONSOLE_OPENED, now, found.person_id, browser)
    return await issue(session, found.person_id, Kind.SESSION, now, browser=browser)


async def _remove(session: AsyncSession, pass_id: PassId) -> bool:
    """False if somebody else was faster."""
    gone = await session.execute(delete(PassRow).where(PassRow.id == pass_id))
    assert isinstance(gone, CursorResult)
    return bool(gone.rowcount)


async def sessions_of(session: AsyncSession, person_id: PersonId, now: datetime) -> Sequence[Pass]:
    """The sessions that this person has open, the newest first."""
    mine = select(PassRow).where(PassRow.person_id == person_id, PassRow.kind == Kind.SESSION, PassRow.until > now)
    rows = await session.scalars(mine.order_by(PassRow.id.desc()))
    return [one for one in (_genuine(session, row) for row in rows) if one is not None]


async def end(session: AsyncSession, pass_id: PassId, person_id: PersonId, now: datetime) -> None:
    """Ends one of this person's sessions, if it has not ended yet. It is audited."""
    mine = delete(PassRow).where(PassRow.id == pass_id, PassRow.person_id == person_id)
    if (await session.execute(mine.returning(PassRow.id))).first() is not None:
        await audit.note(session, person_id, ConsoleAction.CONSOLE_CLOSED, now, person_id)
        await change_counters.raise_version(session, VERSION)


async def end_all(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """Ends all sessions of this person, and links that were not used. It is audited. The token of a Mini App stays."""
    theirs = delete(PassRow).where(PassRow.person_id == person_id, PassRow.kind.in_((Kind.LINK, Kind.SESSION)))
    if (await session.execute(theirs.returning(PassRow.id))).first() is not None:
        await audit.note(session, person_id, ConsoleAction.CONSOLE_CLOSED, now, person_id)
        await change_counters.raise_version(session, VERSION)


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """Drops what opens nothing any more; True if there may be more."""
    return await forget_some(session, PassRow, PassRow.until <= now)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(PassRow).where(PassRow.person_id == person_id).order_by(PassRow.id))
    found = (_genuine(session, row) for row in rows)
    return [
        {
            "kind": one.kind.value,
            "since": one.since,
            "until": one.until,
            "browser": one.browser,
            "language": one.language,
        }
        for one in found
        if one is not None
    ]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(PassRow).where(PassRow.person_id == person_id))
    await change_counters.raise_version(session, VERSION)
