"""That a broadcast was let go is sealed, with who approved it; what it says is bound to its author, and a correction to
who proposes it. Searches are counted by people: of what was counted before, it is known only that there were five at
least."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from alembic import context, op
from sqlalchemy import Connection

from storage.encryption import CannotDecrypt, Vault, WrongKey
from storage.pseudonyms import Pseudonyms, pseudonyms_of

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_DRAFT, _AWAITING = 0, 1
_CONTENT, _RELEASE, _CORRECTION = "broadcasts.content", "broadcasts.release", "broadcasts.correction"
_PAGE = 500
_SEARCHED_BY_FIVE = 5
_DIGEST = 8


class _Keys(NamedTuple):
    vault: Vault
    pseudonyms: Pseudonyms

    def plain(self, sealed: bytes, column: str, row: str) -> bytes | None:
        """None if it was not sealed for this row: it is left as it is, and does not open afterwards either.

        Raises:
            WrongKey: see the class.
        """
        if sealed[:4] not in self.vault.key_ids:
            raise WrongKey(sealed)
        try:
            return self.vault.open(sealed, column, row)
        except CannotDecrypt:
            return None

    def number(self, pseudonym: int | None) -> int | None:
        return None if pseudonym is None else self.pseudonyms.decrypt(pseudonym)


def upgrade() -> None:
    connection = op.get_bind()
    keys = _keys(connection)
    op.add_column("broadcasts", sa.Column("release", sa.LargeBinary(), nullable=True))
    for row in _broadcasts(connection, "approved_by"):
        _refuse_if_done(keys, row)
        changes = _rebound(keys, row, str(row["id"]), str(row["id"]), *_bound(keys, row))
        if row["state"] != _DRAFT:
            approver = keys.number(row["approved_by"])
            needs_approval = approver is not None or row["state"] == _AWAITING
            plain = orjson.dumps({"version": 1, "content": {"needs_approval": needs_approval, "approved_by": approver}})
            changes["release"] = keys.vault.seal(plain, _RELEASE, _released(keys, row))
        _set(connection, row["id"], changes)
    op.drop_column("broadcasts", "approved_by")
    op.execute(f"UPDATE search_figures SET count = {_SEARCHED_BY_FIVE} WHERE enough")
    op.execute(f"UPDATE search_figures SET count = LENGTH(people) / {_DIGEST} WHERE NOT enough")
    op.drop_column("search_figures", "enough")


def downgrade() -> None:
    connection = op.get_bind()
    keys = _keys(connection)
    op.add_column("broadcasts", sa.Column("approved_by", sa.BigInteger(), nullable=True))
    for row in _broadcasts(connection, "release"):
        changes = _rebound(keys, row, *_bound(keys, row), str(row["id"]), str(row["id"]))
        plain = None if row["release"] is None else keys.plain(row["release"], _RELEASE, _released(keys, row))
        approver = None if plain is None else orjson.loads(plain)["content"]["approved_by"]
        if approver is not None:
            changes["approved_by"] = keys.pseudonyms.encrypt(approver)
        _set(connection, row["id"], changes)
    op.drop_column("broadcasts", "release")
    op.add_column("search_figures", sa.Column("enough", sa.Boolean(), nullable=False, server_default=sa.false()))
    figures = sa.table(
        "search_figures", sa.column("count"), sa.column("enough", sa.Boolean), sa.column("people", sa.LargeBinary)
    )
    enough = figures.c.count >= _SEARCHED_BY_FIVE
    connection.execute(figures.update().where(enough).values(enough=True, people=b""))


def _keys(connection: Connection) -> _Keys:
    vault = context.config.attributes["vault"]
    assert isinstance(vault, Vault)
    sealed = connection.scalar(sa.text("SELECT sealed FROM pseudonym_keys"))
    try:
        return _Keys(vault, pseudonyms_of(vault.open(sealed, "pseudonym_keys.sealed", 1)))
    except CannotDecrypt:
        raise WrongKey(sealed) from None


def _broadcasts(connection: Connection, *more: str) -> Iterator[sa.RowMapping]:
    """A page at a time, since what is read is written meanwhile."""
    names = ("id", "state", "author", "segment", "topic", "content", "correction", "corrected_by", *more)
    wanted: Sequence[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    chosen = sa.select(*wanted).select_from(sa.table("broadcasts")).order_by(sa.column("id"))
    page = connection.execute(chosen.limit(_PAGE)).mappings().all()
    while page:
        yield from page
        page = connection.execute(chosen.where(sa.column("id") > page[-1]["id"]).limit(_PAGE)).mappings().all()


def _released(keys: _Keys, row: sa.RowMapping) -> str:
    return f"{row['id']}/{keys.number(row['author'])}/{row['segment']}/{row['topic']}"


def _bound(keys: _Keys, row: sa.RowMapping) -> tuple[str, str]:
    """To what the content and a correction are bound after this migration."""
    return f"{row['id']}/{keys.number(row['author'])}", f"{row['id']}/{keys.number(row['corrected_by']) or ''}"


def _rebound(
    keys: _Keys, row: sa.RowMapping, content: str, correction: str, new_content: str, new_correction: str
) -> dict[str, object]:
    """The content and the correction, sealed for other places than before."""
    changes: dict[str, object] = {}
    for name, column, old, new in (
        ("content", _CONTENT, content, new_content),
        ("correction", _CORRECTION, correction, new_correction),
    ):
        plain = None if row[name] is None else keys.plain(row[name], column, old)
        if plain is not None:
            changes[name] = keys.vault.seal(plain, column, new)
    return changes


def _refuse_if_done(keys: _Keys, row: sa.RowMapping) -> None:
    """The schema was put back by somebody who wants what they approved meanwhile to be sealed as an old database's.

    Raises:
        SchemaTooNew: see the class.
    """
    from storage.schema import SchemaTooNew

    if keys.plain(row["content"], _CONTENT, _bound(keys, row)[0]) is not None:
        raise SchemaTooNew(
            f"database.url: {_CONTENT} was sealed under schema {revision}, but the database says that it is older; "
            "nothing was changed"
        )


def _set(connection: Connection, broadcast_id: int, changes: dict[str, object]) -> None:
    if changes:
        table = sa.table("broadcasts", sa.column("id"), *(sa.column(name) for name in changes))
        connection.execute(table.update().where(table.c.id == broadcast_id).values(changes))
