"""Indexes that have what is counted, so that long rows need not be looked at for it."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_BEFORE = (
    ("ix_people_unreachable", "people", ["id"], "reachable = 0", "NOT reachable"),
    ("ix_memberships_left_at", "memberships", ["left_at", "person_id"], None, None),
    ("ix_sign_ups_queue", "sign_ups", ["activity_id", "state", "queued_at", "guests", "came_at"], None, None),
    ("ix_cases_opened", "cases", ["desk", "opened_at"], None, None),
    ("ix_cases_state", "cases", ["state"], None, None),
)
_FIGURES = ["due_at", "first_answer_at", "closed_at", "rating", "person_id"]
_AFTER = (
    ("ix_people_unreachable", "people", ["last_seen", "id"], "reachable = 0", "NOT reachable"),
    ("ix_memberships_left_at", "memberships", ["left_at", "person_id", "platform_index", "district_index"], None, None),
    ("ix_sign_ups_queue", "sign_ups", ["activity_id", "state", "queued_at", "guests", "came_at", "rating"], None, None),
    ("ix_cases_opened", "cases", ["desk", "opened_at", *_FIGURES], None, None),
    ("ix_cases_state", "cases", ["state", "last_at"], None, None),
)
_NEW = (
    ("ix_search_figures_counted", "search_figures", ["kind", "period", "cell", "count"], None, None),
    ("ix_cases_forgotten", "cases", ["desk", "opened_at"], "content IS NULL", "content IS NULL"),
    ("ix_cases_at_level", "cases", ["state", "level_since"], "level > 0", "level > 0"),
    ("ix_cases_doubted", "cases", ["last_at"], "doubt_told IS NOT NULL", "doubt_told IS NOT NULL"),
)


def _create(name: str, table: str, columns: list[str], sqlite: str | None, postgresql: str | None) -> None:
    op.create_index(
        name,
        table,
        columns,
        sqlite_where=None if sqlite is None else sa.text(sqlite),
        postgresql_where=None if postgresql is None else sa.text(postgresql),
    )


def upgrade() -> None:
    for name, table, *_ in _BEFORE:
        op.drop_index(name, table)
    for index in (*_AFTER, *_NEW):
        _create(*index)


def downgrade() -> None:
    for name, table, *_ in (*_AFTER, *_NEW):
        op.drop_index(name, table)
    for index in _BEFORE:
        _create(*index)
