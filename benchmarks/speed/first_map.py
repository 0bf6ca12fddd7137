"""How soon a rider on an old phone sees stations: the Mini App's map in Chromium, its processor slowed 4 times.

From the navigation to the first frame after the map is drawn and the stations in view are listed; nothing is cached.
The code is what comes over the wire of scripts and styles, the map library's worker among them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import web

from benchmarks.support.report import Result
from bot import demo
from bot.app import App, system_clock
from bot.config.config import load
from bot.process import listen, open_configured, served
from bot.sandbox import runner as sandbox
from bot.sandbox.runner import RIDER, sandboxed
from bot.web.init_data import sign
from bot.web.static_files import FOLDERS, compressed
from storage import schema

if TYPE_CHECKING:
    from playwright.async_api import Browser

SLOWED, RUNS = 4, 5
WIDE, HIGH = 360, 740
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
IN_SOFTWARE = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
_WORKER = "maplibre-gl-csp-worker.js"
_SAID = "first map "
_WATCH = """
new MutationObserver((_changes, watch) => {
  if (!document.querySelector("#list li") || !document.querySelector("#map canvas")) return;
  watch.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => console.log(`first map ${performance.now()}`)));
}).observe(document, { childList: true, subtree: true });
"""


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[tuple[str, str]]:
    """The sandbox with demo stations: its address, and the token of its bot."""
    config = load(folder / "none.toml")
    config = config.model_copy(update={"web": config.web.model_copy(update={"port": 0})})
    listening, database = listen(config), open_configured(config)
    await schema.migrate(database)
    await demo.fill(database, system_clock())
    world, application = sandbox.town(lambda: system_clock().timestamp()), web.Application()
    sandbox.serve(world, application)
    app = App(sandboxed(config, listening.getsockname()[1], world.token), database)
    app.add_routes(application)
    async with served(application, listening) as url:
        await app.start()
        running = asyncio.create_task(app.run())
        try:
            yield url, world.token
        finally:
            app.leave()
            await running
            await app.close()


def _address(url: str, token: str) -> str:
    """As Telegram's app opens it."""
    user = {"id": RIDER, "first_name": "Li", "language_code": "en"}
    signed = {"user": json.dumps(user), "auth_date": str(int(system_clock().timestamp())), "signature": "s"}
    signed["query_id"] = str(system_clock().timestamp())
    init_data = urlencode({**signed, "hash": sign(signed, token)})
    return f"{url}/app#tgWebAppData={quote(init_data)}"


async def _once(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds to the map, and kilobytes of code."""
    context = await browser.new_context(viewport={"width": WIDE, "height": HIGH})
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    code: dict[str, str] = {}
    taken: dict[str, float] = {}

    def answered(event: Any) -> None:
        if event["response"]["url"].partition("?")[0].endswith((".js", ".css")):
            code[event["requestId"]] = event["response"]["url"]

    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", lambda event: taken.update({event["requestId"]: event["encodedDataLength"]}))
    await devtools.send("Network.enable")
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    await page.add_init_script(_WATCH)
    async with page.expect_console_message(lambda said: said.text.startswith(_SAID), timeout=120_000) as seen:
        await page.goto(address)
    seconds = float((await seen.value).text.removeprefix(_SAID)) / 1e3
    sizes = {Path(name).name: taken.get(request, 0.0) for request, name in code.items()}
    # A worker's script is told of in a session of the worker's own.
    sizes.setdefault(_WORKER, len(compressed((FOLDERS[1] / _WORKER).read_bytes())))
    await context.close()
    return seconds, sum(sizes.values()) / 1e3


async def measure(folder: Path) -> list[Result]:
    """Nothing, and why, without Chromium."""
    if CHROMIUM is None:
        print("first useful map: skipped, since Debian's chromium is not installed", flush=True)
        return []
    from playwright.async_api import async_playwright

    async with _serving(folder) as (url, token), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*IN_SOFTWARE])
        found = [await _once(browser, _address(url, token)) for _ in range(1 + RUNS)][1:]
        await browser.close()
    return [
        Result(
            f"first useful map, processor slowed {SLOWED}x",
            statistics.median(one for one, _ in found),
            "s",
            goal="<= 2.5",
        ),
        Result("first useful map: code over the wire", max(size for _, size in found), "kB", goal="<= 400"),
    ]
