"""Connections to the web part: those that ask for nothing are closed, and nobody holds all of them.

One that asked once and is kept open for the next request goes as well when others need its place.

aiohttp limits the size of a request's head, but not its time: a connection that sends half a head stays open for an
hour. Each connection is a file descriptor, and without one nobody gets in, not even /healthz.
"""

from __future__ import annotations

import asyncio
import ipaddress
import resource
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web
from aiohttp.typedefs import Handler

ASKS_WITHIN = 10.0
"""Seconds from the connection to the end of the first request's head."""
IDLE_FOR = 75.0
"""Seconds after an answer until the next request's head; longer than load balancers keep a connection (60 s)."""
MOST, MOST_PER_ADDRESS = 400, 200
"""Connections at once. Telegram opens up to 100 to a webhook, and behind a load balancer all have its address."""
WRITTEN_WITHIN = 0.1
"""Seconds after a request within which its answer is still being written; its connection stays so long."""
FOR_THIS_MACHINE = 8
"""Connections beyond the limit that come from this machine."""
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
    quiet_since: float
    """Since it was opened, or its last request was answered."""
    has_asked: bool = False
    in_hand: int = 0

    def may_close(self, now: float) -> bool:
        """Whether nobody loses an answer by that."""
        if self.in_hand or self.transport.get_write_buffer_size():
            return False
        return not self.has_asked or now - self.quiet_since >= WRITTEN_WITHIN


class ConnectionLimits:
    """Lets connections in. Where there are too many, one that is quiet makes room: of the address that has most."""

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
        peer = transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        if not (self._has_room(address) or self._has_own_room(address)):
            return False
        loop = asyncio.get_running_loop()
        connection = self._open[transport] = _Connection(transport, address, loop.time())
        loop.call_later(self._asks_within, _close_if_silent, connection)
        return True

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes what a connection asks for, and when it was answered."""
        connection = self._open.get(request.transport) if request.transport is not None else None
        if connection is None:
            return await handler(request)
        connection.has_asked = True
        connection.in_hand += 1
        try:
            return await handler(request)
        finally:
            connection.in_hand -= 1
            connection.quiet_since = asyncio.get_running_loop().time()

    def _has_room(self, address: str) -> bool:
        """Whether another of this address fits in, if need be once one is closed."""
        self._forget_closed()
        of_address = [one for one in self._open.values() if one.address == address]
        if len(of_address) >= self._most_per_address and not _close_quietest(of_address):
            return False
        self._forget_closed()
        if len(self._open) < self._most:
            return True
        held = Counter(one.address for one in self._open.values())
        by_address = sorted(self._open.values(), key=lambda one: -held[one.address])
        return any(_close_quietest(group) for _, group in groupby(by_address, lambda one: held[one.address]))

    def _has_own_room(self, address: str) -> bool:
        """Whether it may be a health check, for which a few places are left when nobody makes room."""
        return _is_of_this_machine(address) and len(self._open) < self._most + FOR_THIS_MACHINE

    def _forget_closed(self) -> None:
        for transport in [transport for transport in self._open if transport.is_closing()]:
            del self._open[transport]


def _is_of_this_machine(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _close_quietest(connections: Iterable[_Connection]) -> bool:
    """Closes the one that has been quiet for longest; False if all are being answered."""
    now = asyncio.get_running_loop().time()
    quiet = [one for one in connections if one.may_close(now)]
    if not quiet:
        return False
    min(quiet, key=lambda one: one.quiet_since).transport.abort()
    return True


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
