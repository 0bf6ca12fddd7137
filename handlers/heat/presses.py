"""The buttons of the weather: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

WANT = Press("weatherwant", str)
"""To hear of an area."""
STOP = Press("weatherstop")
CHOOSE_RULE = Press("weatherrule", str)
SET_RULE = Press("weatherset", str, str)
