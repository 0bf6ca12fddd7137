"""Updates that were in hand when a process died or hung."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "update_strikes",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("handler", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.Column("crash", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_update_strikes")),
    )
    with op.batch_alter_table("update_strikes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_update_strikes_at"), ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("update_strikes")
