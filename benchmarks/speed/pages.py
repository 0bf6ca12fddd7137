"""The pages: what a view of the map costs among 186,100 stations, how soon a rider sees it, and a page of the table of
100,000 applications."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import orjson
from sqlalchemy import insert

from benchmarks.speed import first_map
from benchmarks.speed.search import NOW, index_of
from benchmarks.support.places import COUNT, towns
from benchmarks.support.report import Result
from bot.app import App
from bot.config.config import load
from bot.process import listen, open_configured, served
from bot.sandbox.runner import COORDINATOR, sandboxed
from bot.web.pages import map_data
from bot.web.static_files import FOLDERS, compressed
from storage import schema
from storage.console import passes
from storage.membership.applications import Application, ApplicationState
from storage.stations import areas
from storage.stations.areas import Area
from storage.stations.index import StationIndex
from storage.stations.reports import LiveBoard
from storage.telegram_ids import PersonId

WIDTHS = (0.02, 0.1, 0.5, 3.0, 20.0, 120.0)
"""Degrees from a street to a continent."""
VIEWS = 60
APPLICATIONS, AT_ONCE, PAGES = 100_000, 10_000, 60
WAITING = 0.2
"""So many of the applications wait; the others are decided."""
LOADED = (
    "maplibre-gl-csp.js",
    "maplibre-gl-csp-worker.js",
    "maplibre-gl.css",
    "pages.css",
    "app.js",
    "door.js",
    "telegram.js",
    "map.js",
    "ground.js",
)


def own(index: StationIndex, live: LiveBoard, area: Area) -> bytes:
    """What the bot sends of a view."""
    return zlib.compress(map_data.content(index, areas.look(index, live, area, 0, NOW), shifts=False), 6)


def as_geojson(index: StationIndex, _live: LiveBoard, area: Area) -> bytes:
    """The peer: all that is in the view as GeoJSON, for a library in the browser to put together."""
    inside = (index.latitudes >= area.south) & (index.latitudes <= area.north)
    inside &= (index.longitudes >= area.west) & (index.longitudes <= area.east)
    features = [
        {
            "type": "Feature",
            "id": int(index.keys[row]),
            "properties": {"name": index.names[int(row)]},
            "geometry": {"type": "Point", "coordinates": [float(index.longitudes[row]), float(index.latitudes[row])]},
        }
        for row in inside.nonzero()[0]
    ]
    return zlib.compress(orjson.dumps({"type": "FeatureCollection", "features": features}), 6)


def views() -> list[Area]:
    """Around towns, as wide as each of WIDTHS."""
    chance, found = random.Random(20), []
    for width in WIDTHS:
        for latitude, longitude in chance.sample(towns(), VIEWS // len(WIDTHS)):
            south, north = max(-89.0, latitude - width / 2), min(89.0, latitude + width / 2)
            found.append(Area(max(-179.9, longitude - width / 2), south, min(179.9, longitude + width / 2), north))
    return found


def cost(
    draw: Callable[[StationIndex, LiveBoard, Area], bytes], index: StationIndex, places: list[Area]
) -> tuple[float, float]:
    """Milliseconds of processor time of the dearest view (the best of three), and kilobytes of the largest."""
    live, dearest, largest = LiveBoard(len(index)), 0.0, 0
    for area in places:
        taken = []
        for _ in range(3):
            started = time.process_time()
            content = draw(index, live, area)
            taken.append(time.process_time() - started)
        dearest, largest = max(dearest, min(taken)), max(largest, len(content))
    return dearest * 1e3, largest / 1e3


def code() -> float:
    """Kilobytes of scripts and styles that the map loads."""
    files = {file.name: file for folder in FOLDERS for file in folder.iterdir()}
    return sum(len(compressed(files[name].read_bytes())) for name in LOADED) / 1e3


async def table(folder: Path) -> float:
    """Milliseconds of a page of the table, from the request to its end; the median of the first and later pages."""
    config = load(folder / "none.toml")
    config = config.model_copy(update={"web": config.web.model_copy(update={"port": 0})})
    listening = listen(config)
    now = datetime.now(UTC)
    database = open_configured(config)
    await schema.migrate(database)
    app = App(sandboxed(config, listening.getsockname()[1], "1000000001:none"), database)
    for first in range(0, APPLICATIONS, AT_ONCE):
        rows = [
            {
                "person_id": 10_000_000 + at,
                "state": ApplicationState.WAITING if at % round(1 / WAITING) == 0 else ApplicationState.APPROVED,
                "content": b"",
                "consent_version": 1,
                "sent_at": now - timedelta(minutes=at),
                "waiting_since": now - timedelta(minutes=at),
                "decided_at": None if at % round(1 / WAITING) == 0 else now - timedelta(seconds=at),
            }
            for at in range(first, first + AT_ONCE)
        ]
        async with database.writing(apart=True) as session:
            await (await session.connection()).execute(insert(Application), rows)
    async with database.writing() as session:
        token = await passes.issue(session, PersonId(COORDINATOR), passes.Kind.SESSION, now)
    taken = []
    async with (
        served(app.web_application(), listening) as url,
        aiohttp.ClientSession(url, headers={"Cookie": f"nuanxin={token}"}) as client,
    ):
        for at in range(PAGES):
            path = "/console/applications" + ("?state=approved" if at % 2 else "")
            started = time.perf_counter()
            async with client.get(path) as answer:
                assert answer.status == 200 and b"A-" in await answer.read()
            taken.append(time.perf_counter() - started)
    await database.close()
    return statistics.median(taken) * 1e3


async def measure(folder: Path) -> list[Result]:
    index = await index_of(COUNT)
    places = views()
    own_ms, own_kb = cost(own, index, places)
    peer_ms, peer_kb = await asyncio.to_thread(cost, as_geojson, index, places)
    return [
        Result("map: processor time of the dearest view", own_ms, "ms", goal="<= 15"),
        Result("map: the largest view", own_kb, "kB", goal="<= 100"),
        Result("map: the dearest view, beside GeoJSON of all in it", own_ms, "ms", "GeoJSON", peer_ms),
        Result("map: the largest view, beside GeoJSON of all in it", own_kb, "kB", "GeoJSON", peer_kb),
        Result("map: code over the wire", code(), "kB", goal="<= 400"),
        Result("console: a page of 100,000 applications", await table(folder), "ms", goal="<= 50"),
        *await first_map.measure(folder / "first-map"),
    ]
