"""Indexes for what a large database would otherwise be read through for."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_INDEXES = {
    "deliveries": {"ix_deliveries_recipient": ["recipient"]},
    "applications": {
        "ix_applications_waiting": ["state", "waiting_since"],
        "ix_applications_decided_at": ["decided_at"],
    },
    "memberships": {
        "ix_memberships_since": ["since"],
        "ix_memberships_left_at": ["left_at", "person_id"],
    },
    "activities": {"ix_activities_ends_at": ["ends_at"]},
    "sign_ups": {"ix_sign_ups_queue": ["activity_id", "state", "queued_at", "guests", "came_at"]},
    "broadcast_reads": {"ix_broadcast_reads_person_id": ["person_id"]},
    "broadcasts": {"ix_broadcasts_started_at": ["started_at"]},
    "people": {
        "ix_people_last_seen": ["last_seen"],
        "ix_people_spoken": ["language", "app_language"],
    },
    "audit": {"ix_audit_act": ["act", "id"]},
    "cases": {
        "ix_cases_queue": ["desk", "assigned_to", "state", "urgent_at"],
        "ix_cases_opened": ["desk", "opened_at"],
    },
}


def upgrade() -> None:
    for table, indexes in _INDEXES.items():
        for name, columns in indexes.items():
            op.create_index(name, table, columns)
    op.create_index(
        "ix_deliveries_done",
        "deliveries",
        ["done_at"],
        sqlite_where=sa.text("ordered = 0 AND done_at IS NOT NULL"),
        postgresql_where=sa.text("NOT ordered AND done_at IS NOT NULL"),
    )
    op.create_index(
        "ix_people_unreachable",
        "people",
        ["id"],
        sqlite_where=sa.text("reachable = 0"),
        postgresql_where=sa.text("NOT reachable"),
    )
    op.create_index(
        "ix_deliveries_in_order_state",
        "deliveries",
        ["state"],
        sqlite_where=sa.text("ordered = 1"),
        postgresql_where=sa.text("ordered"),
    )
    op.create_index(
        "ix_activities_uncounted",
        "activities",
        ["ends_at"],
        sqlite_where=sa.text("figures IS NULL"),
        postgresql_where=sa.text("figures IS NULL"),
    )
    op.drop_index("ix_applications_state", "applications")


def downgrade() -> None:
    op.create_index("ix_applications_state", "applications", ["state"])
    op.drop_index("ix_activities_uncounted", "activities")
    op.drop_index("ix_people_unreachable", "people")
    op.drop_index("ix_deliveries_in_order_state", "deliveries")
    op.drop_index("ix_deliveries_done", "deliveries")
    for table, indexes in _INDEXES.items():
        for name in indexes:
            op.drop_index(name, table)
