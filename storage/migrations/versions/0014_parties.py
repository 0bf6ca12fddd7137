"""Whose case it is and who takes care of it, sealed beside the columns that say so in pseudonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("parties", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "parties")
