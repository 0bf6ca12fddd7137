"""Contests: phases, entries, votes, judges."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "contests",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("rules", sa.String(3000), nullable=False),
        sa.Column("rules_version", sa.SmallInteger(), nullable=False),
        sa.Column("segment", sa.String(500), nullable=False),
        sa.Column("settings", sa.String(4000), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("phase", sa.String(10), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("draw_seed", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.BigInteger(), nullable=True),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "contest_phases",
        sa.Column("contest_id", sa.BigInteger(), sa.ForeignKey("contests.id"), primary_key=True),
        sa.Column("phase", sa.String(10), primary_key=True),
        sa.Column("until", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "contest_entries",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("contest_id", sa.BigInteger(), sa.ForeignKey("contests.id"), nullable=False),
        sa.Column("category", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("rules_version", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("post", sa.BigInteger(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("is_shortlisted", sa.Boolean(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("certificate_index", sa.LargeBinary(), nullable=True, index=True),
        sa.Index("ix_contest_entries_shown", "contest_id", "category", "state", "id"),
        sa.Index("ix_contest_entries_person_id", "person_id"),
    )
    op.create_table(
        "contest_votes",
        sa.Column("contest_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("slot", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("alias", sa.LargeBinary(), primary_key=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Index("ix_contest_votes_entry_id", "contest_id", "entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contest_vote_hours",
        sa.Column("contest_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("by_link", sa.Boolean(), primary_key=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("is_looked_at", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "contest_judges",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("contest_id", sa.BigInteger(), sa.ForeignKey("contests.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True, index=True),
        sa.Column("is_dismissed", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("contest_id", "person_id"),
    )
    op.create_table(
        "contest_assignments",
        sa.Column("entry_id", sa.BigInteger(), sa.ForeignKey("contest_entries.id"), primary_key=True),
        sa.Column("judge_id", sa.BigInteger(), sa.ForeignKey("contest_judges.id"), primary_key=True, index=True),
        sa.Column("scores", sa.String(100), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "contest_assignments",
        "contest_judges",
        "contest_vote_hours",
        "contest_votes",
        "contest_entries",
        "contest_phases",
        "contests",
    ):
        op.drop_table(table)
