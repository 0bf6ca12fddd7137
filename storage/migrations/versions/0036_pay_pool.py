"""Pooled pay: who shares theirs, and the counters."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_pool_members",
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_to", sa.Date(), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "pay_pool_counts",
        sa.Column("week", sa.Date(), primary_key=True),
        sa.Column("by", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("pay_class", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("pay_pool_counts")
    op.drop_table("pay_pool_members")
