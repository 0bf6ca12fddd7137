"""Who speaks: what has to be known about a person before their update is looked at, by one query for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.contexts import CaseContext
from storage.cases.ids import CaseId
from storage.cases.table import Case
from storage.column_types import UtcDateTime
from storage.dialects import is_postgresql
from storage.dialogues import Dialogue
from storage.engine.fast_statements import run
from storage.form_session import FormRow
from storage.membership.memberships import Membership
from storage.people import roles
from storage.people.people import PersonRow
from storage.pseudonym_columns import Pseudonym, array_parameter
from storage.telegram_ids import PersonId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done, DoneUpdate

MEMBER = "member"
"""The role of whoever has joined."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What has to be known about a person before their update is looked at.

    `language` is what they chose, None where Telegram's word holds (`app_language` was the last); `form_row` is the
    form that waits for their answer, as it was read, `case` the one in which they write.
    """

    known: bool
    language: str | None = None
    reachable: bool = True
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    app_language: str | None = None
    roles: frozenset[str] = frozenset()
    """Given in the chat, at this moment; "member" while the membership lasts."""
    case: CaseId | None = None
    case_number: str = ""
    form_row: FormRow | None = None

    @property
    def form(self) -> str | None:
        """The name of the form that waits for their answer; None also where one was cancelled just now."""
        return (self.form_row.form or None) if self.form_row is not None else None

    @property
    def spoken(self) -> str | None:
        """See `spoken`."""
        return self.language or self.app_language


_PEOPLE, _FORMS, _MEMBERS, _CONTEXTS, _CASES, _UPDATES = (
    cast(Table, one.__table__) for one in (PersonRow, Dialogue, Membership, CaseContext, Case, DoneUpdate)
)
_NOW = bindparam("now", type_=UtcDateTime())
_COLUMNS = (
    _PEOPLE.c.id,
    _PEOPLE.c.language,
    _PEOPLE.c.reachable,
    _PEOPLE.c.first_seen,
    _PEOPLE.c.last_seen,
    _FORMS.c.form,
    _FORMS.c.answers.label("form_answers"),
    _FORMS.c.expires_at.label("form_expires_at"),
    _PEOPLE.c.app_language,
    _MEMBERS.c.number,
    _CONTEXTS.c.case_id,
    _CASES.c.number.label("case_number"),
    roles.TABLE.c.role,
    roles.TABLE.c.until.label("role_until"),
    roles.TABLE.c.seal.label("role_seal"),
)


def _joined(people: FromClause, person: ColumnElement[Any]) -> FromClause:
    """All that is known of people, and the roles of this person. Who has several roles has a row for each."""
    known = _PEOPLE.c.id
    return (
        people.outerjoin(_FORMS, and_(_FORMS.c.person_id == known, _FORMS.c.expires_at > _NOW))
        .outerjoin(_MEMBERS, and_(_MEMBERS.c.person_id == known, _MEMBERS.c.left_at.is_(None)))
        .outerjoin(_CONTEXTS, _CONTEXTS.c.person_id == known)
        .outerjoin(_CASES, _CASES.c.id == _CONTEXTS.c.case_id)
        .outerjoin(roles.TABLE, and_(roles.TABLE.c.person_id == person, roles.HOLDS))
    )


_STANDINGS = (
    select(*_COLUMNS)
    .select_from(_joined(_PEOPLE, _PEOPLE.c.id))
    .where(_PEOPLE.c.id.in_(bindparam("ids", expanding=True)))
)
"""Built once: it is asked for every update."""


def _looked_up() -> Select[Any]:
    """The same on PostgreSQL for pairs of a person and an update, with what became of the update."""
    asked = (
        func.unnest(array_parameter("ids"), array_parameter("keys"))
        .table_valued(column("person", Pseudonym()), column("key", Pseudonym()))
        .render_derived(name="asked")
    )
    done = asked.outerjoin(_PEOPLE, _PEOPLE.c.id == asked.c.person).outerjoin(_UPDATES, _UPDATES.c.key == asked.c.key)
    return select(
        asked.c.person,
        asked.c.key,
        _UPDATES.c.key.label("done"),
        _UPDATES.c.answers,
        _UPDATES.c.due,
        *_COLUMNS,
    ).select_from(_joined(done, asked.c.person))


_LOOKED_UP = _looked_up()


async def looked_up(
    session: AsyncSession, asked: Sequence[tuple[PersonId, UpdateKey]], now: datetime
) -> list[tuple[Standing, Done | None]]:
    """The standing of whoever sent an update, and what became of the update if it is a duplicate, for each that is
    asked; on PostgreSQL by one statement."""
    ids, keys = [person_id for person_id, _ in asked], [key for _, key in asked]
    if not is_postgresql(session):
        return list(zip(await standings(session, ids, now), await updates.done(session, keys), strict=True))
    rows = await run(session, _LOOKED_UP, {"ids": ids, "keys": keys, "now": now})
    by_person: dict[PersonId, Standing] = {}
    by_key: dict[UpdateKey, Done] = {}
    for row in rows:
        _add(by_person, row.person, row, session)
        if row.done is not None:
            by_key[row.key] = updates.opened(session, row.key, row.answers, row.due)
    return [(by_person[person_id], by_key.get(key)) for person_id, key in asked]


def _add(
    by_person: dict[PersonId, Standing], person_id: PersonId, row: Row[*tuple[Any, ...]], session: AsyncSession
) -> None:
    """Adds a row of a person; of whoever has several roles, each row adds one."""
    given = set[str]()
    if row.role is not None and roles.is_genuine(session, person_id, row.role, row.role_until, row.role_seal):
        given.add(row.role)
    known = by_person.get(person_id)
    by_person[person_id] = _standing(row, given) if known is None else replace(known, roles=known.roles | given)


async def standings(session: AsyncSession, ids: Sequence[PersonId], now: datetime) -> list[Standing]:
    """The standing of each person, in the order asked: by one query, and one more if some are not known."""
    rows = await run(session, _STANDINGS, {"ids": list(set(ids)), "now": now})
    by_person: dict[PersonId, Standing] = {}
    for row in rows:
        _add(by_person, row.id, row, session)
    unknown = [person_id for person_id in ids if person_id not in by_person]
    held = await roles.held(session, unknown, now) if unknown else {}
    for person_id in unknown:
        by_person[person_id] = Standing(known=False, roles=frozenset(held.get(person_id, ())))
    return [by_person[person_id] for person_id in ids]


def _standing(row: Row[*tuple[Any, ...]], given: set[str]) -> Standing:
    if row.id is None:
        return Standing(known=False, roles=frozenset(given))
    return Standing(
        known=True,
        language=row.language,
        reachable=row.reachable,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        form_row=None if row.form is None else FormRow(row.id, row.form, row.form_answers, row.form_expires_at),
        app_language=row.app_language,
        roles=frozenset(given if row.number is None else {*given, MEMBER}),
        case=row.case_id,
        case_number=row.case_number or "",
    )
