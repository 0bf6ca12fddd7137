"""What opens pages in a browser, and the order of decided applications in the table that they show."""

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "browser_passes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False, index=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("source", sa.LargeBinary(), nullable=True, unique=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_applications_decided", "applications", ["state", "decided_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_applications_decided", "applications")
    op.drop_table("browser_passes")
