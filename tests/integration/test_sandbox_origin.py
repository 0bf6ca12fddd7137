"""No page of another site that the same browser shows reaches the sandbox."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, web

from bot.process import served
from bot.sandbox.runner import serve, town
from tests.support.simulator import free_port


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/", {"Sec-Fetch-Site": "none"}, 200),
        ("/", {"Sec-Fetch-Site": "same-origin"}, 200),
        ("/", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/", {"Sec-Fetch-Site": "same-site"}, 403),
        ("/", {"Origin": "{own}"}, 200),
        ("/", {"Origin": "{own}.evil.example"}, 403),
        ("/", {"Origin": "null"}, 403),
        ("/", {"Host": "evil.example"}, 403),
        ("/bot{token}/getMe", {}, 200),
        ("/bot{token}/getMe", {"Sec-Fetch-Site": "same-origin"}, 403),
        ("/bot{token}/getMe", {"Referer": "http://evil.example/"}, 403),
        ("/bot{token}/getMe", {"Origin": "{own}"}, 403),
    ],
)
async def test_who_reaches_the_sandbox(path: str, headers: dict[str, str], status: int) -> None:
    world, application = town(), web.Application()
    serve(world, application)
    async with served(application, free_port(), leaves_within=0.1) as address, ClientSession() as client:
        sent = {name: value.format(own=address) for name, value in headers.items()}
        async with client.get(address + path.format(token=world.token), headers=sent) as answer:
            assert answer.status == status
