"""Deliveries say themselves whether they keep their order, and of which revision a correction is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('case_message', 'case_edit', 'case_recall')"
_INDEXES = {
    "ix_deliveries_in_order": ["recipient", "state", "message_id"],
    "ix_deliveries_in_order_about": ["subject"],
}


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("ordered", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("deliveries", sa.Column("revision", sa.Integer(), nullable=True))
    op.execute(f"UPDATE deliveries SET ordered = true WHERE {_KINDS}")
    op.execute(
        "UPDATE deliveries SET revision = CAST(substr(kind, 9) AS INTEGER), kind = 'correct' "
        "WHERE kind LIKE 'correct:%'"
    )
    _replace_indexes("ordered = 1", "ordered")


def downgrade() -> None:
    op.execute("UPDATE deliveries SET kind = 'correct:' || revision WHERE kind = 'correct'")
    _replace_indexes(_KINDS, _KINDS)
    op.drop_column("deliveries", "revision")
    op.drop_column("deliveries", "ordered")


def _replace_indexes(sqlite: str, postgresql: str) -> None:
    for name, columns in _INDEXES.items():
        op.drop_index(name, "deliveries")
        op.create_index(name, "deliveries", columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql))
