"""How many times riders said that a page of answers helped, or that it did not."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_counts",
        sa.Column("desk", sa.String(15), primary_key=True),
        sa.Column("kind", sa.String(15), primary_key=True),
        sa.Column("period", sa.String(10), primary_key=True),
        sa.Column("helped", sa.Boolean(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("answer_counts")
