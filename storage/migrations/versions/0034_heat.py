"""The weather of a day, and who wants to hear of it."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weather_days",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area", sa.String(15), nullable=False),
        sa.Column("high", sa.Integer(), nullable=True),
        sa.Column("low", sa.Integer(), nullable=True),
        sa.Column("gust", sa.Integer(), nullable=True),
        sa.Column("hottest", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(15), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("day", "area"),
    )
    op.create_table(
        "weather_wishes",
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("area", sa.String(15), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("weather_wishes")
    op.drop_table("weather_days")
