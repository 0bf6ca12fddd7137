"""Demands: who brought and who follows them, stances under aliases, the counts that remain, what becomes of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _of(table: str, column: str, **more: Any) -> sa.Column[int]:
    return sa.Column(column, _KEY, sa.ForeignKey(f"{table}.id"), **more)


def upgrade() -> None:
    op.create_table(
        "demands",
        sa.Column("id", _KEY, primary_key=True),
        _of("campaigns", "campaign_id", nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("text", sa.String(120), nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("voice", sa.LargeBinary(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(16), nullable=True),
        _of("demands", "part_of", nullable=True, index=True),
        sa.Column("is_seed", sa.Boolean(), nullable=False),
        sa.Column("stances", sa.Integer(), nullable=False),
        sa.Column("common", sa.SmallInteger(), nullable=False),
        sa.Index("ix_demands_of_campaign", "campaign_id", "state"),
    )
    op.create_table(
        "demand_authors",
        _of("demands", "demand_id", primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False, index=True),
    )
    op.create_table(
        "demand_followers",
        _of("demands", "demand_id", primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Index("ix_demand_followers_person_id", "person_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "demand_changes",
        sa.Column("id", _KEY, primary_key=True),
        _of("demands", "demand_id", nullable=False, index=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "demand_rankings",
        _of("campaigns", "campaign_id", primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
    )
    op.create_table(
        "demand_stances",
        _of("campaigns", "campaign_id", primary_key=True, autoincrement=False),
        sa.Column("alias", sa.BigInteger(), primary_key=True, autoincrement=False),
        _of("demands", "demand_id", primary_key=True, autoincrement=False),
        sa.Column("stance", sa.SmallInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "demand_voters",
        _of("campaigns", "campaign_id", primary_key=True, autoincrement=False),
        sa.Column("alias", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("parts", sa.LargeBinary(), nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "demand_counts",
        _of("demands", "demand_id", primary_key=True, autoincrement=False),
        sa.Column("breakdown", sa.String(20), primary_key=True),
        sa.Column("part", sa.String(80), primary_key=True),
        sa.Column("agree", sa.Integer(), nullable=False),
        sa.Column("disagree", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
    )
    op.create_table(
        "opinion_groups",
        _of("campaigns", "campaign_id", primary_key=True, autoincrement=False),
        sa.Column("number", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("people", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for name in (
        "opinion_groups",
        "demand_counts",
        "demand_voters",
        "demand_stances",
        "demand_rankings",
        "demand_changes",
        "demand_followers",
        "demand_authors",
        "demands",
    ):
        op.drop_table(name)
