"""Connections that come back to the pool after it was closed: nobody else would close them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

_OPENED_AFTER = "opened after"


class LateReturns:
    """Closes each connection of the engine that was out when the engine was closed, as soon as it is given back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.times_closed = 0
        event.listen(engine.sync_engine, "connect", self._note)
        event.listen(engine.sync_engine, "checkin", self._close_if_late)

    def _note(self, _connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_OPENED_AFTER] = self.times_closed

    def _close_if_late(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        if connection is not None and entry.info[_OPENED_AFTER] != self.times_closed:
            entry.close()
