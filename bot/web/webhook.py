"""Updates in, at a webhook: 200 only after their effect is committed, so that Telegram keeps what was not."""

from __future__ import annotations

import asyncio
import hmac

import orjson
from aiohttp import web

from bot.intake import Handle, Lanes
from bot.logs import logger

log = logger("bot.webhook")

BODY_LIMIT = 1 << 20
"""Bytes. An update is at most some tens of kB."""
MOST_IN_HAND = 512


class Webhook:
    """Takes POSTs with the right secret at one path. Wrong ones learn nothing but a status."""

    def __init__(self, handle: Handle, secret: str) -> None:
        self._lanes = Lanes(handle)
        self._secret = secret.encode()
        self.closing = False

    @property
    def in_hand(self) -> int:
        return self._lanes.in_hand

    async def take(self, request: web.Request) -> web.Response:
        said = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(said, self._secret):
            raise web.HTTPUnauthorized
        if self.closing or self._lanes.in_hand >= MOST_IN_HAND:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        try:
            raw = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            raise web.HTTPBadRequest from None
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            raise web.HTTPBadRequest
        try:
            # Shielded: what is begun is finished, even if Telegram hangs up.
            await asyncio.shield(self._lanes.put(raw))
        except Exception as trouble:
            log.warning("the database is away; Telegram keeps the update", trouble=type(trouble).__name__)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"}) from None
        return web.Response()
