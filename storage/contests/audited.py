"""The audited actions of contests."""

from __future__ import annotations

from storage.audit import AuditAction


class ContestAction(AuditAction):
    """What coordinators do to a contest, which everybody in it feels."""

    CONTEST_CREATED = "contest_created"
    CONTEST_CHANGED = "contest_changed"
    CONTEST_MOVED = "contest_moved"
    CONTEST_DATE_CHANGED = "contest_date_changed"
    CHANNEL_SET = "contest_channel_set"
    ENTRY_SHOWN = "contest_entry_shown"
    ENTRY_REFUSED = "contest_entry_refused"
    ENTRY_TAKEN_DOWN = "contest_entry_taken_down"
    JUDGE_NAMED = "contest_judge_named"
    JUDGE_DISMISSED = "contest_judge_dismissed"
