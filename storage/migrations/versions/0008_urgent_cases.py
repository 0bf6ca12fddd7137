"""Cases in which somebody may be in danger: since when, until when an answer is due, whether more people were told."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("urgent_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("urgent_due_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("urgent_told", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_cases_urgent_due_at", "cases", ["urgent_due_at"])


def downgrade() -> None:
    """The cases stay; which of them are urgent is lost."""
    op.drop_index("ix_cases_urgent_due_at", "cases")
    for column in ("urgent_told", "urgent_due_at", "urgent_at"):
        op.drop_column("cases", column)
