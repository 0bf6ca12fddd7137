"""Sends what was made beside a chat's turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.telegram.courier import Courier, Later
from bot.waiting import wait_at_most
from handlers.chat.bundles import NotSent
from handlers.chat.replies import Outgoing

_TRIES = 5
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class BackgroundSender:
    courier: Courier
    stopping: asyncio.Event

    async def send(self, outgoing: Outgoing) -> None:
        """Sends it as soon as Telegram takes it.

        Raises:
            NotSent: Telegram has put it off too often.
        """
        for _ in range(_TRIES):
            try:
                return await self.courier.send_all([outgoing])
            except Later as later:
                await wait_at_most(self.stopping, min(later.seconds, _LONGEST_WAIT))
        raise NotSent
