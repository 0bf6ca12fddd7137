"""What became of the deliveries of a broadcast is counted once, as far as it is settled; they are found by when they
were settled."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast_tallies",
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.String(200), nullable=False),
        sa.Column("curve", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"]),
        sa.PrimaryKeyConstraint("broadcast_id", name="pk_broadcast_tallies"),
    )
    op.create_index("ix_broadcast_reads_at", "broadcast_reads", ["broadcast_id", "at"])
    op.create_index(
        "ix_broadcasts_uncounted",
        "broadcasts",
        ["id"],
        sqlite_where=sa.text("delivered IS NULL"),
        postgresql_where=sa.text("delivered IS NULL"),
    )
    op.drop_index("ix_deliveries_of_broadcast", "deliveries")
    op.execute("UPDATE deliveries SET done_at = due WHERE broadcast_id IS NOT NULL AND state >= 3 AND done_at IS NULL")
    op.create_index("ix_deliveries_of_broadcast", "deliveries", ["broadcast_id", "state", "done_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_of_broadcast", "deliveries")
    op.create_index("ix_deliveries_of_broadcast", "deliveries", ["broadcast_id", "state", "id"])
    op.drop_index("ix_broadcasts_uncounted", "broadcasts")
    op.drop_index("ix_broadcast_reads_at", "broadcast_reads")
    op.drop_table("broadcast_tallies")
