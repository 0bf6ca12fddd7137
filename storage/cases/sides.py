"""The sides of a case."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """Who said it. A note is the handlers' own and never reaches the rider."""

    RIDER = 0
    HANDLER = 1
    NOTE = 2
