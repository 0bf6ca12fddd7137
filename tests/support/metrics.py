"""What /metrics says."""

from __future__ import annotations

import re

import aiohttp
from aiohttp import web

from bot.process import served
from tests.support.simulator import Town, free_port


async def page(town: Town) -> str:
    application = web.Application()
    town.app.add_routes(application)
    async with (
        served(application, free_port(), leaves_within=0.1) as address,
        aiohttp.request("GET", f"{address}/metrics") as answer,
    ):
        return await answer.text()


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
