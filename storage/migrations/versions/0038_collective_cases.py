"""Collective cases, and to which one a case is joined."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collective_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("number", sa.String(24), nullable=False, unique=True),
        sa.Column("desk", sa.String(15), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collective_cases_opened", "collective_cases", ["desk", "opened_at"])
    op.add_column("cases", sa.Column("collective_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_cases_collective_id", "cases", ["collective_id"])


def downgrade() -> None:
    op.drop_index("ix_cases_collective_id", "cases")
    op.drop_column("cases", "collective_id")
    op.drop_table("collective_cases")
