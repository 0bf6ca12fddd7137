"""Whether Telegram answers: for /readyz, and said in the log when an outage begins and ends, not at each try."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import error

from bot.backoff import Backoff
from bot.observability.logs import logger

log = logger("bot.telegram.reachability")

Result = TypeVar("Result")

SILENT_AFTER = 60.0
"""Seconds without an answer after which this process is not ready."""
SAID_EVERY = 60.0
CONTESTED_BY = 3
"""So many conflicts within a minute are another program; a change of the leader makes one or two."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0


class Reach:
    """When Telegram last answered what matters: getUpdates in polling, any call in webhook mode."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answered_at = clock()
        self._conflicts: deque[float] = deque(maxlen=CONTESTED_BY)
        self._is_token_said = self._is_contest_said = False

    def answered(self) -> None:
        """Also at the start and when this process begins to lead: from then on a minute is given."""
        self._answered_at = self._clock()
        self._is_token_said = False
        self._is_contest_said = self._is_contest_said and self.is_contested

    def missed(self, failure: Exception) -> None:
        """What it takes a person to put right is said once."""
        if isinstance(failure, error.Conflict):
            self._conflicts.append(self._clock())
            if self.is_contested and not self._is_contest_said:
                self._is_contest_said = True
                log.error("another program takes this bot's updates; stop one of the two")
        if isinstance(failure, error.InvalidToken) and not self._is_token_said:
            self._is_token_said = True
            log.error("telegram.token: Telegram no longer accepts it; set the new one and restart")

    @property
    def silent_for(self) -> float:
        """Seconds since Telegram last answered."""
        return self._clock() - self._answered_at

    @property
    def is_contested(self) -> bool:
        """Whether another program takes this bot's updates, so that what comes here are not all."""
        return len(self._conflicts) == CONTESTED_BY and self._clock() - self._conflicts[0] < SAID_EVERY

    @property
    def trouble(self) -> str:
        """What keeps this process from being ready; empty if nothing does."""
        if self.is_contested:
            return "another program takes this bot's updates"
        return "Telegram does not answer" if self.silent_for >= SILENT_AFTER else ""


class Outage:
    """One kind of failure in the log: a line when it begins, one a minute at most while it lasts, and a count at its
    end."""

    def __init__(self, what: str, clock: Callable[[], float]) -> None:
        self._what = what
        self._clock = clock
        self._failed = 0
        self._is_said = False
        self._said_at = float("-inf")

    def missed(self, failure: Exception) -> None:
        """Counts a failure, and logs at most one every SAID_EVERY seconds."""
        self._failed += 1
        now = self._clock()
        if now - self._said_at >= SAID_EVERY:
            self._said_at, self._is_said = now, True
            log.warning(
                f"{self._what}; trying again",
                failed=self._failed,
                error=type(failure).__name__,
                reason=reason_of(failure),
            )

    def over(self) -> None:
        """Says in the log that it works again, if it was said that it did not."""
        if not self._failed:
            return
        if self._is_said:
            log.info(f"{self._what}: recovered", failed=self._failed)
        self._failed, self._is_said = 0, False


def reason_of(failure: Exception) -> str:
    """What Telegram or the transport says about it; of other errors nothing, since they may quote what was written."""
    return failure.message[:200] if isinstance(failure, error.TelegramError) else ""


def wait_of(wait: error.RetryAfter) -> float:
    """Seconds to wait.

    The public property warns, and is to become the timedelta that the private one is.
    """
    return wait._retry_after.total_seconds()


async def insist(
    work: Callable[[], Awaitable[Result]], outage: Outage, but: tuple[type[Exception], ...] = ()
) -> Result:
    """Tries until it works. Only errors of the kinds `but` are raised."""
    pauses = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
    while True:
        try:
            result = await work()
        except but:
            raise
        except Exception as failure:
            outage.missed(failure)
            asked = wait_of(failure) if isinstance(failure, error.RetryAfter) else 0.0
            await asyncio.sleep(max(pauses.next(), min(asked, LONGEST_PAUSE)))
        else:
            outage.over()
            return result
