"""What a painter draws: values without a picture library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Spot(NamedTuple):
    """A numbered station on a picture."""

    number: int
    name: str
    latitude: float
    longitude: float
    is_open: bool


class Cell(NamedTuple):
    """A place of about 2 km by its middle, how often riders searched there, and how often with no station near."""

    latitude: float
    longitude: float
    searches: int
    bare: int


class Legend(NamedTuple):
    """The words below such a map."""

    bare: str
    near: str
    station: str


class Card(NamedTuple):
    """What stands on a member's card; `link` is in its QR code."""

    organisation: str
    title: str
    name: str
    number: str
    since: str
    link: str


class Certificate(NamedTuple):
    """What stands on a certificate: whose it is, what it was reached with and where; `link` is in its QR code."""

    organisation: str
    title: str
    name: str
    work: str
    reached: Sequence[str]
    day: str
    link: str
    hint: str
    members: str = ""
    """Of a team."""
