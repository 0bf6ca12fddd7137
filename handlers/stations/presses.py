"""The buttons of stations: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

MANAGE = Press("station", int)
CHANGE = Press("stationchange", int, str)
BEGIN_CLOSING = Press("stationclose", int)
OPEN_AGAIN = Press("stationopen", int)
ASK_TO_DELETE = Press("stationdelete", int)
DELETE = Press("stationdeletenow", int)
RESTORE = Press("stationrestore", int)

PAGE = Press("page", int, int)
REPORT = Press("report", int, str)
CLEAR = Press("clear", int)

TURN_PAGE = Press("list", int, int, int)
OPEN_FILTER = Press("filter", int, int)
VENUES = Press("venues", int, int, int)
PICTURE = Press("picture", int, int, int)
KEEP_HOME = Press("home", int)
NEAR_HOME = Press("nearhome")
ASK_ADDRESS = Press("address")
