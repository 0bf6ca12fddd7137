"""Connections that ask for nothing hold neither their place nor anybody else's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from bot.process import served
from bot.web.connection_limits import ConnectionLimits
from tests.support.simulator import free_port

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def page(limits: ConnectionLimits) -> AsyncIterator[str]:
    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="alive")

    application = web.Application()
    application.router.add_get("/healthz", alive)
    async with served(application, free_port(), leaves_within=0.1, limits=limits) as address:
        yield address


async def half_sent(address: str) -> Connection:
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(HALF)
    await writer.drain()
    return reader, writer


async def is_closed(connection: Connection) -> bool:
    """Whether the server closes it within some seconds; closes it here too."""
    reader, writer = connection
    try:
        async with asyncio.timeout(5):
            return not await reader.read()
    except ConnectionError:
        return True
    finally:
        writer.close()


async def asks(client: aiohttp.ClientSession, address: str) -> str:
    async with client.get(f"{address}/healthz") as answer:
        return await answer.text()


async def test_half_a_head_is_not_waited_for() -> None:
    limits = ConnectionLimits(100, asks_within=0.2)
    async with page(limits) as address, aiohttp.ClientSession() as client:
        assert await asks(client, address) == "alive"
        slow = [await half_sent(address) for _ in range(20)]
        assert all(await asyncio.gather(*map(is_closed, slow)))
        assert limits.open == 1, "the one that has asked is kept for the next request"
        assert await asks(client, address) == "alive"


async def test_who_asks_gets_in_when_all_places_are_held() -> None:
    for limits in (ConnectionLimits(5, most_per_address=50), ConnectionLimits(50, most_per_address=5)):
        async with page(limits) as address, aiohttp.ClientSession() as client:
            held = [await half_sent(address) for _ in range(30)]
            assert limits.open <= 5
            assert await asks(client, address) == "alive"
            assert await is_closed(held[0])
            for _, writer in held:
                writer.close()


async def test_nobody_who_has_asked_is_turned_away_for_somebody_new() -> None:
    limits = ConnectionLimits(50, most_per_address=1)
    async with page(limits) as address, aiohttp.ClientSession() as client:
        assert await asks(client, address) == "alive"
        assert await is_closed(await half_sent(address))
        assert await asks(client, address) == "alive"
