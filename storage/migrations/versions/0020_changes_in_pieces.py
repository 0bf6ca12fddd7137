"""How far the correction or recall of a broadcast is written down: of a long one, some recipients at a time. Those with
a home area are found by an index, and the deliveries of a broadcast in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcasts", sa.Column("change", sa.String(40), nullable=True))
    op.add_column("broadcasts", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("broadcasts", sa.Column("changed_to", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_index("ix_deliveries_of_broadcast", "deliveries")
    op.create_index("ix_deliveries_of_broadcast", "deliveries", ["broadcast_id", "state", "id"])
    op.create_index(
        "ix_people_home",
        "people",
        ["id"],
        sqlite_where=sa.text("home IS NOT NULL"),
        postgresql_where=sa.text("home IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_people_home", "people")
    op.drop_index("ix_deliveries_of_broadcast", "deliveries")
    op.create_index("ix_deliveries_of_broadcast", "deliveries", ["broadcast_id", "state"])
    for name in ("changed_to", "changed_at", "change"):
        op.drop_column("broadcasts", name)
