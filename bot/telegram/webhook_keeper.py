"""Where Telegram sends updates: told at the start, looked at again, and put right if somebody changed it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.config.sections import Telegram
from bot.observability.logs import logger
from bot.telegram.reachability import Outage, Reach, insist
from handlers.chat.incoming import HANDLED, Json
from storage.deliveries.notices import Notice
from storage.operations.notices import UpdatesTaken, WebhookChanged

log = logger("bot.telegram.webhook_keeper")

INTERVAL = 20.0
"""Seconds; well within the minute after which a process that Telegram does not answer is not ready."""

Call = Callable[[str, Json], Awaitable[object]]
Tell = Callable[[Notice], Awaitable[None]]


class WebhookKeeper:
    """The webhook of the config, or none if the bot polls. `tell` is for the admins."""

    def __init__(
        self,
        config: Telegram,
        call: Call,
        reach: Reach,
        leads: Callable[[], bool],
        clock: Callable[[], float],
        tell: Tell,
    ) -> None:
        self._config = config
        self._call = call
        self._reach = reach
        self._leads = leads
        self._tell = tell
        self._outage = Outage("Telegram does not answer", clock)
        self._polls = config.mode == "polling"
        self._said: str | None = None
        self._is_contest_told = False

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
        """Asks whether it is still so; the leader puts it right. The admins hear of others who have the token."""
        if await self._put_right():
            await self._try_to_tell(WebhookChanged())
        if self._reach.is_contested and not self._is_contest_told:
            self._is_contest_told = await self._try_to_tell(UpdatesTaken())
        self._is_contest_told = self._is_contest_told and self._reach.is_contested

    async def _try_to_tell(self, notice: Notice) -> bool:
        try:
            await self._tell(notice)
        except Exception as failure:
            log.warning("the admins could not be told", notice=notice.kind, error=type(failure).__name__)
            return False
        return True

    async def _put_right(self) -> bool:
        """Whether it was changed, and that is new."""
        is_new = False
        try:
            info = await self._call("getWebhookInfo", {})
            found = str(info["url"]) if isinstance(info, dict) else ""
            if found != ("" if self._polls else self._config.webhook_url) and self._leads():
                await self._set()
                is_new = found != self._said
                if is_new:
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
        return is_new
