"""The audited actions of people."""

from __future__ import annotations

from storage.audit import AuditAction


class PeopleAction(AuditAction):
    """What is done to somebody's rights, or to their access."""

    ROLE_GRANTED = "role_granted"
    ROLE_TAKEN = "role_taken"
    PERSON_BLOCKED = "person_blocked"
    PERSON_LET_IN = "person_let_in"
