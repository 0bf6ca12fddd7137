"""The areas for which the weather is looked at, as the config names them."""

from __future__ import annotations

from typing import NamedTuple

from storage.operations.heat_allowance import HeatAllowance

WHOLE = "all"
"""The key of the one area of an organisation that names none."""


class Area(NamedTuple):
    """`place` is where its weather is looked at (latitude, longitude); without one, in the middle of the stations.
    `allowance` is what is paid there for work in the heat; None: what the organisation says of everywhere."""

    key: str
    name: str
    place: tuple[float, float] | None = None
    allowance: HeatAllowance | None = None
