"""The audited actions of ballots."""

from __future__ import annotations

from storage.audit import AuditAction


class BallotAction(AuditAction):
    """What becomes of a ballot; no row tells of a vote."""

    BALLOT_PREPARED = "ballot_prepared"
    BALLOT_DELETED = "ballot_deleted"
    BALLOT_OPENED = "ballot_opened"
    BALLOT_ROLL_FROZEN = "ballot_roll_frozen"
    BALLOT_CLOSED = "ballot_closed"
    BALLOT_NOT_OPENED = "ballot_not_opened"
    BALLOT_PUBLISHED = "ballot_published"
