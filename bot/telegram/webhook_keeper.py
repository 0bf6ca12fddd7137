"""Where Telegram sends updates: told at the start, looked at again, and put right if somebody changed it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.config.sections import Telegram
from bot.observability.logs import logger
from bot.telegram.reachability import Outage, Reach, insist
from handlers.chat.incoming import HANDLED, Json

log = logger("bot.telegram.webhook_keeper")

INTERVAL = 20.0
"""Seconds; well within the minute after which a process that Telegram does not answer is not ready."""

Call = Callable[[str, Json], Awaitable[object]]


class WebhookKeeper:
    """The webhook of the config, or none if the bot polls."""

    def __init__(
        self, config: Telegram, call: Call, reach: Reach, leads: Callable[[], bool], clock: Callable[[], float]
    ) -> None:
        self._config = config
        self._call = call
        self._reach = reach
        self._leads = leads
        self._outage = Outage("Telegram does not answer", clock)
        self._polls = config.mode == "polling"
        self._said: str | None = None

    async def choose(self) -> None:
        """Tells Telegram, however long that takes. Nothing that waits there is dropped."""
        await insist(self._set, self._outage)

    async def _set(self) -> None:
        if self._polls:
            await self._call("deleteWebhook", {"drop_pending_updates": False})
            return
        await self._call(
            "setWebhook",
            {
                "url": self._config.webhook_url,
                "secret_token": self._config.webhook_secret.get_secret_value(),
                "allowed_updates": list(HANDLED),
                "max_connections": 100,
            },
        )

    async def look(self) -> None:
        """Asks whether it is still so; the leader puts it right."""
        try:
            info = await self._call("getWebhookInfo", {})
            found = str(info["url"]) if isinstance(info, dict) else ""
            if found != ("" if self._polls else self._config.webhook_url) and self._leads():
                await self._set()
                if found != self._said:
                    self._said = found
                    was = "another" if found else "none"
                    log.warning("the webhook was changed from outside; restored it", was=was)
            else:
                self._said = None
        except Exception as failure:
            self._outage.missed(failure)
            self._reach.missed(failure)
        else:
            self._outage.over()
