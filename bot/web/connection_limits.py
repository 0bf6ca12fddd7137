"""Connections to the web part: those that ask for nothing are closed, and nobody holds all of them.

aiohttp limits the size of a request's head, but not its time: a connection that sends half a head stays open for an
hour. Each connection is a file descriptor, and without one nobody gets in, not even /healthz.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

ASKS_WITHIN = 10.0
"""Seconds from the connection to the end of the first request's head."""
IDLE_FOR = 75.0
"""Seconds after an answer until the next request's head; longer than load balancers keep a connection (60 s)."""
MOST, MOST_PER_ADDRESS = 400, 200
"""Connections at once. Telegram opens up to 100 to a webhook, and behind a load balancer all have its address."""
SHARE_OF_DESCRIPTORS = 0.4
"""Of the process's file descriptors; the others are for Telegram, the database and files."""


def most_connections() -> int:
    """Returns how many connections this process can afford."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if descriptors == resource.RLIM_INFINITY else max(1, min(MOST, int(descriptors * SHARE_OF_DESCRIPTORS)))


@dataclass(slots=True, eq=False)
class _Connection:
    transport: asyncio.Transport
    address: str
    has_asked: bool = False


class ConnectionLimits:
    """Lets connections in. Where there are too many, the oldest that has asked for nothing yet makes room."""

    def __init__(self, most: int, most_per_address: int = MOST_PER_ADDRESS, asks_within: float = ASKS_WITHIN) -> None:
        self._most, self._most_per_address, self._asks_within = most, most_per_address, asks_within
        self._open: dict[asyncio.BaseTransport, _Connection] = {}

    @property
    def open(self) -> int:
        """How many connections are open."""
        self._forget_closed()
        return len(self._open)

    def admit(self, transport: asyncio.Transport) -> bool:
        """Whether a new connection may stay."""
        self._forget_closed()
        peer = transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        of_address = [one for one in self._open.values() if one.address == address]
        if len(of_address) >= self._most_per_address and not _close_oldest(of_address):
            return False
        self._forget_closed()
        if len(self._open) >= self._most and not _close_oldest(self._open.values()):
            return False
        connection = self._open[transport] = _Connection(transport, address)
        asyncio.get_running_loop().call_later(self._asks_within, _close_if_silent, connection)
        return True

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes that a connection has asked for something."""
        connection = self._open.get(request.transport) if request.transport is not None else None
        if connection is not None:
            connection.has_asked = True
        return await handler(request)

    def _forget_closed(self) -> None:
        for transport in [transport for transport in self._open if transport.is_closing()]:
            del self._open[transport]


def _close_oldest(connections: Iterable[_Connection]) -> bool:
    """Closes the oldest that has asked for nothing; False if there is none."""
    silent = next((one for one in connections if not one.has_asked), None)
    if silent is not None:
        silent.transport.abort()
    return silent is not None


def _close_if_silent(connection: _Connection) -> None:
    if not connection.has_asked:
        connection.transport.abort()


class Doorway(asyncio.Protocol):
    """The first moment of a connection: it is handed to the protocol that serves it, or closed."""

    def __init__(self, limits: ConnectionLimits, serve: Callable[[], asyncio.BaseProtocol]) -> None:
        self._limits = limits
        self._serve = serve

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._limits.admit(transport):
            transport.abort()
            return
        protocol = self._serve()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
