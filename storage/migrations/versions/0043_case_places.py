"""Which place a case is about, where its desk assigns reviewers by place."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("place", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("cases", "place")
