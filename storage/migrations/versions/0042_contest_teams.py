"""Teams of a contest, their members, and whose entry is a team's."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0038"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "contest_teams",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("contest_id", sa.BigInteger(), sa.ForeignKey("contests.id"), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("invitation_index", sa.LargeBinary(), nullable=True, index=True),
    )
    op.create_table(
        "contest_team_members",
        sa.Column("contest_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False, index=True),
        sa.Column("team_id", sa.BigInteger(), sa.ForeignKey("contest_teams.id"), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("rules_version", sa.SmallInteger(), nullable=False),
        sa.Index("ix_contest_team_members_team_id", "team_id"),
    )
    op.add_column("contest_entries", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_contest_entries_team_id", "contest_entries", ["team_id"])


def downgrade() -> None:
    op.drop_index("ix_contest_entries_team_id", "contest_entries")
    op.drop_column("contest_entries", "team_id")
    op.drop_table("contest_team_members")
    op.drop_table("contest_teams")
