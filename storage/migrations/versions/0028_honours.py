"""Levels of cases, the register of honours, and activities for a segment."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_INDEXES = ("entry", "name", "id", "phone", "employer", "link")


def upgrade() -> None:
    op.add_column("cases", sa.Column("level", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("level_since", UtcDateTime(), nullable=True))
    op.add_column("activities", sa.Column("segment", sa.String(500), nullable=True))
    op.create_table(
        "case_decisions",
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("level", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
    )
    op.create_table(
        "honoured",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True, index=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False, index=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("last_trip_on", sa.Date(), nullable=True),
        *(sa.Column(f"{name}_index", sa.LargeBinary(), nullable=True, index=True) for name in _INDEXES),
        sa.Index("ix_honoured_year", "year", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "situation_surveys",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("year", sa.SmallInteger(), nullable=False, unique=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("next_told_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "situation_answers",
        sa.Column("survey_id", sa.BigInteger(), sa.ForeignKey("situation_surveys.id"), primary_key=True),
        sa.Column("honoured_id", sa.BigInteger(), sa.ForeignKey("honoured.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "honour_trips",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("activity_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("quota", sa.SmallInteger(), nullable=False),
        sa.Column("answer_hours", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False, index=True),
        sa.Column("going", sa.String(200), nullable=False),
        sa.Column("came", sa.String(200), nullable=False),
        sa.Column("is_open", sa.String(200), nullable=False),
    )
    op.create_table(
        "honour_offers",
        sa.Column("trip_id", sa.BigInteger(), sa.ForeignKey("honour_trips.id"), primary_key=True),
        sa.Column("honoured_id", sa.BigInteger(), sa.ForeignKey("honoured.id"), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in ("honour_offers", "honour_trips", "situation_answers", "situation_surveys", "honoured"):
        op.drop_table(table)
    op.drop_table("case_decisions")
    with op.batch_alter_table("activities") as batch:
        batch.drop_column("segment")
    with op.batch_alter_table("cases") as batch:
        batch.drop_column("level_since")
        batch.drop_column("level")
