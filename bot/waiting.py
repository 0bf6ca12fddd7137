"""Waiting for something to happen, but not for long."""

from __future__ import annotations

import asyncio
import contextlib


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Returns when the event is set, or after so long; `seconds` may be infinite."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None if seconds == float("inf") else seconds):  # needs no task, as wait_for does
            await event.wait()
