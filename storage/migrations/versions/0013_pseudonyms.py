"""A pseudonym stands in the place of each Telegram number, and of the digest of an update."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy import Connection

from storage.encryption import Vault, WrongKey
from storage.pseudonyms import KEY_BYTES, pseudonyms_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBERS = {
    "activities": ("organiser",),
    "activity_questions": ("person_id",),
    "activity_series": ("organiser",),
    "applications": ("person_id", "claimed_by", "decided_by"),
    "audit": ("actor",),
    "blocks": ("person_id", "by"),
    "broadcast_reads": ("person_id",),
    "broadcasts": ("author", "approved_by", "corrected_by"),
    "calendar_feeds": ("person_id",),
    "case_conflicts": ("person_id",),
    "case_contexts": ("person_id",),
    "case_drafts": ("person_id",),
    "case_messages": ("author",),
    "cases": ("person_id", "assigned_to"),
    "consents": ("person_id",),
    "deliveries": ("recipient",),
    "dialogues": ("person_id",),
    "digest_readers": ("person_id",),
    "doors": ("chat_id",),
    "memberships": ("person_id",),
    "mutes": ("person_id",),
    "people": ("id",),
    "publications": ("person_id",),
    "reminder_choices": ("person_id",),
    "reminders": ("person_id",),
    "reports": ("person_id",),
    "review_rings": ("person_id",),
    "roles": ("person_id", "granted_by"),
    "searches": ("id", "person_id"),
    "settings": ("by",),
    "sign_ups": ("person_id",),
    "update_strikes": ("key",),
    "updates": ("key",),
}
_SEALED = {
    "activity_questions": ("text",),
    "applications": ("content",),
    "audit": ("sealed",),
    "audit_head": ("sealed",),
    "blocks": ("reason",),
    "broadcasts": ("content", "correction"),
    "calendar_feeds": ("token",),
    "case_drafts": ("answers",),
    "case_messages": ("content",),
    "cases": ("content",),
    "deliveries": ("params",),
    "dialogues": ("answers",),
    "evidence": ("content",),
    "evidence_pieces": ("content",),
    "figure_keys": ("sealed",),
    "key_checks": ("sealed",),
    "memberships": ("content",),
    "people": ("home",),
    "roles": ("seal",),
    "searches": ("place",),
    "sign_ups": ("answers", "comment"),
    "updates": ("answers",),
}
_SEALED_KEY = "pseudonym_keys.sealed"
_FREEZING = 3
_BATCH = 1_000


def upgrade() -> None:
    connection, vault = op.get_bind(), _vault()
    _check_keys(connection, vault)
    _split_publications(connection)
    key = secrets.token_bytes(KEY_BYTES)
    remains = _renumber(connection, pseudonyms_of(key).encrypt)
    op.execute("UPDATE deliveries SET subject = NULL WHERE kind = 'week_digest'")  # it was the recipient
    table = op.create_table(
        "pseudonym_keys",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("remains", sa.Boolean(), nullable=False),
    )
    op.bulk_insert(table, [{"id": 1, "sealed": vault.seal(key, _SEALED_KEY, 1), "remains": remains}])


def downgrade() -> None:
    connection, vault = op.get_bind(), _vault()
    sealed = connection.scalar(sa.text("SELECT sealed FROM pseudonym_keys"))
    _renumber(connection, pseudonyms_of(vault.open(sealed, _SEALED_KEY, 1)).decrypt)
    op.execute("UPDATE deliveries SET subject = recipient WHERE kind = 'week_digest'")
    op.drop_table("pseudonym_keys")
    _join_publications(connection)


def _vault() -> Vault:
    vault = context.config.attributes["vault"]
    assert isinstance(vault, Vault)
    return vault


def _check_keys(connection: Connection, vault: Vault) -> None:
    """Nothing is converted with a key that nobody could open later."""
    for table, columns in _SEALED.items():
        for name in columns:
            column = sa.column(name, sa.LargeBinary)
            start = sa.func.substr(column, 1, 4, type_=sa.LargeBinary())
            strange = sa.select(column).select_from(sa.table(table)).where(start.not_in(vault.key_ids)).limit(1)
            sealed = connection.scalar(strange)
            if sealed is not None:
                raise WrongKey(sealed)


def _renumber(connection: Connection, convert: Callable[[int], int]) -> bool:
    """Converts every number, all in the transaction of the migration: a process that is killed has changed nothing.
    Returns whether there were any."""
    # No order of numbers means anything afterwards. Who has a delivery already gets no second one.
    op.execute("UPDATE broadcasts SET frozen_to = 0")
    numbers = {number for table, columns in _NUMBERS.items() for number in _numbers(connection, table, columns)}
    pairs = _temporary(connection)
    waiting = list(numbers)
    for first in range(0, len(waiting), _BATCH):
        rows = [{"old": number, "new": convert(number)} for number in waiting[first : first + _BATCH]]
        connection.execute(pairs.insert(), rows)
    for table, columns in _NUMBERS.items():
        connection.execute(_converted(table, columns, pairs))
    pairs.drop(connection)
    return numbers > {0}


def _numbers(connection: Connection, table: str, columns: Sequence[str]) -> Iterator[int]:
    for name in columns:
        column = sa.column(name, sa.BigInteger)
        yield from connection.scalars(
            sa.select(column).select_from(sa.table(table)).where(column.is_not(None)).distinct()
        )


def _temporary(connection: Connection) -> sa.Table:
    """Old and new numbers, seen by this connection alone."""
    pairs = sa.Table(
        "renumbered",
        sa.MetaData(),
        sa.Column("old", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("new", sa.BigInteger, nullable=False),
        prefixes=["TEMPORARY"],
    )
    pairs.create(connection)
    return pairs


def _converted(name: str, columns: Iterable[str], pairs: sa.Table) -> sa.Update:
    table = sa.table(name, *(sa.column(column, sa.BigInteger) for column in columns))
    new = {one: sa.select(pairs.c.new).where(pairs.c.old == table.c[one]).scalar_subquery() for one in columns}
    return table.update().values(new)


def _publications(*columns: sa.Column[int], key: Sequence[str]) -> sa.Table:
    op.drop_table("publications")
    return op.create_table(
        "publications",
        sa.Column("name", sa.String(120), nullable=False),
        *columns,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint(*key, name="pk_publications"),
    )


def _split_publications(connection: Connection) -> None:
    """Of the menu of a person, "5/chat/7" becomes "5/chat" and 7."""
    rows = []
    for name, digest in connection.execute(sa.text("SELECT name, digest FROM publications")).all():
        before, is_chat, person = name.partition("/chat/")
        rows.append({"name": f"{before}/chat" if is_chat else name, "person_id": int(person or 0), "digest": digest})
    person_id = sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False)
    op.bulk_insert(_publications(person_id, key=("name", "person_id")), rows)


def _join_publications(connection: Connection) -> None:
    rows = connection.execute(sa.text("SELECT name, person_id, digest FROM publications")).all()
    names = [f"{name}/{person}" if person else name for name, person, _ in rows]
    joined = [{"name": name, "digest": row.digest} for name, row in zip(names, rows, strict=True)]
    op.bulk_insert(_publications(key=("name",)), joined)
