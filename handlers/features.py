"""All features, registered in one place, in the order of the menu."""

from __future__ import annotations

from handlers import broadcasts, my, privacy, set_aside, start, station_page, stations
from handlers.routes import Routes


def routes() -> Routes:
    table = Routes()
    stations.register(table)
    station_page.register(table)
    start.register(table)
    my.register(table)
    privacy.register(table)
    broadcasts.register(table)
    set_aside.register(table)
    return table
