"""Updates in, at a webhook: 200 only after their effect is committed, so that Telegram keeps what was not."""

from __future__ import annotations

import asyncio
import hmac
import itertools
from collections.abc import Iterator

import orjson
from aiohttp import web
from cachetools import TTLCache

from bot.observability.logs import logger
from bot.updates.intake import ChatQueues, Handle
from storage.database_errors import cause_of

log = logger("bot.webhook")

BODY_LIMIT = 1 << 20
"""Bytes. An update is at most some tens of kB."""
MOST_IN_HAND = 512
READ_WITHIN = 10.0
"""Seconds for the whole body."""
JSON_TYPES = ("application/json", "application/octet-stream")
"""Telegram's; the other is what comes without a type."""
MOST_GUESSES, MOST_ADDRESSES = 20, 10_000
GUESSES_FORGOTTEN_AFTER = 60.0


class Webhook:
    """Takes POSTs with the right secret at one path. Wrong ones learn nothing but a status."""

    def __init__(self, handle: Handle, secret: str) -> None:
        self._queues = ChatQueues(handle)
        self._secret = secret.encode()
        self.is_open = False
        """Updates are taken from the end of the start on: before it, nothing is known of those that ended a process."""
        self._guesses: TTLCache[str, Iterator[int]] = TTLCache(MOST_ADDRESSES, ttl=GUESSES_FORGOTTEN_AFTER)

    def _is_guessing(self, address: str) -> bool:
        """Whether too many wrong secrets came from this address within a minute. Right ones are always taken: behind a
        balancer all have its address."""
        return next(self._guesses.setdefault(address, itertools.count())) >= MOST_GUESSES

    @property
    def in_hand(self) -> int:
        return self._queues.in_hand

    async def take(self, request: web.Request) -> web.Response:
        """One update. Refused are a wrong secret (401, then 429), a body that is too long (413), too slow (408) or no
        update (400, 415), and what is more than can be worked on at once (503)."""
        said = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(said, self._secret):
            raise web.HTTPTooManyRequests if self._is_guessing(request.remote or "") else web.HTTPUnauthorized
        if request.content_type not in JSON_TYPES:
            raise web.HTTPUnsupportedMediaType
        if not self.is_open or self._queues.in_hand >= MOST_IN_HAND:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        try:
            async with asyncio.timeout(READ_WITHIN):
                body = await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        try:
            raw = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise web.HTTPBadRequest from None
        if not isinstance(raw, dict) or "update_id" not in raw:
            raise web.HTTPBadRequest
        try:
            # Shielded: what is begun is finished, even if Telegram hangs up.
            await asyncio.shield(self._queues.put(raw))
        except Exception as error:
            if cause_of(error) is None:
                log.warning("an update failed; Telegram keeps it", error=type(error).__name__)
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"}) from None
        return web.Response()
