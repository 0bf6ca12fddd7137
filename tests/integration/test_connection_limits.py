"""Connections that ask for nothing hold neither their place nor anybody else's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import cast
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import web

from bot.process import served
from bot.web.connection_limits import FOR_THIS_MACHINE, WRITTEN_WITHIN, ConnectionLimits
from tests.support.simulator import free_port

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def page(limits: ConnectionLimits) -> AsyncIterator[str]:
    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="alive")

    application = web.Application()

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response(text="done")

    application.router.add_get("/healthz", alive)
    application.router.add_get("/slow", slow)
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


async def asked_once(address: str, local: str) -> Connection:
    """A connection from this address that was answered, and is kept alive."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), local_addr=(local, 0))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"alive")
    return reader, writer


async def asks(client: aiohttp.ClientSession, address: str, what: str = "healthz") -> str:
    async with client.get(f"{address}/{what}") as answer:
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


async def test_nobody_whose_request_is_in_hand_is_turned_away_for_somebody_new() -> None:
    for limits in (ConnectionLimits(50, most_per_address=1), ConnectionLimits(1)):
        async with page(limits) as address, aiohttp.ClientSession() as client:
            asking = asyncio.create_task(asks(client, address, "slow"))
            while not limits.open:  # noqa: ASYNC110 (the limits tell nobody)
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            crowd = [await half_sent(address) for _ in range(3)]
            assert await asking == "done"
            for _, writer in crowd:
                writer.close()


@pytest.mark.parametrize("most_per_address", [5, 50])
async def test_who_asked_once_holds_no_place_for_ever(most_per_address: int) -> None:
    """Two addresses that hold all connections, which asked once and are kept alive."""
    limits = ConnectionLimits(10, most_per_address)
    async with page(limits) as address:
        held = [await asked_once(address, f"127.0.0.{2 + number % 2}") for number in range(10)]
        assert limits.open == 10
        await asyncio.sleep(2 * WRITTEN_WITHIN)
        for _ in range(3):
            async with aiohttp.ClientSession() as client:
                assert await asks(client, address) == "alive"
        assert limits.open <= 10
        assert await is_closed(held[0]), "the one that has been quiet for longest"
        for _, writer in held:
            writer.close()


def test_a_health_check_of_this_machine_gets_in_when_nobody_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are answered on all connections."""
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: Mock(time=lambda: 0.0))
    limits = ConnectionLimits(10)
    assert all(limits.admit(busy(f"10.0.0.{number}")) for number in range(10))
    assert not limits.admit(busy("10.0.0.11"))
    assert [limits.admit(busy(own)) for own in ("127.0.0.1", "::1", "::ffff:127.0.0.1")] == [True, True, True]
    assert not all(limits.admit(busy("127.0.0.1")) for _ in range(FOR_THIS_MACHINE))


def busy(address: str) -> asyncio.Transport:
    """A connection from there, to which something is being written."""
    transport = Mock(spec=asyncio.Transport)
    transport.get_extra_info.return_value = address, 1
    transport.is_closing.return_value = False
    transport.get_write_buffer_size.return_value = 1
    return cast(asyncio.Transport, transport)
