"""The updates in hand: noted where they outlive the process, suspects one at a time, what ended it twice set aside."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bot.observability.logs import logger
from bot.updates.journal import Journal, left_behind
from bot.waiting import wait_at_most
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.operations import admins
from storage.operations.notices import UpdateSetAside
from storage.people.staff import Staff
from storage.updates import strikes
from storage.updates.ids import UpdateKey
from storage.updates.strikes import SET_ASIDE_AT, Crash, Suspect

log = logger("bot.updates.updates_in_hand")

ALONE_FOR = 20.0
"""Seconds that others wait for a suspect, which may itself wait for something that never comes."""
Leave = Callable[[], None]


class Gate:
    """Lets updates through side by side, and suspects one by one, with nobody beside them."""

    def __init__(self) -> None:
        self._inside = 0
        self._suspects = 0
        self._is_open, self._is_empty = asyncio.Event(), asyncio.Event()
        self._is_open.set()
        self._is_empty.set()
        self._turn = asyncio.Lock()

    async def enter(self) -> Leave:
        if not self._is_open.is_set():
            await wait_at_most(self._is_open, ALONE_FOR)
        self._inside += 1
        self._is_empty.clear()
        return self._leave

    def _leave(self) -> None:
        self._inside -= 1
        if not self._inside:
            self._is_empty.set()

    async def enter_alone(self) -> Leave:
        """Keeps others out from now on, and waits until those inside have left (ALONE_FOR at most)."""
        leaving = contextlib.ExitStack()
        try:
            self._suspects += 1
            self._is_open.clear()
            leaving.callback(self._let_others_in)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ALONE_FOR):
                    await self._turn.acquire()
                leaving.callback(self._turn.release)
            await wait_at_most(self._is_empty, ALONE_FOR)
        except BaseException:
            leaving.close()
            raise
        return leaving.close

    def _let_others_in(self) -> None:
        self._suspects -= 1
        if not self._suspects:
            self._is_open.set()


class Held:
    """One update in hand, until its effect is there or was refused (`settle`)."""

    __slots__ = ("_all", "_leave", "_slot", "handler", "is_settled", "is_suspect", "key", "kind", "strikes")

    def __init__(self, all_in_hand: InHand, leave: Leave, key: UpdateKey, kind: str, count: int | None) -> None:
        self._all, self._leave = all_in_hand, leave
        self.key, self.kind = key, kind
        self.is_suspect, self.strikes = count is not None, count or 0
        self.handler = ""
        self.is_settled = False
        self._slot = all_in_hand.journal.take(key, kind)

    @property
    def error_id(self) -> str:
        """By which the person who sent it and the log know it."""
        return error_id(self.key)

    def name(self, handler: str) -> None:
        """This handler has it now."""
        self.handler = handler
        self._all.journal.name(self._slot, handler)

    @contextlib.contextmanager
    def carried_on(self) -> Iterator[None]:
        """Until the end of the block it is the running task that has it in hand: if that holds the loop, it is this
        update that does."""
        task, all_held = asyncio.current_task(), self._all.held
        before = all_held.get(task)
        all_held[task] = self
        try:
            yield
        finally:
            if before is None:
                del all_held[task]
            else:
                all_held[task] = before

    def give_back(self) -> None:
        """Lets others in; whether it did harm is not known."""
        if not self.is_settled:
            self.is_settled = True
            self._all.journal.give_back(self._slot)
            self._leave()

    async def settle(self) -> None:
        """It was handled, and nothing happened; what follows is only to say so."""
        self.give_back()
        if self.is_suspect and self.strikes < SET_ASIDE_AT:
            await self._all.clear(self.key)


def error_id(key: UpdateKey) -> str:
    """Returns the short form of an update's key, by which people and the log name an error."""
    return f"{key:016x}"[:8]


class InHand:
    def __init__(self, database: Database, staff: Staff, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._staff = staff
        self._clock = clock
        self.journal = Journal()
        self.gate = Gate()
        self.busy = threading.Event()
        """Set when something is taken in hand; the watchdog waits for it."""
        self._strikes: dict[UpdateKey, int] = {}
        self.held: dict[asyncio.Task[object] | None, Held] = {}
        self._clear = Batcher(self._clear_all)

    async def begin(self, folder: Path) -> None:
        """Counts what dead processes had in hand, and opens the journal of this one."""
        with left_behind(folder) as crashes:
            for crash in crashes:
                await self._note(crash)
        await self.refresh()
        self.journal.open(folder)

    async def _note(self, crash: Crash) -> None:
        if not crash.suspects:
            return
        log.warning("a process crashed with updates in hand", in_hand=len(crash.suspects), certain=crash.is_certain)
        now = self._clock()
        async with self._database.writing() as session:
            set_aside = await strikes.note(session, crash, now)
            for one in set_aside:
                notice = UpdateSetAside(error_id(one.key), one.kind, one.handler, one.place)
                await admins.tell(session, self._staff, notice, now)
        for one in set_aside:
            log.error(
                "an update ended the process twice and is set aside",
                error_id=error_id(one.key),
                kind=one.kind,
                handler=one.handler,
                place=one.place,
            )

    async def refresh(self) -> None:
        """What this and other processes know of suspects."""
        async with self._database.reading() as session:
            self._strikes = await strikes.read(session)

    @contextlib.asynccontextmanager
    async def holding(self, key: UpdateKey, kind: str) -> AsyncIterator[Held]:
        """One update, from here to its last answer; to be settled in between."""
        count = self._strikes.get(key)
        leave = await (self.gate.enter() if count is None else self.gate.enter_alone())
        task = asyncio.current_task()
        held = self.held[task] = Held(self, leave, key, kind, count)
        if not self.busy.is_set():
            self.busy.set()
        try:
            yield held
        finally:
            held.give_back()
            del self.held[task]

    @property
    def is_empty(self) -> bool:
        return not self.held

    def of(self, task: asyncio.Task[object] | None) -> Held | None:
        """What this task has in hand."""
        return self.held.get(task)

    def blame(self, held: Held, place: str) -> None:
        """This one hangs the process, which is about to end."""
        self.journal.blame(Suspect(held.key, held.kind, held.handler, place))

    async def clear(self, key: UpdateKey) -> None:
        """A suspect was handled, and nothing happened."""
        self._strikes.pop(key, None)
        await self._clear(key)

    async def _clear_all(self, keys: Sequence[UpdateKey]) -> list[None]:
        async with self._database.writing() as session:
            await strikes.clear(session, keys)
        return [None] * len(keys)

    def leave(self) -> None:
        """From now on an end is one in order: who is killed for taking too long to leave has done no harm."""
        self.journal.close()
