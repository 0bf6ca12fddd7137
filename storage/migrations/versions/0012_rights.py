"""A correction of a broadcast can wait for approval; anonymous cases have a daily limit; roles are sealed; people are
seen on a day, not at a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcasts", sa.Column("correction", sa.LargeBinary(), nullable=True))
    op.add_column("broadcasts", sa.Column("corrected_by", sa.BigInteger(), nullable=True))
    op.add_column("roles", sa.Column("seal", sa.LargeBinary(), nullable=True))
    op.create_table(
        "case_allowances",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("used", sa.SmallInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    for column in ("first_seen", "last_seen"):
        op.execute(f"UPDATE people SET {column} = {_midnight(column)}")


def _midnight(column: str) -> str:
    """As the column type of each database keeps it."""
    if op.get_bind().dialect.name == "postgresql":
        return f"date_trunc('day', {column} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
    return f"substr({column}, 1, 10) || ' 00:00:00.000000'"


def downgrade() -> None:
    op.drop_table("case_allowances")
    op.drop_column("roles", "seal")
    op.drop_column("broadcasts", "corrected_by")
    op.drop_column("broadcasts", "correction")
