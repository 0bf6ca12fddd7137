"""Secret ballots: their terms, papers, who has voted, and the box or the result."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ballots",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("campaigns.id"), nullable=False, index=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(20), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("frozen_to", sa.BigInteger(), nullable=False),
        sa.Column("roll_size", sa.Integer(), nullable=False),
        sa.Column("roll_hash", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("cast", sa.Integer(), nullable=True),
        sa.Column("box_hash", sa.String(64), nullable=False),
        sa.Column("published_by", sa.BigInteger(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("key", name="uq_ballots_key"),
    )
    op.create_table(
        "ballot_papers",
        sa.Column("ballot_id", _KEY, sa.ForeignKey("ballots.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("voted", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_ballot_papers_person_id", "ballot_papers", ["person_id"])
    op.create_table(
        "ballot_voters",
        sa.Column("ballot_id", _KEY, sa.ForeignKey("ballots.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("voted", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_ballot_voters_person_id", "ballot_voters", ["person_id"])
    op.create_table(
        "ballot_files",
        sa.Column("ballot_id", _KEY, sa.ForeignKey("ballots.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ballot_files")
    op.drop_table("ballot_voters")
    op.drop_table("ballot_papers")
    op.drop_table("ballots")
