"""Draft agreements with their versions, clauses and comments; results, commitments, and asking if they are kept."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _agreements()
    _comments()
    _commitments()


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("campaign_id", _KEY, sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("agreements.campaign_id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_agreement_versions_campaign_id_number")),
    )
    op.create_table(
        "clauses",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("agreements.campaign_id"), nullable=False, index=True),
        sa.Column("why", sa.String(300), nullable=False),
    )
    op.create_table(
        "clause_texts",
        sa.Column("version_id", _KEY, sa.ForeignKey("agreement_versions.id"), primary_key=True),
        sa.Column("clause_id", _KEY, sa.ForeignKey("clauses.id"), primary_key=True, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("heading", sa.String(120), nullable=False),
        sa.Column("chapter", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
    )
    op.create_table(
        "clause_demands",
        sa.Column("clause_id", _KEY, sa.ForeignKey("clauses.id"), primary_key=True),
        sa.Column("demand_id", sa.BigInteger(), primary_key=True),
    )


def _comments() -> None:
    op.create_table(
        "comment_aliases",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("agreements.campaign_id"), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("label", sa.String(8), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_comment_aliases_campaign_id_key")),
        sa.UniqueConstraint("campaign_id", "label", name=op.f("uq_comment_aliases_campaign_id_label")),
    )
    op.create_table(
        "clause_comments",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("agreements.campaign_id"), nullable=False, index=True),
        sa.Column("clause_id", _KEY, sa.ForeignKey("clauses.id"), nullable=False, index=True),
        sa.Column("version_id", _KEY, sa.ForeignKey("agreement_versions.id"), nullable=False),
        sa.Column("alias_id", _KEY, sa.ForeignKey("comment_aliases.id"), nullable=True, index=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("refusal", sa.String(12), nullable=True),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("taken_in", sa.Integer(), nullable=True),
        sa.Column("backers", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "comment_backings",
        sa.Column("comment_id", _KEY, sa.ForeignKey("clause_comments.id"), primary_key=True),
        sa.Column("key", sa.LargeBinary(), primary_key=True),
    )


def _commitments() -> None:
    op.create_table(
        "campaign_results",
        sa.Column("campaign_id", _KEY, sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("sentence", sa.String(300), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "commitments",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("campaigns.id"), nullable=False, index=True),
        sa.Column("clause_id", _KEY, sa.ForeignKey("clauses.id"), nullable=True),
        sa.Column("what", sa.String(300), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
    )
    op.create_table(
        "commitment_askings",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("campaign_id", _KEY, sa.ForeignKey("campaigns.id"), nullable=False, index=True),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("is_yearly", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("laid_to", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "commitment_tallies",
        sa.Column("asking_id", _KEY, sa.ForeignKey("commitment_askings.id"), primary_key=True),
        sa.Column("commitment_id", _KEY, sa.ForeignKey("commitments.id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("not_kept", sa.Integer(), nullable=False),
        sa.Column("cannot_tell", sa.Integer(), nullable=False),
    )
    op.create_table(
        "commitment_rolls",
        sa.Column("asking_id", _KEY, sa.ForeignKey("commitment_askings.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), primary_key=True),
        sa.Column("answered", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "commitment_rolls",
        "commitment_tallies",
        "commitment_askings",
        "commitments",
        "campaign_results",
        "comment_backings",
        "clause_comments",
        "comment_aliases",
        "clause_demands",
        "clause_texts",
        "clauses",
        "agreement_versions",
        "agreements",
    ):
        op.drop_table(table)
