"""Campaigns with their phases, and announcements to everybody in a segment."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.String(500), nullable=False),
        sa.Column("topic", sa.String(20), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False, index=True),
        sa.Column("frozen_to", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("counterpart", sa.String(120), nullable=False),
        sa.Column("segment", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("phase", sa.String(10), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "campaign_phases",
        sa.Column("campaign_id", sa.BigInteger(), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("phase", sa.String(10), primary_key=True),
        sa.Column("until", UtcDateTime(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("campaign_phases")
    op.drop_table("campaigns")
    op.drop_table("announcements")
