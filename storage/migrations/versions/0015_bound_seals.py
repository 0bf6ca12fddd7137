"""Sealed values are bound to whose row it is; the seal of a case says its number, desk and conflicts, too; evidence
lists its pieces; digests of names are sealed. What no version before has sealed is sealed here, and at no start."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from alembic import context, op
from sqlalchemy import Connection

from storage.database import UtcDateTime
from storage.encryption import CannotDecrypt, Vault, WrongKey
from storage.pseudonyms import Pseudonyms, pseudonyms_of

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


class _Bound(NamedTuple):
    table: str
    column: str
    key: str
    to: tuple[str, ...]


_BOUND = (
    _Bound("activity_questions", "text", "id", ("activity_id", "person_id")),
    _Bound("applications", "content", "id", ("person_id",)),
    _Bound("case_drafts", "answers", "id", ("person_id", "desk")),
    _Bound("case_messages", "content", "id", ("case_id", "side")),
    _Bound("cases", "content", "id", ("number",)),
    _Bound("deliveries", "params", "id", ("recipient",)),
    _Bound("evidence", "content", "id", ("case_id", "message_id")),
    _Bound("memberships", "content", "number", ("person_id",)),
    _Bound("searches", "place", "id", ("person_id",)),
    _Bound("sign_ups", "answers", "id", ("activity_id", "person_id")),
    _Bound("sign_ups", "comment", "id", ("activity_id", "person_id")),
)
_PEOPLE = {"person_id", "recipient"}
_FILE = ("name", "mime", "file_id", "sha256", "ending")
_WITH_CASES = b"nuanxin, roles and cases are sealed"
_WITHOUT_ROLES = b"nuanxin"
_PAGE = 500


class _Keys(NamedTuple):
    vault: Vault
    pseudonyms: Pseudonyms

    def plain(self, sealed: bytes, column: str, row: str) -> bytes | None:
        """None if it belongs to another row, or was changed: it is left as it is, and does not open afterwards either.

        Raises:
            WrongKey: see the class.
        """
        if sealed[:4] not in self.vault.key_ids:
            raise WrongKey(sealed)
        try:
            return self.vault.open(sealed, column, row)
        except CannotDecrypt:
            return None


def upgrade() -> None:
    connection = op.get_bind()
    keys = _keys(connection)
    op.add_column("cases", sa.Column("doubt_told", sa.LargeBinary(), nullable=True))
    op.add_column("people", sa.Column("username_seal", sa.LargeBinary(), nullable=True))
    for bound in _BOUND:
        for row in _rows(connection, bound):
            old, new = _identities(keys, bound, row)
            _reseal(connection, keys, bound, row, old, new, is_upgrade=True)
    _seal_names(connection, keys)
    words = _words(connection, keys)
    if words == _WITHOUT_ROLES:
        _seal_roles(connection, keys)
    _seal_parties(connection, keys, were_sealed=words == _WITH_CASES)
    _note_what_is_sealed(connection, keys, words)


def downgrade() -> None:
    connection = op.get_bind()
    keys = _keys(connection)
    for bound in _BOUND:
        for row in _rows(connection, bound):
            old, new = _identities(keys, bound, row)
            _reseal(connection, keys, bound, row, new, old, is_upgrade=False)
    _reseal_parties_as_before(connection, keys)
    op.drop_column("people", "username_seal")
    op.drop_column("cases", "doubt_told")


def _keys(connection: Connection) -> _Keys:
    vault = context.config.attributes["vault"]
    assert isinstance(vault, Vault)
    sealed = connection.scalar(sa.text("SELECT sealed FROM pseudonym_keys"))
    try:
        return _Keys(vault, pseudonyms_of(vault.open(sealed, "pseudonym_keys.sealed", 1)))
    except CannotDecrypt:
        raise WrongKey(sealed) from None


def _rows(connection: Connection, bound: _Bound) -> Iterator[sa.RowMapping]:
    names = (bound.key, *bound.to, bound.column)
    yield from _pages(connection, bound.table, bound.key, names, sa.column(bound.column).is_not(None))


def _pages(
    connection: Connection, name: str, key: str, columns: Sequence[str], where: sa.ColumnElement[bool]
) -> Iterator[sa.RowMapping]:
    """A page at a time, since what is read is written meanwhile."""
    wanted: list[sa.ColumnClause[Any]] = [sa.column(one) for one in columns]
    chosen = sa.select(*wanted).select_from(sa.table(name)).where(where).order_by(sa.column(key))
    page = connection.execute(chosen.limit(_PAGE)).mappings().all()
    while page:
        yield from page
        after = sa.column(key) > page[-1][key]
        page = connection.execute(chosen.where(after).limit(_PAGE)).mappings().all()


def _identities(keys: _Keys, bound: _Bound, row: sa.RowMapping) -> tuple[str, str]:
    """To what a value is bound before this migration, and after it."""
    key = keys.pseudonyms.decrypt(row["id"]) if bound.table == "searches" else row[bound.key]
    values = (
        keys.pseudonyms.decrypt(row[one]) if one in _PEOPLE and row[one] is not None else row[one] for one in bound.to
    )
    return str(key), "/".join([str(key), *("" if value is None else str(value) for value in values)])


def _reseal(
    connection: Connection, keys: _Keys, bound: _Bound, row: sa.RowMapping, old: str, new: str, *, is_upgrade: bool
) -> None:
    name = f"{bound.table}.{bound.column}"
    plain = keys.plain(row[bound.column], name, old)
    if plain is None:
        _refuse_if_done(keys, row[bound.column], name, new, is_upgrade=is_upgrade)
        return
    if bound.table == "evidence" and is_upgrade:
        plain = _with_pieces(connection, row["id"], plain)
    _set(connection, bound.table, bound.key, row[bound.key], {bound.column: keys.vault.seal(plain, name, new)})


def _refuse_if_done(keys: _Keys, sealed: bytes, name: str, new: str, *, is_upgrade: bool) -> None:
    """The schema was put back by somebody who wants what they have changed meanwhile to be sealed as an old database's.

    Raises:
        SchemaTooNew: see the class.
    """
    from storage.schema import SchemaTooNew

    if is_upgrade and keys.plain(sealed, name, new) is not None:
        raise SchemaTooNew(
            f"database.url: {name} was sealed under schema {revision}, but the database says that it is older; nothing "
            "was changed"
        )


def _with_pieces(connection: Connection, evidence_id: int, plain: bytes) -> bytes:
    """The description of a file, in which 0.7 had no names, with the ids of its pieces."""
    stored = orjson.loads(plain)
    content = dict(zip(_FILE, stored, strict=False)) if isinstance(stored, list) else stored["content"]
    pieces = sa.text("SELECT id FROM evidence_pieces WHERE evidence_id = :id ORDER BY piece")
    ids = list(connection.scalars(pieces, {"id": evidence_id}))
    return orjson.dumps({"version": 1, "content": {**content, "pieces": ids}})


def _set(connection: Connection, name: str, key: str, value: Any, changed: Mapping[str, Any]) -> None:
    table = sa.table(name, sa.column(key), *(sa.column(one, sa.LargeBinary) for one in changed))
    connection.execute(table.update().where(table.c[key] == value).values(changed))


def _words(connection: Connection, keys: _Keys) -> bytes | None:
    """What the check row says of the seals in the database; None if there is no such row, as in a new one."""
    sealed = connection.scalar(sa.text("SELECT sealed FROM key_checks WHERE id = 1"))
    return None if sealed is None else keys.plain(sealed, "key_checks.sealed", "1")


def _seal_names(connection: Connection, keys: _Keys) -> None:
    """The digests of names, for the person whose row they are in."""
    known = sa.column("username_index").is_not(None)
    for row in _pages(connection, "people", "id", ("id", "username_index"), known):
        sealed = keys.vault.seal(row["username_index"], "people.username_seal", keys.pseudonyms.decrypt(row["id"]))
        _set(connection, "people", "id", row["id"], {"username_seal": sealed})


def _seal_roles(connection: Connection, keys: _Keys) -> None:
    roles = sa.table(
        "roles",
        sa.column("person_id", sa.BigInteger),
        sa.column("role", sa.String),
        sa.column("until", UtcDateTime()),
        sa.column("seal", sa.LargeBinary),
    )
    for row in connection.execute(sa.select(roles)).all():
        until = "" if row.until is None else row.until.isoformat()
        sealed = keys.vault.seal(until.encode(), "roles.seal", f"{keys.pseudonyms.decrypt(row.person_id)}/{row.role}")
        same = (roles.c.person_id == row.person_id) & (roles.c.role == row.role)
        connection.execute(roles.update().where(same).values(seal=sealed))


def _seal_parties(connection: Connection, keys: _Keys, *, were_sealed: bool) -> None:
    """Of a database whose cases were sealed before, those that were changed since are left as they are: in doubt."""
    names = ("id", "number", "desk", "person_id", "assigned_to", "parties")
    hidden = _conflicts(connection, keys)
    for row in _pages(connection, "cases", "id", names, sa.true()):
        person, handler = (_number(keys, row[one]) for one in ("person_id", "assigned_to"))
        if were_sealed and not _was_genuine(keys, row, person, handler):
            continue
        content = {
            "number": row["number"],
            "desk": row["desk"],
            "person": person,
            "handler": handler,
            "hidden_from": sorted(hidden.get(row["id"], [])),
        }
        plain = orjson.dumps({"version": 1, "content": content})
        _set(connection, "cases", "id", row["id"], {"parties": keys.vault.seal(plain, "cases.parties", row["id"])})


def _number(keys: _Keys, pseudonym: int | None) -> int | None:
    return None if pseudonym is None else keys.pseudonyms.decrypt(pseudonym)


def _was_genuine(keys: _Keys, row: sa.RowMapping, person: int | None, handler: int | None) -> bool:
    if row["parties"] is None:
        return person is None and handler is None
    return keys.plain(row["parties"], "cases.parties", str(row["id"])) == _former(person, handler)


def _former(person: int | None, handler: int | None) -> bytes:
    return f"{person or ''}/{handler or ''}".encode()


def _conflicts(connection: Connection, keys: _Keys) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for case_id, person in connection.execute(sa.text("SELECT case_id, person_id FROM case_conflicts")).all():
        found.setdefault(case_id, []).append(keys.pseudonyms.decrypt(person))
    return found


def _note_what_is_sealed(connection: Connection, keys: _Keys, words: bytes | None) -> None:
    """In the check row; and the end of an audit log without entries, so that one that is deleted is missed."""
    if words is not None:
        _set(connection, "key_checks", "id", 1, {"sealed": keys.vault.seal(_WITH_CASES, "key_checks.sealed", 1)})
    is_used = connection.scalar(sa.text("SELECT 1 FROM audit UNION ALL SELECT 1 FROM audit_head LIMIT 1"))
    if is_used is None:
        head = keys.vault.seal(orjson.dumps([0, bytes(32).hex(), 0]), "audit_head.sealed", 1)
        table = sa.table("audit_head", sa.column("id"), sa.column("sealed", sa.LargeBinary))
        connection.execute(table.insert().values(id=1, sealed=head))


def _reseal_parties_as_before(connection: Connection, keys: _Keys) -> None:
    for row in _pages(connection, "cases", "id", ("id", "parties"), sa.column("parties").is_not(None)):
        plain = keys.plain(row["parties"], "cases.parties", str(row["id"]))
        if plain is not None:
            content = orjson.loads(plain)["content"]
            former = _former(content["person"], content["handler"])
            sealed = None if former == b"/" else keys.vault.seal(former, "cases.parties", row["id"])
            _set(connection, "cases", "id", row["id"], {"parties": sealed})
