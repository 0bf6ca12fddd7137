"""Pay books: entries and reminders; and the key that the organisation signs with."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pay_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "pay_reminders",
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("signing_keys")
    op.drop_table("pay_reminders")
    op.drop_table("pay_entries")
