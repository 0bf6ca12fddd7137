"""The audited actions of stations."""

from __future__ import annotations

from storage.audit import AuditAction


class StationAction(AuditAction):
    """What is done to the stations."""

    STATION_CHANGED = "station_changed"
    STATIONS_IMPORTED = "stations_imported"
    PROPOSAL_ACCEPTED = "station_proposal_accepted"
    PROPOSAL_REFUSED = "station_proposal_refused"
