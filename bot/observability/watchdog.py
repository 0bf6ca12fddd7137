"""A thread that notices when the event loop is held: it names who holds it, and ends a process that does not come back.

It asks the loop for a sign of life and counts its own looks until there is one. Looks, not seconds: a process that was
stopped as a whole (SIGSTOP, a frozen container) has not looked in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

from bot.observability.code_places import innermost
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from bot.updates.updates_in_hand import InHand

log = logger("bot.observability.watchdog")

LOOKED_EVERY, LOOKED_EVERY_IDLE = 0.5, 5.0
HELD_AFTER = 1.0
STUCK_AFTER = 30.0
"""So long an update may hold the loop. Then it has a strike, and the process ends with ENDED."""
STUCK_BESIDE_AFTER = 300.0
"""The same for work of other kinds: what ends in a minute gets there, what never ends does not end the bot."""
GIL_STUCK_AFTER = 120.0
"""A library that does not let this thread run either is ended by the interpreter, without a word but its stacks."""
ENDED = os.EX_SOFTWARE if hasattr(os, "EX_SOFTWARE") else 70


class Watchdog:
    """Made on the thread of the loop that it watches."""

    def __init__(self, in_hand: InHand, metrics: Metrics, end: Callable[[int], object] = os._exit) -> None:
        self._in_hand = in_hand
        self._metrics = metrics
        self._end = end
        self._loop = asyncio.get_running_loop()
        self._watched = threading.get_ident()
        self._alive = threading.Event()
        self._alive.set()
        self._held_for = 0.0
        self._is_told = False
        self._stopping = False
        self._armed_for = 0.0

    def run(self) -> None:
        """Until `stop`. While nothing is in hand it sleeps, but for a look now and then."""
        while not self._stopping:
            if self.look() or not self._in_hand.is_empty:
                self._guard()
                threading.Event().wait(LOOKED_EVERY)
                continue
            self._unguard()
            self._in_hand.busy.clear()
            if self._in_hand.is_empty and not self._stopping:
                self._in_hand.busy.wait(LOOKED_EVERY_IDLE)
        self._unguard()

    def stop(self) -> None:
        self._stopping = True
        self._in_hand.busy.set()

    def look(self) -> bool:
        """Asks the loop for a sign of life, or counts that there was none; returns whether one is missing."""
        if self._alive.is_set():
            if self._is_told:
                log.warning("the event loop is running again", seconds=self._held_for)
            self._held_for, self._is_told = 0.0, False
            self._alive.clear()
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._alive.set)
            return False
        self._held_for += LOOKED_EVERY
        if self._held_for >= HELD_AFTER:
            self._note()
        return True

    def _note(self) -> None:
        """Says once who holds the loop; ends the process when it is too long."""
        task = asyncio.current_task(self._loop)
        held = self._in_hand.of(task)
        is_over = self._held_for >= (STUCK_AFTER if held else STUCK_BESIDE_AFTER)
        if self._is_told and not is_over:
            return
        handler = (held.handler or held.kind) if held else _name_of(task)
        place = innermost(traceback.extract_stack(sys._current_frames()[self._watched]))
        if not self._is_told:
            self._is_told = True
            self._metrics.loop_held.inc()
            log.warning("the event loop is blocked", handler=handler, place=place)
        if is_over:
            if held is not None:
                self._in_hand.blame(held, place)
            log.error("the event loop is stuck; ending the process", handler=handler, place=place, code=ENDED)
            self._end(ENDED)

    def _guard(self) -> None:
        """Arms the interpreter's own timer again and again: it needs nothing of this thread."""
        self._armed_for -= LOOKED_EVERY
        if self._armed_for <= 0:
            self._armed_for = GIL_STUCK_AFTER / 4
            with contextlib.suppress(ValueError, AttributeError, OSError):  # no standard error to write the stacks to
                faulthandler.dump_traceback_later(GIL_STUCK_AFTER, exit=True)

    def _unguard(self) -> None:
        if self._armed_for:
            self._armed_for = 0.0
            faulthandler.cancel_dump_traceback_later()


def _name_of(task: asyncio.Task[object] | None) -> str:
    """The coroutine's."""
    return getattr(task.get_coro(), "__qualname__", "?") if task is not None else "?"


@contextlib.contextmanager
def watching(in_hand: InHand, metrics: Metrics) -> Iterator[None]:
    """A watchdog for the running loop, until the end of the block."""
    watchdog = Watchdog(in_hand, metrics)
    thread = threading.Thread(target=watchdog.run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        watchdog.stop()
