"""The buttons of statistics: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

SEND = Press("statsfile", str, int)

STATS = Press("stats")
SHOW = Press("statsof", str, int)

VIEW = Press("statsview", str, str, int)
