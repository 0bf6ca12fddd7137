"""HTTP/1.1 to the Bot API: JSON there, bytes back, one call at a time on each of some connections that are kept open.

A call by aiohttp's client takes four times as much of a processor, for what these calls have no use for: redirects,
cookies, traces, objects for headers (`make bench`, transport). What needs more than a JSON call goes by aiohttp: files,
and the way through a proxy (see transport.py).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import httptools
from aiohappyeyeballs import start_connection
from aiohttp import encode_basic_auth
from yarl import URL

KEPT_FOR = 75.0
"""Seconds for which a connection that nobody uses is taken again."""
_BESIDE_THE_BODY = 1 << 16
"""Bytes that an answer may have beside its body: provisional answers, headers, what stands between its chunks."""
_SECOND_ADDRESS_AFTER = 0.25
"""Seconds after which a host's next address is tried beside the first, as RFC 8305 says."""


class Answer(NamedTuple):
    status: int
    body: bytes


class NotConnected(Exception):
    """There is no way to the host: nothing was sent."""


class ConnectingTimedOut(NotConnected):
    """The host did not answer in time: nothing was sent."""


class Broken(Exception):
    """The connection ended, or said something that is no HTTP, after the request may have been sent."""


class TooLong(Exception):
    """The answer has more bytes than anything that Telegram says."""


class _Origin(NamedTuple):
    host: str
    port: int
    is_encrypted: bool


@lru_cache(maxsize=512)
def _request(url: str) -> tuple[_Origin, bytes]:
    """Where to, and the head of the request up to the number of bytes.

    Raises:
        NotConnected: it is no URL.
    """
    try:
        parts = URL(url)
        if parts.scheme not in ("http", "https") or not parts.host or not parts.port:
            raise ValueError("no address of a web server")
        origin = _Origin(parts.host, parts.port, is_encrypted=parts.scheme == "https")
        head = (
            f"POST {parts.raw_path_qs} HTTP/1.1\r\nHost: {parts.host_port_subcomponent}\r\n"
            f"{_authorization(parts)}Content-Type: application/json\r\nContent-Length: "
        )
    except ValueError as failure:
        raise NotConnected(type(failure).__name__) from None
    return origin, head.encode("ascii")


def _authorization(url: URL) -> str:
    """The header for a user and password that stand in the URL, as of a local Bot API server behind a gate."""
    if url.user is None:
        return ""
    return f"Authorization: {encode_basic_auth(url.user, url.password or '')}\r\n"


class Connections:
    """At most `limit` calls at a time; answers of more than `longest` bytes are refused."""

    def __init__(self, limit: int, longest: int) -> None:
        self._room = asyncio.Semaphore(limit)
        self._longest = longest
        self._idle: defaultdict[_Origin, list[_Connection]] = defaultdict(list)
        self._open: set[_Connection] = set()
        self._encryption: ssl.SSLContext | None = None
        self._is_closed = False

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    async def post(self, url: str, body: bytes, read_timeout: float, connect_timeout: float) -> Answer:
        """`read_timeout`: the longest silence of the host, in seconds.

        Raises:
            NotConnected, Broken, TooLong: see the classes.
            TimeoutError: the host took the request and was silent for too long.
        """
        origin, head = _request(url)
        async with self._room:
            connection = self._kept(origin) or await self._connected(origin, connect_timeout)
            try:
                answer = await connection.ask(b"%b%d\r\n\r\n%b" % (head, len(body), body), read_timeout)
            except BaseException:
                self._close(connection)
                raise
            if connection.is_usable:
                self._idle[origin].append(connection)
            else:
                self._close(connection)
            return answer

    def close(self) -> None:
        """For good: who is at a call hears that it is broken."""
        self._is_closed = True
        for connection in list(self._open):
            self._close(connection)

    def _close(self, connection: _Connection) -> None:
        self._lost(connection)
        connection.close()

    def _lost(self, connection: _Connection) -> None:
        self._open.discard(connection)

    def _kept(self, origin: _Origin) -> _Connection | None:
        """The one that was used last: those that nobody needs any more grow old."""
        idle, oldest = self._idle[origin], asyncio.get_running_loop().time() - KEPT_FOR
        while idle:
            connection = idle.pop()
            if connection.is_usable and connection.heard_at >= oldest:
                return connection
            self._close(connection)
        return None

    async def _connected(self, origin: _Origin, timeout: float) -> _Connection:
        if self._is_closed:
            raise NotConnected("closed")
        if origin.is_encrypted and self._encryption is None:
            self._encryption = ssl.create_default_context()
        try:
            async with asyncio.timeout(timeout):
                connection = await self._opened(origin)
        except TimeoutError:
            raise ConnectingTimedOut from None
        except (OSError, ValueError) as failure:
            raise NotConnected(type(failure).__name__) from None
        self._open.add(connection)
        if self._is_closed:
            self._close(connection)
            raise NotConnected("closed")
        return connection

    async def _opened(self, origin: _Origin) -> _Connection:
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        # asyncio's own race for the first address leaves its socket open if it is cancelled (seen in Python 3.11).
        connected = await start_connection(addresses, happy_eyeballs_delay=_SECOND_ADDRESS_AFTER, interleave=1)
        _, connection = await loop.create_connection(
            lambda: _Connection(self._longest, self._lost),
            sock=connected,
            ssl=self._encryption if origin.is_encrypted else None,
            server_hostname=origin.host if origin.is_encrypted else None,
        )
        return connection


class _Connection(asyncio.Protocol):
    """httptools calls the methods that begin with `on_`."""

    def __init__(self, longest: int, lost: Callable[[_Connection], None]) -> None:
        """`lost` hears of its end."""
        self._longest = longest
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._asked: asyncio.Future[Answer] | None = None
        self._silence = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.is_usable = True
        self.heard_at = 0.0
        """When bytes came last, by the clock of the loop."""
        self._begin()

    def _begin(self) -> None:
        """Before each answer."""
        self._status = 0
        self._body = bytearray()
        self._heard = 0
        self._ends_with_connection = True

    async def ask(self, request: bytes, silence: float) -> Answer:
        assert self._transport is not None and self._asked is None
        asked: asyncio.Future[Answer] = self._loop.create_future()
        self._asked = asked
        self._silence, self.heard_at = silence, self._loop.time()
        self._transport.write(request)
        self._timer = self._loop.call_later(silence, self._look_for_silence)
        try:
            return await asked
        finally:
            self._asked = None
            self._timer.cancel()

    def close(self) -> None:
        self.is_usable = False
        if self._transport is not None:
            self._transport.abort()

    def _look_for_silence(self) -> None:
        left = self.heard_at + self._silence - self._loop.time()
        if left <= 0:
            self._fail(TimeoutError())
        else:
            self._timer = self._loop.call_later(left, self._look_for_silence)

    def _fail(self, failure: Exception) -> None:
        self.is_usable = False
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(failure)

    def _answered(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(Answer(self._status, bytes(self._body)))
        self._begin()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._status and self._ends_with_connection and error is None and self.is_usable:
            self._answered()
        self._fail(Broken(type(error).__name__ if error else "closed by the host"))
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._loop.time()
        if self._asked is None or self._asked.done():
            self.close()
            return
        self._heard += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as failure:
            self._fail(Broken(type(failure).__name__))
        if self._heard > _BESIDE_THE_BODY + (self._longest if self._status else 0):
            self._fail(TooLong())

    def on_message_begin(self) -> None:
        if self._asked is None or self._asked.done():
            self.is_usable = False  # nobody asked

    def on_header(self, name: bytes, _value: bytes) -> None:
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._ends_with_connection = False

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()

    def on_body(self, part: bytes) -> None:
        self._body += part
        if len(self._body) > self._longest:
            self._body.clear()
            self._fail(TooLong())

    def on_message_complete(self) -> None:
        if self._status < 200:  # "100 Continue", before the answer
            self._status, self._ends_with_connection = 0, True
            return
        self.is_usable = self.is_usable and self._parser.should_keep_alive()
        self._answered()
