"""Runs what goes on beside the chats: periodic tasks, services with loops of their own, work that a handler began."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import error as telegram_error

from bot.background.periodic_task import PeriodicTask
from bot.observability.error_reporter import ErrorReporter
from bot.observability.logs import logger
from bot.telegram.courier import Later
from bot.telegram.reachability import Outage
from bot.waiting import wait_at_most
from handlers.chat.bundles import NotSent
from handlers.chat.ports import NotFetched
from storage.coordination.looks import Looks
from storage.database_errors import cause_of, is_outage

log = logger("bot.background.task_runner")

CLOSES_WITHIN = 1.0
"""Seconds for which work that has begun may go on when the process stops."""
_TELEGRAM_BUSY = (telegram_error.TelegramError, Later, NotFetched, NotSent)
"""Telegram does not do it right now, which is not an error of ours."""


class TaskRunner:
    """Runs everything until `stop`; `close` ends what still runs then."""

    def __init__(
        self, errors: ErrorReporter, leads: Callable[[], bool], monotonic: Callable[[], float], looks: Looks
    ) -> None:
        self._looks = looks
        self._errors = errors
        self._leads = leads
        self._monotonic = monotonic
        self._running: set[asyncio.Task[None]] = set()
        self._resting: list[asyncio.Event] = []
        """Of each periodic task, what ends its pause."""
        self.stopping = asyncio.Event()

    def repeat(self, *tasks: PeriodicTask) -> None:
        """Starts periodic tasks, each beside the others."""
        for task in tasks:
            self.run(self._repeat(task), task.name)

    def run(self, work: Coroutine[Any, Any, None], name: str = "work beside a chat") -> asyncio.Task[None]:
        """Starts work of its own length; its failure is reported, and never raised to whoever waits for it."""
        task = asyncio.create_task(self._carry_out(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def stop(self) -> None:
        """No run of a periodic task begins from now on."""
        self.stopping.set()
        for woken in self._resting:
            woken.set()

    async def close(self) -> None:
        """Stops, and waits for what has begun, but not for long."""
        self.stop()
        if self._running:
            await asyncio.wait(self._running, timeout=CLOSES_WITHIN)
        cut_off = list(self._running)
        for task in cut_off:
            task.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)

    async def _carry_out(self, work: Coroutine[Any, Any, None], name: str) -> None:
        try:
            await work
        except Exception as error:
            await self._errors.report(f"{name} failed", error)

    async def _repeat(self, task: PeriodicTask) -> None:
        outage = Outage(f"{task.name} is waiting for Telegram", self._monotonic)
        woken = task.wake or asyncio.Event()
        self._resting.append(woken)
        if task.tables is not None:
            self._looks.wake(woken, task.tables)
        try:
            while not self.stopping.is_set():
                if woken.is_set():
                    woken.clear()
                    self._looks.forget(task.name)
                pause = await self._try(task, outage)
                await wait_at_most(woken, pause)
        finally:
            if task.finish is not None:
                await task.finish()

    async def _try(self, task: PeriodicTask, outage: Outage) -> float:
        """One run, if it is this process's to do; returns the seconds until the next."""
        if task.leader_only and not self._leads():
            self._looks.forget(task.name)
            return task.pause
        if not self._looks.is_worth(task.name, task.tables):
            return self._pause_of(task)
        has_more = False
        try:
            has_more = await task.run() is True
        except _TELEGRAM_BUSY as error:
            self._looks.forget(task.name)
            outage.missed(error)
        except Exception as error:
            self._looks.forget(task.name)
            if cause_of(error) is None:  # what is wrong with the database is logged by who watches it, once a minute
                log.warning("background task failed; retrying", task=task.name, error=type(error).__name__)
            if not is_outage(error):
                await self._errors.report(f"{task.name} failed", error)
        else:
            outage.over()
            if task.backoff is not None:
                task.backoff.reset()
            if has_more:
                self._looks.forget(task.name)
            return self._pause_of(task)
        return task.pause if task.backoff is None else task.backoff.next()

    def _pause_of(self, task: PeriodicTask) -> float:
        """Until a run may find something; a write ends the pause."""
        return max(task.pause, self._looks.seconds_until_worth(task.name, task.tables))
