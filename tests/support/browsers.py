"""Debian's Chromium for tests: without it they are skipped."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""Without all that belongs to windows, it takes two thirds of the processor time."""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
in_one_browser = pytest.mark.xdist_group("browsers")
"""Tests that mostly wait for Chromium: one worker runs them all, beside those that are busy."""

expect.set_options(timeout=30_000)
"""Milliseconds; Playwright's own 5 s are too few while three other workers hold the machine."""

_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    "--disable-gpu-compositing",
    # Maps are drawn without a graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


@functools.cache
def _address() -> str:
    """Where the one browser of this process listens: to start it takes two seconds of processor time, more than most
    tests. It ends with the process."""
    folder = tempfile.TemporaryDirectory(prefix="nuanxin-chromium-", ignore_cleanup_errors=True)
    command = [CHROMIUM or "chromium", *_FLAGS, f"--user-data-dir={folder.name}", "about:blank"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    known = Path(folder.name) / "DevToolsActivePort"
    until = time.monotonic() + 60
    while not (known.exists() and len(lines := known.read_text().split()) == 2):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("Chromium did not start")
        time.sleep(0.05)
    port, path = lines

    def end() -> None:
        os.killpg(process.pid, signal.SIGKILL)  # what was started is Debian's script, and the browser its child
        process.wait()
        folder.cleanup()

    atexit.register(end)
    return f"ws://127.0.0.1:{port}{path}"


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """The browser, without anything of an earlier test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(_address())
        yield browser
        for context in browser.contexts[1:]:
            await context.close()
        await browser.close()
