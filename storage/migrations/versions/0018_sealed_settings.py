"""Settings that were changed in the chat are sealed: those that can be changed there, as they stand."""

import re

import sqlalchemy as sa
from alembic import context, op

from storage.encryption import Vault

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OF_THE_CHAT = re.compile(
    r"organisation\.(hotline|greeting)|reminders\.(quiet_hours|lead_times)|activities\.digest_(day|at)"
    r"|membership\.(digest_at|districts|platforms)|desks\..+\.answers"
)
"""Any other name was never written by the bot."""


def upgrade() -> None:
    vault = context.config.attributes["vault"]
    assert isinstance(vault, Vault)
    connection = op.get_bind()
    op.add_column("settings", sa.Column("seal", sa.LargeBinary(), nullable=True))
    table = sa.table("settings", sa.column("name"), sa.column("value"), sa.column("seal"))
    for name, value in connection.execute(sa.select(table.c.name, table.c.value)).all():
        if _OF_THE_CHAT.fullmatch(name):
            seal = vault.seal(value.encode(), "settings.seal", name)
            connection.execute(table.update().where(table.c.name == name).values(seal=seal))


def downgrade() -> None:
    op.drop_column("settings", "seal")
