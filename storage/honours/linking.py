"""Linking an entry to its owner's account: a secret link, and the last digits of a number that only they know."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from enum import Enum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import vault_of
from storage.honours import register
from storage.honours.ids import HonouredId
from storage.honours.situation_table import SituationAnswer
from storage.honours.table import Honoured, entry_of, keep
from storage.refusals import Refused
from storage.telegram_ids import PersonId

DIGITS, MOST_TRIES = 4, 3


class LinkUsed(Refused):
    """The link was used, is void after wrong answers, or never was."""


class NothingToCheck(Refused):
    """The entry has neither an ID number nor a phone number to ask for."""


class Check(Enum):
    """What came of the digits."""

    LINKED = "linked"
    WRONG = "wrong"
    VOID = "void"
    """They were wrong for the last time."""


async def issue(session: AsyncSession, honoured_id: HonouredId) -> str:
    """A new secret for an entry; an older link and the account that was linked are cut off. What this account has
    answered goes: only it could take its answers back, and whoever is linked next would find them as their own.

    Raises:
        NoSuchEntry, NothingToCheck: see the classes.
    """
    row = await register.find_for_update(session, honoured_id)
    entry = entry_of(session, row)
    if not _asked_for(row, session):
        raise NothingToCheck
    if row.person_id is not None:
        await session.execute(delete(SituationAnswer).where(SituationAnswer.honoured_id == row.id))
    row.person_id, secret = None, secrets.token_urlsafe(12)
    keep(session, row, replace(entry, link=secret, tries=0))
    return secret


def _asked_for(row: Honoured, session: AsyncSession) -> str:
    entry = entry_of(session, row)
    return (entry.id_number or entry.phone)[-DIGITS:].upper()


async def find(session: AsyncSession, secret: str) -> Honoured:
    """The entry that a link leads to. Raises LinkUsed."""
    known = vault_of(session).blinds(secret, "honoured.link")
    rows = await session.scalars(select(Honoured).where(Honoured.link_index.in_(known)).with_for_update())
    row = next((row for row in rows if secret and entry_of(session, row).link == secret), None)
    if row is None:
        raise LinkUsed
    return row


def asks_for_id_number(session: AsyncSession, row: Honoured) -> bool:
    """Whether the digits are those of the ID number; else of the phone number."""
    return bool(entry_of(session, row).id_number)


async def link(session: AsyncSession, secret: str, person_id: PersonId, digits: str, now: datetime) -> Check:
    """Links the entry to this account, if the digits are right. A wrong answer is counted, so nothing is raised for it.

    Raises:
        LinkUsed: see the class.
    """
    row = await find(session, secret)
    entry = entry_of(session, row)
    if digits.strip().upper() == _asked_for(row, session):
        row.person_id, row.changed_at = person_id, now
        keep(session, row, replace(entry, link="", tries=0))
        return Check.LINKED
    is_void = entry.tries + 1 >= MOST_TRIES
    keep(session, row, replace(entry, link="" if is_void else entry.link, tries=entry.tries + 1))
    return Check.VOID if is_void else Check.WRONG
