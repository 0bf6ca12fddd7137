"""Looking through the seals of all cases: for those that are in doubt, and for everything that names a person, whatever
the columns beside the seals say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import parties
from storage.cases.ids import CaseId
from storage.cases.parties import Parties
from storage.cases.table import Case
from storage.database import apart, vault_of
from storage.encryption import CannotDecrypt
from storage.telegram_ids import PersonId

PAGE = 500
"""Cases that are looked through at once: some milliseconds."""
_SEALS = 2_000
"""The same where they are only decrypted, which takes 2 µs each."""
_TOLD = "cases.doubt_told"
_START = CaseId(0)


@dataclass(frozen=True, slots=True)
class Seal:
    """A case as its columns have it, and what its seal says (None: there is none that was made for it)."""

    case_id: CaseId
    number: str
    parties: Parties | None
    is_in_doubt: bool
    doubt_told: bytes | None


async def _page(session: AsyncSession, after: CaseId) -> list[Seal]:
    vault = vault_of(session)
    columns = (
        Case.id,
        Case.number,
        Case.desk,
        Case.person_id,
        Case.assigned_to,
        Case.level,
        Case.collective_id,
        Case.place,
        Case.parties,
        Case.doubt_told,
    )
    with apart(session):  # so that others have their turn between two pages
        rows = await session.execute(select(*columns).where(Case.id > after).order_by(Case.id).limit(PAGE))
    found = []
    for case_id, *beside, sealed, told in rows:
        said = parties.sealed_in(vault, case_id, sealed)
        is_genuine = said is not None and said.columns == tuple(beside)
        found.append(Seal(case_id, beside[0], said, not is_genuine, told))
    return found


async def all_seals(session: AsyncSession) -> AsyncIterator[Seal]:
    """By case, a page at a time."""
    after = _START
    while page := await _page(session, after):
        for one in page:
            yield one
        after = page[-1].case_id


@dataclass(frozen=True, slots=True)
class Named:
    """The cases that name a person: those that they have brought by the columns or by the seals, and the seals by which
    they handle one or have a conflict of interest."""

    brought: list[CaseId]
    sealed: dict[CaseId, Parties]


async def naming(session: AsyncSession, person_id: PersonId) -> Named:
    """Looks at the columns and through the seals of all cases."""
    brought = set(await session.scalars(select(Case.id).where(Case.person_id == person_id)))
    sealed = {}
    after = _START
    while page := await _seals_naming(session, person_id, after):
        after, found = page
        for case_id, said in found:
            if said.person == person_id:
                brought.add(case_id)
            if person_id in (said.handler, *said.hidden_from):
                sealed[case_id] = said
    return Named(sorted(brought), sealed)


async def _seals_naming(
    session: AsyncSession, person_id: PersonId, after: CaseId
) -> tuple[CaseId, list[tuple[CaseId, Parties]]] | None:
    """Of the next cases after one: the last of them, and what the seals say in which this number stands, whatever
    for; None at the end. Only these are read whole, which takes far longer than to decrypt them."""
    with apart(session):  # so that others have their turn between two pages
        rows = await session.execute(
            select(Case.id, Case.parties).where(Case.id > after).order_by(Case.id).limit(_SEALS)
        )
    page = rows.all()
    if not page:
        return None
    vault = vault_of(session)
    sealed = [(case_id, seal) for case_id, seal in page if seal is not None]
    found = parties.that_may_name(vault, sealed, person_id)
    said = ((case_id, parties.sealed_in(vault, case_id, seal)) for case_id, seal in found)
    return page[-1].id, [(case_id, one) for case_id, one in said if one is not None]


async def take_out(session: AsyncSession, person_id: PersonId, named: Named) -> None:
    """This person is no handler and has no conflict of interest by any seal from now on."""
    for case_id, said in named.sealed.items():
        sealed = parties.sealed(vault_of(session), case_id, said.without(person_id))
        await session.execute(update(Case).where(Case.id == case_id).values(parties=sealed))


async def newly_in_doubt(session: AsyncSession, after: CaseId = _START) -> tuple[list[str], CaseId | None]:
    """The numbers of those of the next PAGE cases that are in doubt, each once, and after which to go on: None at the
    end. One that has been restored may be told again."""
    page = await _page(session, after)
    found = []
    for one in page:
        if one.is_in_doubt and not _is_told(session, one):
            found.append(one.number if one.parties is None else one.parties.number)
            told = vault_of(session).seal(b"", _TOLD, one.case_id)
            await session.execute(update(Case).where(Case.id == one.case_id).values(doubt_told=told))
        elif not one.is_in_doubt and one.doubt_told is not None:
            await session.execute(update(Case).where(Case.id == one.case_id).values(doubt_told=None))
    return found, page[-1].case_id if len(page) == PAGE else None


def _is_told(session: AsyncSession, one: Seal) -> bool:
    """Who can write to the database could say so, too, if it were not sealed."""
    try:
        return one.doubt_told is not None and vault_of(session).open(one.doubt_told, _TOLD, one.case_id) == b""
    except CannotDecrypt:
        return False
