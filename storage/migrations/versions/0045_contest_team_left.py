"""Who has left a team of a contest: they may neither vote for its entries nor judge them."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contest_team_left",
        sa.Column("team_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger(), primary_key=True, autoincrement=False, index=True),
        sa.Column("contest_id", sa.BigInteger(), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("contest_team_left")
