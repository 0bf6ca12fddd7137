"""Running it: settings and blocks from the chat, stations closed or deleted, figures, errors, backups."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    with op.batch_alter_table("backups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backups_at"), ["at"], unique=False)

    op.create_table(
        "blocks",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_until"), ["until"], unique=False)

    op.create_table(
        "errors",
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("error_id", sa.String(length=8), nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_errors")),
    )
    with op.batch_alter_table("errors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_errors_last_at"), ["last_at"], unique=False)

    op.create_table(
        "figure_keys",
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_figure_keys")),
    )
    op.create_table(
        "replicas",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("wants", sa.Double(), nullable=False),
        sa.Column("granted", sa.Double(), nullable=False),
        sa.Column("uses", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_replicas")),
    )
    op.create_table(
        "search_figures",
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("cell", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("period", "kind", "cell", name=op.f("pk_search_figures")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.add_column("activities", sa.Column("figures", sa.String(length=120), nullable=True))
    op.add_column("broadcasts", sa.Column("delivered", sa.Integer(), nullable=True))
    op.add_column("broadcasts", sa.Column("confirmed", sa.Integer(), nullable=True))
    op.add_column("searches", sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_searches_uncounted",
        "searches",
        ["at"],
        sqlite_where=sa.text("counted = 0"),
        postgresql_where=sa.text("NOT counted"),
    )
    op.add_column("stations", sa.Column("closed_until", UtcDateTime(timezone=True), nullable=True))
    op.add_column("stations", sa.Column("closed_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("stations", sa.Column("deleted_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_stations_deleted_at", "stations", ["deleted_at"])


def downgrade() -> None:
    """Stations that are deleted, but could still be brought back, are gone for good: 0006 would show them."""
    op.execute("DELETE FROM stations WHERE deleted_at IS NOT NULL")
    op.drop_index("ix_stations_deleted_at", "stations")
    for column in ("deleted_at", "closed_reason", "closed_until"):
        op.drop_column("stations", column)
    op.drop_index("ix_searches_uncounted", "searches")
    op.drop_column("searches", "counted")
    op.drop_column("broadcasts", "confirmed")
    op.drop_column("broadcasts", "delivered")
    op.drop_column("activities", "figures")
    for table in ("settings", "search_figures", "replicas", "figure_keys", "errors", "blocks", "backups"):
        op.drop_table(table)
