"""Who speaks: what has to be known about a person before their update is looked at, by one query for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    Row,
    Select,
    Table,
    and_,
    bindparam,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.contexts import CaseContext
from storage.cases.ids import CaseId
from storage.cases.table import Case
from storage.column_types import UtcDateTime
from storage.database import run
from storage.dialogues import Dialogue
from storage.membership.memberships import Membership
from storage.people import roles
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId

MEMBER = "member"
"""The role of who has joined."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What has to be known about a person before their update is looked at.

    `language` is what they chose, None where Telegram's word holds (`app_language` was the last); `form` is the form
    that waits for their answer, `case` the one in which they write.
    """

    known: bool
    language: str | None = None
    reachable: bool = True
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    form: str | None = None
    app_language: str | None = None
    roles: frozenset[str] = frozenset()
    """Given in the chat, at this moment; "member" while the membership lasts."""
    case: CaseId | None = None
    case_number: str = ""

    @property
    def spoken(self) -> str | None:
        """See `spoken`."""
        return self.language or self.app_language


def _standings() -> Select[Any]:
    """Built once: it is asked for every update. Who has several roles has a row for each."""
    people, forms, members, contexts, cases = (
        cast(Table, one.__table__) for one in (PersonRow, Dialogue, Membership, CaseContext, Case)
    )
    given = roles.TABLE
    now = bindparam("now", type_=UtcDateTime())
    return (
        select(
            people.c.id,
            people.c.language,
            people.c.reachable,
            people.c.first_seen,
            people.c.last_seen,
            forms.c.form,
            people.c.app_language,
            members.c.number,
            contexts.c.case_id,
            cases.c.number.label("case_number"),
            given.c.role,
            given.c.until.label("role_until"),
            given.c.seal.label("role_seal"),
        )
        .select_from(
            people.outerjoin(forms, and_(forms.c.person_id == people.c.id, forms.c.expires_at > now))
            .outerjoin(members, and_(members.c.person_id == people.c.id, members.c.left_at.is_(None)))
            .outerjoin(contexts, contexts.c.person_id == people.c.id)
            .outerjoin(cases, cases.c.id == contexts.c.case_id)
            .outerjoin(given, and_(given.c.person_id == people.c.id, roles.HOLDS))
        )
        .where(people.c.id.in_(bindparam("ids", expanding=True)))
    )


_STANDINGS = _standings()


async def standings(session: AsyncSession, ids: Sequence[PersonId], now: datetime) -> list[Standing]:
    """The standing of each person, in the order asked: by one query, and one more if some are not known."""
    rows = await run(session, _STANDINGS, {"ids": list(set(ids)), "now": now})
    by_person: dict[PersonId, Standing] = {}
    for row in rows:
        given = set[str]()
        if row.role is not None and roles.is_genuine(session, row.id, row.role, row.role_until, row.role_seal):
            given.add(row.role)
        known = by_person.get(row.id)
        by_person[row.id] = _standing(row, given) if known is None else replace(known, roles=known.roles | given)
    unknown = [person_id for person_id in ids if person_id not in by_person]
    held = await roles.held(session, unknown, now) if unknown else {}
    for person_id in unknown:
        by_person[person_id] = Standing(known=False, roles=frozenset(held.get(person_id, ())))
    return [by_person[person_id] for person_id in ids]


def _standing(row: Row[*tuple[Any, ...]], given: set[str]) -> Standing:
    return Standing(
        known=True,
        language=row.language,
        reachable=row.reachable,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        form=row.form,
        app_language=row.app_language,
        roles=frozenset(given if row.number is None else {*given, MEMBER}),
        case=row.case_id,
        case_number=row.case_number or "",
    )
