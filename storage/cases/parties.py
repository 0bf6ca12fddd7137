"""Whose case it is, who takes care of it at which desk and level, from whom it is hidden, and to which others it is
joined, so that only this program can say.

The columns that are searched for it could be rewritten by whoever can write to the database but has no key, to read
somebody's case through the bot. Beside them stands the same, sealed and bound to the row, from the first moment to the
last: also of a case that is nobody's. A case whose columns say anything else is in doubt: it is nobody's as soon as it
is read, and nothing is done with it (`require_genuine`).

What was sealed once for the same case and is put back whole counts again (docs/decisions/0029).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import Connection, Table, event, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper, QueryContext, Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from storage.cases.ids import CaseId, CollectiveId
from storage.cases.table import Case, CaseInDoubt
from storage.database import vault_of
from storage.encryption import CannotDecrypt, Vault
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

COLUMN = "cases.parties"

_TABLE = cast(Table, Case.__table__)
_IN_DOUBT = "in doubt"
_SEALED = ("number", "desk", "person_id", "assigned_to", "level", "collective_id", "place")


@dataclass(frozen=True, slots=True)
class Parties:
    """What is sealed of a case: `hidden_from` are those with a conflict of interest, ascending."""

    number: str
    desk: str
    person: PersonId | None
    handler: PersonId | None
    hidden_from: tuple[PersonId, ...] = field(default=())
    level: int = 0
    collective: CollectiveId | None = None
    place: str = ""

    @property
    def columns(self) -> tuple[str, str, PersonId | None, PersonId | None, int, CollectiveId | None, str]:
        """What stands beside the seal to be searched, in this order."""
        return self.number, self.desk, self.person, self.handler, self.level, self.collective, self.place

    def without(self, person_id: PersonId) -> Parties:
        """The same, once this person is no handler of it and has no conflict."""
        handler = None if self.handler == person_id else self.handler
        rest = tuple(one for one in self.hidden_from if one != person_id)
        return replace(self, handler=handler, hidden_from=rest)


_PARTIES = SealedJson(Parties)


def that_may_name(
    vault: Vault, sealed: Sequence[tuple[CaseId, bytes]], person_id: PersonId
) -> Iterator[tuple[CaseId, bytes]]:
    """The seals of cases in which this number stands anywhere."""
    number = str(person_id).encode()
    for cell, plain in zip(sealed, vault.open_all(sealed, COLUMN), strict=True):
        if plain is not None and number in plain:
            yield cell


def sealed_in(vault: Vault, case_id: CaseId, parties: bytes | None) -> Parties | None:
    """What the seal of a case says; None if it has none, or one that was not made for it."""
    try:
        return None if parties is None else _PARTIES.decode(vault.open(parties, COLUMN, case_id))
    except (CannotDecrypt, LookupError, TypeError, ValueError):
        return None


def sealed(vault: Vault, case_id: CaseId, parties: Parties) -> bytes:
    return vault.seal(_PARTIES.encode(parties), COLUMN, case_id)


def is_in_doubt(row: Case) -> bool:
    return _IN_DOUBT in inspect(row).info


def require_genuine(row: Case) -> None:
    """Raises CaseInDoubt."""
    if is_in_doubt(row):
        raise CaseInDoubt


def hidden_from(session: AsyncSession, row: Case) -> tuple[PersonId, ...]:
    """Those with a conflict of interest; the table of conflicts is only searched."""
    parties = sealed_in(vault_of(session), row.id, row.parties)
    return () if parties is None else parties.hidden_from


def hide(session: AsyncSession, row: Case, person_id: PersonId) -> None:
    """Seals that the case is hidden from this person, too."""
    now_hidden = tuple(sorted({*hidden_from(session, row), person_id}))
    row.parties = sealed(vault_of(session), row.id, _parties_of(row, now_hidden))


def _parties_of(row: Case, conflicts: tuple[PersonId, ...]) -> Parties:
    joined_to = row.collective_id
    return Parties(row.number, row.desk, row.person_id, row.assigned_to, conflicts, row.level, joined_to, row.place)


def _vault(session: Session | None) -> Vault:
    assert session is not None
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


@event.listens_for(Case, "after_insert")
def _opened(_mapper: Mapper[Case], connection: Connection, row: Case) -> None:
    """Only now the row has the id to which the seal is bound."""
    seal = sealed(_vault(object_session(row)), row.id, _parties_of(row, ()))
    connection.execute(_TABLE.update().where(_TABLE.c.id == row.id).values(parties=seal))
    set_committed_value(row, "parties", seal)


@event.listens_for(Case, "before_update")
def _changed(_mapper: Mapper[Case], _connection: Connection, row: Case) -> None:
    attributes = inspect(row).attrs
    if any(attributes[name].history.has_changes() for name in _SEALED):
        vault = _vault(object_session(row))
        parties = sealed_in(vault, row.id, row.parties)
        if parties is None or is_in_doubt(row):
            raise CaseInDoubt
        row.parties = sealed(vault, row.id, _parties_of(row, parties.hidden_from))


@event.listens_for(Case, "load")
def _loaded(row: Case, context: QueryContext) -> None:
    _disown_unless_genuine(row, context.session)


@event.listens_for(Case, "refresh")
def _refreshed(row: Case, _context: QueryContext | None, attributes: Any) -> None:
    if attributes is None or "parties" in attributes:
        _disown_unless_genuine(row, object_session(row))


def _disown_unless_genuine(row: Case, session: Session | None) -> None:
    """Without marking it as changed: what stands in the database stays there, to be looked into."""
    parties = sealed_in(_vault(session), row.id, row.parties)
    if parties is not None and parties == _parties_of(row, parties.hidden_from):
        inspect(row).info.pop(_IN_DOUBT, None)
        return
    inspect(row).info[_IN_DOUBT] = True
    set_committed_value(row, "person_id", None)
    set_committed_value(row, "assigned_to", None)
