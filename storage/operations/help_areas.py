"""The areas that volunteers of /sos may declare, as the config names them."""

from __future__ import annotations

from typing import NamedTuple


class HelpArea(NamedTuple):
    """A district by its middle in degrees (WGS-84); `metres` reach from there to its edge."""

    name: str
    latitude: float
    longitude: float
    metres: float
