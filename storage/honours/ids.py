"""The ids of the register of honours."""

from typing import NewType

HonouredId = NewType("HonouredId", int)
SituationId = NewType("SituationId", int)
"""A yearly survey of the situation of honoured people."""
TripId = NewType("TripId", int)
