"""What a journey costs: a location that is answered by a list and a pin, among 186,100 stations."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.support.cost import LOW, Load
from benchmarks.support.places import somewhere
from benchmarks.support.processes import import_stations
from benchmarks.support.programs import Crowd
from benchmarks.support.recipients import KEY
from benchmarks.support.telegram_stub import Stub
from benchmarks.support.units import Unit


def _asking(load: Load) -> Stub:
    chance = random.Random(256)
    return Stub(load.chats, "sendVenue", lambda: somewhere(chance), think=load.think)


async def fill(folder: Path, database: str) -> Crowd:
    """The stations."""
    await import_stations(folder, database, key=KEY)
    return _asking


def _goal(_kind: str, load: Load) -> str:
    return "<= 1.2" if load is LOW else "<= 0.8"


UNIT = Unit("a journey", fill, _goal)
