"""The pin of a live location is known, so that it is deleted once another station is the nearest."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("searches", sa.Column("pin_message", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("searches", "pin_message")
