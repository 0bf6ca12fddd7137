"""What coordinators and admins are told about stations, and what follows a rider who moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from storage.deliveries.notices import Notice
from storage.stations.ids import SearchId, StationKey
from storage.stations.reports import Kind


@dataclass(frozen=True, slots=True)
class StationReported(Notice):
    """Two riders say so."""

    kind = "report"
    former_keys: ClassVar[Mapping[str, str]] = {"kind": "report"}

    station: StationKey
    name: str
    report: Kind


@dataclass(frozen=True, slots=True)
class ProposalsWait(Notice):
    """To coordinators: riders' proposals wait, where none did before."""

    kind = "station_proposals_wait"
    is_silent_at_night = True


@dataclass(frozen=True, slots=True)
class ProposalAccepted(Notice):
    """To the rider: the station of this name is as they proposed. `thanks` is the name that they chose, "" for none;
    `station` is None if they said that it had closed for good."""

    kind = "station_proposal_accepted"

    station: StationKey | None
    name: str
    thanks: str


@dataclass(frozen=True, slots=True)
class ProposalRefused(Notice):
    """To the rider: their proposal about the station of this name was refused, and why."""

    kind = "station_proposal_refused"

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class StationsImported(Notice):
    """How many stations, how many of them new, how many lines refused, and the first of those: (number, reason);
    `remarks` in the same way on lines that were not taken as they were written, `hours` on hours that were read:
    (number, as written, as read). With `trouble`, nothing was imported.
    """

    kind = "imported"

    good: int = 0
    new: int = 0
    refused: int = 0
    lines: tuple[tuple[int, str], ...] = ()
    remarks: tuple[tuple[int, str], ...] = ()
    hours: tuple[tuple[int, str, str], ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ListFollows(Notice):
    """The list of this search, at the place where the rider is by then."""

    kind = "list_follows"

    search: SearchId


@dataclass(frozen=True, slots=True)
class PinFollows(Notice):
    """The nearest station of this search, if it is no longer the one that was `pinned` last."""

    kind = "pin_follows"

    search: SearchId
    pinned: StationKey | None
