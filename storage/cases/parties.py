"""Whose case it is and who takes care of it, so that only this program can say so.

The two columns that are searched for it could be rewritten by whoever can write to the database but has no key, to read
somebody's case through the bot. Beside them stands the same, sealed and bound to the row. A case whose columns say
anything else is nobody's as soon as it is read.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Table, event, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper, QueryContext, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from storage.cases.ids import CaseId
from storage.cases.table import Case
from storage.encryption import CannotDecrypt, Vault
from storage.telegram_ids import PersonId

COLUMN = "cases.parties"

_TABLE = cast(Table, Case.__table__)


def _words(person: PersonId | None, handler: PersonId | None) -> bytes:
    return f"{person or ''}/{handler or ''}".encode()


def _sealed(vault: Vault, row: Case) -> bytes | None:
    if row.person_id is None and row.assigned_to is None:
        return None
    return vault.seal(_words(row.person_id, row.assigned_to), COLUMN, row.id)


def _vault(session: Session | None) -> Vault:
    assert session is not None
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


@event.listens_for(Case, "after_insert")
def _opened(_mapper: Mapper[Case], connection: Connection, row: Case) -> None:
    """Only now the row has the id to which the seal is bound."""
    sealed = _sealed(_vault(object_session(row)), row)
    connection.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(parties=sealed))
    set_committed_value(row, "parties", sealed)


@event.listens_for(Case, "before_update")
def _changed(_mapper: Mapper[Case], _connection: Connection, row: Case) -> None:
    attributes = inspect(row).attrs
    if attributes.person_id.history.has_changes() or attributes.assigned_to.history.has_changes():
        row.parties = _sealed(_vault(object_session(row)), row)


@event.listens_for(Case, "load")
def _loaded(row: Case, context: QueryContext) -> None:
    _disown_unless_genuine(row, context.session)


@event.listens_for(Case, "refresh")
def _refreshed(row: Case, _context: QueryContext | None, _attributes: Any) -> None:
    _disown_unless_genuine(row, object_session(row))


def _disown_unless_genuine(row: Case, session: Session | None) -> None:
    """Without marking it as changed: what stands in the database stays there, to be looked into."""
    if not _is_genuine(row, _vault(session)):
        set_committed_value(row, "person_id", None)
        set_committed_value(row, "assigned_to", None)


def _is_genuine(row: Case, vault: Vault) -> bool:
    if row.parties is None:
        return row.person_id is None and row.assigned_to is None
    try:
        return vault.open(row.parties, COLUMN, row.id) == _words(row.person_id, row.assigned_to)
    except CannotDecrypt:
        return False


async def seal_all(session: AsyncSession) -> None:
    """Seals the cases of a database from before there were such seals; done once (see storage/keys.py)."""
    vault = _vault(session.sync_session)
    columns = (_TABLE.c.id, _TABLE.c.person_id, _TABLE.c.assigned_to)
    owned = _TABLE.c.person_id.is_not(None) | _TABLE.c.assigned_to.is_not(None)
    for case_id, person, handler in (await session.execute(select(*columns).where(owned))).all():
        sealed = vault.seal(_words(person, handler), COLUMN, CaseId(case_id))
        await session.execute(_TABLE.update().where(_TABLE.c.id == case_id).values(parties=sealed))
