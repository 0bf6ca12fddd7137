"""Help from riders nearby: volunteers on duty, calls, and who was told of them."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sos_duties",
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("until", UtcDateTime(), nullable=False, index=True),
        sa.Column("location_message", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "sos_calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("at", UtcDateTime(), nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("helper", sa.BigInteger(), nullable=True, index=True),
        sa.Column("rung", sa.Boolean(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Index("ix_sos_calls_state", "state", "due"),
    )
    op.create_table(
        "sos_told",
        sa.Column("call_id", sa.BigInteger(), sa.ForeignKey("sos_calls.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("sos_told")
    op.drop_table("sos_calls")
    op.drop_table("sos_duties")
