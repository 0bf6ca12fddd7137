"""What people are told about honours."""

from __future__ import annotations

from dataclasses import dataclass

from storage.deliveries.notices import Notice, SubjectNotice
from storage.honours.ids import SituationId, TripId


@dataclass(frozen=True, slots=True)
class HonoursImported(Notice):
    """To whoever imported a file. `trouble` is why it could not be read at all."""

    kind = "honours_imported"

    good: int = 0
    new: int = 0
    unclear: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SituationAsked(SubjectNotice[SituationId]):
    """To an honoured person: the yearly survey of their situation is open."""

    kind = "situation_asked"


@dataclass(frozen=True, slots=True)
class SituationReminder(SubjectNotice[SituationId]):
    """The same a second time, to those who have not answered."""

    kind = "situation_reminder"


@dataclass(frozen=True, slots=True)
class SituationDue(Notice):
    """To those who keep the register: a year has passed since the last survey."""

    kind = "situation_due"

    year: int


@dataclass(frozen=True, slots=True)
class TripOffered(SubjectNotice[TripId]):
    """To an honoured person: it is their turn for a place on a trip."""

    kind = "trip_offered"
