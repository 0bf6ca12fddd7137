"""Surveys: questions, the parts by which answers are counted, the roll, and the counters."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", sa.BigInteger(), sa.ForeignKey("campaigns.id"), nullable=False, index=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("other_title", sa.String(120), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("roll_to", sa.BigInteger(), nullable=False),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "survey_questions",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("survey_id", sa.BigInteger(), sa.ForeignKey("surveys.id"), nullable=False, index=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.String(4_000), nullable=False),
    )
    op.create_table(
        "survey_parts",
        sa.Column("survey_id", sa.BigInteger(), sa.ForeignKey("surveys.id"), primary_key=True),
        sa.Column("number", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("breakdown", sa.String(20), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("condition", sa.String(500), nullable=False),
    )
    op.create_table(
        "survey_roll",
        sa.Column("survey_id", sa.BigInteger(), sa.ForeignKey("surveys.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False, index=True),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
    )
    op.create_table(
        "survey_tallies",
        sa.Column("question_id", sa.BigInteger(), sa.ForeignKey("survey_questions.id"), primary_key=True),
        sa.Column("part", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("option", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for table in ("survey_tallies", "survey_roll", "survey_parts", "survey_questions", "surveys"):
        op.drop_table(table)
