"""Draws: activities whose places are drawn, their tickets, and the list from which a contest's draw was made; votes of
new accounts."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_draws",
        sa.Column("activity_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_sha256", sa.String(64), nullable=False),
        sa.Column("closed", sa.Text(), nullable=True),
    )
    op.add_column("activities", sa.Column("draws_at", UtcDateTime(), nullable=True))
    op.add_column("activities", sa.Column("drawn_at", UtcDateTime(), nullable=True))
    op.add_column("sign_ups", sa.Column("ticket", sa.Integer(), nullable=True))
    op.add_column("sign_ups", sa.Column("ticket_code", sa.String(8), nullable=True))
    op.add_column("contests", sa.Column("draw", sa.Text(), nullable=True))
    op.add_column("contest_vote_hours", sa.Column("by_new", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("contest_vote_hours", "by_new")
    op.drop_column("contests", "draw")
    for column in ("ticket_code", "ticket"):
        op.drop_column("sign_ups", column)
    for column in ("drawn_at", "draws_at"):
        op.drop_column("activities", column)
    op.drop_table("activity_draws")
