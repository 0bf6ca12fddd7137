"""Proposals of riders about stations."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station_proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("station_key", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False, index=True),
        sa.Index("ix_station_proposals_state", "state", "id"),
        sa.Index("ix_station_proposals_station_key", "station_key", "id"),
    )


def downgrade() -> None:
    op.drop_table("station_proposals")
