"""Members of the union: their number, since when, and the card that proves it.

What is said about a member is sealed; platform, district, phone and ID number can be found by blind indexes.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Index, Integer, LargeBinary, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import keys, sealed_columns
from storage.column_types import Sealed
from storage.coordination import number_sequences
from storage.database import Base, vault_of
from storage.dialogues import Answers
from storage.encryption import Vault
from storage.membership.ids import MemberNumber
from storage.membership.phones import phone_of
from storage.privacy.retention import AT_ONCE
from storage.pseudonym_columns import as_held, people_of
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

KEPT_ANSWERS = ("name", "phone", "platform", "platform_other", "work", "district", "id_number", "insurance")
"""What of an application stays with the membership: all but the proof."""


class AlreadyMember(Repeated):
    """This person is a member."""


class NotAMember(Refused):
    """This person is none, or no more."""


class Membership(Base):
    __tablename__ = "memberships"
    __table_args__ = (Index("ix_memberships_left_at", "left_at", "person_id", "platform_index", "district_index"),)

    number: Mapped[MemberNumber] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId | None] = mapped_column(default=None, index=True)
    content: Mapped[bytes | None] = mapped_column(Sealed(("person_id",)), default=None)
    since: Mapped[datetime] = mapped_column(index=True)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    id_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    platform_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    district_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)
    card_index: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, index=True)


def phone_index(vault: Vault, answers: Answers) -> bytes | None:
    """Returns the blind index of the phone number under the current key; None if there is none."""
    found = phone_indexes(vault, answers)
    return found[0] if found else None


def id_index(vault: Vault, answers: Answers) -> bytes | None:
    """Returns the blind index of the ID number under the current key; None if there is none."""
    found = id_indexes(vault, answers)
    return found[0] if found else None


def phone_indexes(vault: Vault, answers: Answers) -> list[bytes]:
    """By each key, so that doubles are found while keys are rotated."""
    phone = phone_of(answers)
    return _blinds(vault, None if phone is None else phone.number, "phone")


def id_indexes(vault: Vault, answers: Answers) -> list[bytes]:
    """Returns the blind indexes of the ID number, one a key, the current one first."""
    return _blinds(vault, answers.get("id_number"), "id_number")


def _blinds(vault: Vault, value: object, what: str) -> list[bytes]:
    return vault.blinds(str(value), f"memberships.{what}") if value else []


def platform_of(answers: Mapping[str, Any]) -> str:
    """The platform's name, chosen or written."""
    return str(answers.get("platform_other") or answers.get("platform") or "")


def _indexes(vault: Vault, plain: bytes) -> Mapping[str, bytes | None]:
    answers = orjson.loads(plain)
    return {
        "phone_index": phone_index(vault, answers),
        "id_index": id_index(vault, answers),
        "platform_index": vault.blind(platform_of(answers), "memberships.platform"),
        "district_index": vault.blind(str(answers.get("district")), "memberships.district"),
        "card_index": vault.blind(answers["card"], "memberships.card"),
    }


keys.REINDEXED["memberships.content"] = _indexes


async def create(session: AsyncSession, person_id: PersonId, answers: Answers, now: datetime) -> Membership:
    """Makes the person a member, with the next number and a card.

    Raises:
        AlreadyMember: see the class.
    """
    if await of(session, person_id) is not None:
        raise AlreadyMember
    number = await number_sequences.next_number(session, "memberships")
    kept = {name: answers[name] for name in KEPT_ANSWERS if answers.get(name) is not None}
    if (phone := phone_of(answers)) is not None:
        kept["phone"] = phone.number
    plain = orjson.dumps({**kept, "card": secrets.token_urlsafe(16)})
    row = Membership(number=number, person_id=person_id, since=now, **_indexes(vault_of(session), plain))
    sealed_columns.seal(session, row, Membership.content, plain)
    session.add(row)
    await session.flush()
    return row


async def of(session: AsyncSession, person_id: PersonId) -> Membership | None:
    """The person's membership, while it lasts."""
    return await session.scalar(
        select(Membership).where(Membership.person_id == person_id, Membership.left_at.is_(None))
    )


async def names_of(session: AsyncSession, people: Sequence[PersonId]) -> dict[PersonId, str]:
    """By person, the names of those who are members; of a page of people."""
    chosen = Membership.person_id.in_(people) & Membership.left_at.is_(None)
    rows = await session.execute(select(Membership.number, Membership.person_id, Membership.content).where(chosen))
    return {
        person_id: str(answers_in(session, number, person_id, sealed).get("name", ""))
        for number, person_id, sealed in rows
        if person_id is not None
    }


class Registered(NamedTuple):
    """A member as the register has them."""

    number: MemberNumber
    since: datetime
    answers: dict[str, Any]


async def pages(session: AsyncSession, size: int) -> AsyncIterator[list[Registered]]:
    """All who are members now, by their numbers; so many numbers at a time."""
    # Who has left is left out here: SQLite would find those who have not by an index, and sort all of them each time.
    columns = (
        Membership.number,
        as_held(Membership.person_id),
        Membership.content,
        Membership.since,
        Membership.left_at,
    )
    chosen, last = select(*columns).order_by(Membership.number).limit(size), MemberNumber(0)
    while page := (await session.execute(chosen.where(Membership.number > last))).all():
        last = page[-1].number
        there = [row for row in page if row.left_at is None and row[1] is not None]
        people = people_of(session, [held for _, held, *_ in there])
        yield [
            Registered(number, since, answers_in(session, number, person_id, sealed))
            for person_id, (number, _, sealed, since, _) in zip(people, there, strict=True)
        ]


async def by_number(session: AsyncSession, number: MemberNumber) -> Membership | None:
    return await session.get(Membership, number)


def content_of(session: AsyncSession, row: Membership) -> dict[str, Any]:
    """What is kept about a member: see KEPT_ANSWERS, and `card`, the secret of the card; empty after erasure."""
    return answers_in(session, row.number, row.person_id, row.content)


def answers_in(
    session: AsyncSession, number: MemberNumber, person_id: PersonId | None, sealed: bytes | None
) -> dict[str, Any]:
    """The same, of the columns of a row."""
    if sealed is None:
        return {}
    place = sealed_columns.identity(number, person_id)
    return dict(orjson.loads(vault_of(session).open(sealed, "memberships.content", place)))


async def by_card(session: AsyncSession, card: str) -> Membership | None:
    """The membership that a card was made for, also if it has ended. The digest only finds it: it can be copied to
    another row, the card that is sealed there can't."""
    known = vault_of(session).blinds(card, "memberships.card")
    rows = await session.scalars(select(Membership).where(Membership.card_index.in_(known)))
    return next((row for row in rows if row.content is None or content_of(session, row)["card"] == card), None)


async def leave(session: AsyncSession, person_id: PersonId, now: datetime) -> Membership:
    """Ends the membership; its card is not valid any more. Raises NotAMember."""
    row = await of(session, person_id)
    if row is None:
        raise NotAMember
    row.left_at = now
    return row


async def doubles(
    session: AsyncSession, phones: Sequence[bytes], ids: Sequence[bytes], but: PersonId
) -> list[MemberNumber]:
    """Numbers of members with this phone or ID number, other than this person."""
    same = or_(Membership.phone_index.in_(phones), Membership.id_index.in_(ids))
    rows = await session.scalars(
        select(Membership.number).where(same, Membership.person_id != but).order_by(Membership.number).limit(10)
    )
    return list(rows)


async def count(session: AsyncSession) -> int:
    """Counts the members who have not left."""
    return await session.scalar(select(func.count()).select_from(Membership).where(Membership.left_at.is_(None))) or 0


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    rows = await session.scalars(select(Membership).where(Membership.person_id == person_id))
    return [
        {"number": row.number, "since": row.since, "left_at": row.left_at, **content_of(session, row)} for row in rows
    ]


_NAMELESS: dict[str, None] = dict.fromkeys(
    ("person_id", "content", "phone_index", "id_index", "platform_index", "district_index")
)
"""What the register drops: it keeps that there was a number, from when to when. An old card shows as ended."""


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> bool:
    """What is said about some of those who left so long ago goes; True if there may be more."""
    ended = (Membership.left_at < now - kept) & Membership.person_id.is_not(None)
    some = select(Membership.number).where(ended).limit(AT_ONCE)
    emptied = await session.execute(
        update(Membership).where(Membership.number.in_(some)).values(_NAMELESS).returning(Membership.number)
    )
    return len(emptied.all()) == AT_ONCE


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """What is said about this person goes; a membership that lasts has to be ended before (`leave`)."""
    await session.execute(update(Membership).where(Membership.person_id == person_id).values(_NAMELESS))
