"""When a message may leave: never more than the limit in any sliding second, the more urgent first, nobody never."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from cachetools import TTLCache

from bot.telegram.chat_limits import Chats
from storage.telegram_ids import ChatId

MARGIN = 0.016
"""The window is this much longer than its second, since messages do not all take equally long to reach Telegram."""
CAUGHT_UP = 0.004
"""Seconds by which a broadcast may be late without losing the slots that have passed. The loop is often held for some
milliseconds; at 1,000/s that is several slots, and a tenth of the pace was lost. With 0.02 more than the limit reached
Telegram in some seconds, since what leaves in one go is on its way for unequal times."""
CHAT_MOST, GROUP_MOST = 1.0, 20
"""Telegram's free limits: broadcasts a second into one chat, messages a minute into one group."""
GROUP_WINDOW = 60.0


class Priority(IntEnum):
    """In this order messages leave, but for what is owed (`EVERY`)."""

    URGENT = -1  # to somebody who may be in danger
    REPLY = 0
    NOTICE = 1
    REMINDER = 2
    BROADCAST = 3


NEWCOMERS = Priority.REMINDER
"""The turn of answers to people who wrote for the first time today, and of those that were kept."""
NEWCOMERS_WAIT = 0.1
"""Seconds that an answer to a newcomer waits in place. Polling can't go past an update that is not answered or kept, so
that a flood of strangers would hold up everybody behind it."""

EVERY = {Priority.REPLY: 4, Priority.NOTICE: 8, Priority.REMINDER: 8, Priority.BROADCAST: 30}
"""Of so many slots that others take while it waits, a kind is owed the next one. So at 30/s, however many known people
write, 3 notices and 3 answers to newcomers leave each second, and a broadcast goes on."""
EVERY_OF_URGENT = 4
"""Where something urgent waits, only after so many times as many: a flood of danger stops nothing for ever, and who is
in danger alone waits for nobody."""


class Window:
    """The rule alone, without waiting: `delay` says how long, `take` uses the moment.

    A broadcast is spread evenly, so that a reply in between waits for one slot at most; a reply may use whatever room
    there is. `clock` may stand still or jump: the limit holds in its time.
    """

    def __init__(self, per_second: float) -> None:
        self._taken: deque[float] = deque()
        self.change(per_second)
        self._bulk_from = float("-inf")
        self.paused_until = float("-inf")

    def change(self, per_second: float) -> None:
        """Another limit from now on; what has left counts in it."""
        self._most = max(1, int(per_second))
        self._length = self._most / per_second * (1 + MARGIN)
        self._spacing = self._length / self._most
        while len(self._taken) > self._most:
            self._taken.popleft()

    def delay(self, now: float, priority: Priority) -> float:
        """Seconds until a message of this priority may leave; 0 if it may now."""
        wait = self.paused_until - now
        if len(self._taken) >= self._most:
            wait = max(wait, self._taken[0] + self._length - now)
        if priority is Priority.BROADCAST:
            wait = max(wait, self._bulk_from - now)
        return max(wait, 0.0)

    def take(self, now: float) -> None:
        """Uses the moment; `delay` must have said 0."""
        if len(self._taken) >= self._most:
            self._taken.popleft()
        self._taken.append(max(now, self._taken[-1]) if self._taken else now)
        # Every message uses a slot of the broadcast's, so that the window never fills up under it. The next slot counts
        # from the moment that was due, not from the one that it became: a late timer costs no speed.
        late = now - self._bulk_from
        self._bulk_from = (now if late > max(self._spacing, CAUGHT_UP) else self._bulk_from) + self._spacing

    def pause(self, until: float) -> None:
        """Lets nothing go out before this moment of the loop's clock."""
        self.paused_until = max(self.paused_until, until)


class _Turn(NamedTuple):
    priority: Priority
    is_owed: bool


class Turns:
    """Who waits for a slot. Within a kind the first that came is the first to leave; `next_turn` chooses the kind."""

    def __init__(self) -> None:
        self._waiting: dict[Priority, deque[asyncio.Future[None]]] = {priority: deque() for priority in Priority}
        self._passed = dict.fromkeys(Priority, 0)
        """How many of other kinds have left since one of this kind did, while some of it waited."""

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def up_to(self, least: Priority) -> int:
        """How many wait that are at least as urgent."""
        return sum(len(waiting) for priority, waiting in self._waiting.items() if priority <= least)

    def join(self, priority: Priority) -> asyncio.Future[None]:
        """Done when it may leave. Cancelled, it waits no longer."""
        free: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[priority].append(free)
        return free

    def next_turn(self) -> _Turn | None:
        """Whose turn it is; None if nobody waits."""
        kinds = [priority for priority in Priority if self._has_any(priority)]
        if not kinds:
            return None
        times = EVERY_OF_URGENT if kinds[0] is Priority.URGENT else 1
        owed = [kind for kind in kinds if kind in EVERY and self._passed[kind] >= times * EVERY[kind]]
        return _Turn(owed[0], is_owed=True) if owed else _Turn(kinds[0], is_owed=False)

    def let_go(self, priority: Priority) -> None:
        """Lets the first of this kind leave."""
        for other, waiting in self._waiting.items():
            self._passed[other] = self._passed[other] + 1 if waiting and other is not priority else 0
        self._waiting[priority].popleft().set_result(None)

    def _has_any(self, priority: Priority) -> bool:
        waiting = self._waiting[priority]
        while waiting and waiting[0].done():  # nobody waits for it any more
            waiting.popleft()
        return bool(waiting)


class Pacer:
    """Lets messages go, in their turns."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        per_chat: float = CHAT_MOST,
        per_group: int = GROUP_MOST,
    ) -> None:
        self._window = Window(per_second)
        self._share = per_second
        self._clock = clock
        self.let_go = 0
        """How many messages have left."""
        self.chats = Chats(per_chat, clock)
        self._chat_pause, self._group_most = 1 / per_chat, per_group
        self._turns = Turns()
        self._timer: asyncio.TimerHandle | None = None
        self._bulk_chats: TTLCache[ChatId, float] = TTLCache(float("inf"), ttl=self._chat_pause, timer=clock)
        self._groups: dict[ChatId, deque[float]] = {}

    @property
    def waiting(self) -> int:
        return len(self._turns)

    @property
    def share(self) -> float:
        """Messages a second that this process may send now."""
        return self._share

    def change(self, share: float) -> None:
        """Of the limit, what this process may use from now on; 0 is silence until it gets some."""
        if share == self._share:
            return
        self._share = share
        if share > 0:
            self._window.change(share)
        self._wake()

    async def slot(self, priority: Priority) -> None:
        """Returns when the message may leave."""
        now = self._clock()
        if self._share and not self._turns and not self._window.delay(now, priority):
            self._window.take(now)
            self.let_go += 1
            return
        free = self._turns.join(priority)
        self._wake()
        await free

    def is_better_kept(self, turn: Priority) -> bool:
        """Whether so much goes before it that an answer of this turn should be kept and sent later; only newcomers'
        are."""
        return turn is NEWCOMERS and self._turns.up_to(turn) > self._share * NEWCOMERS_WAIT

    def pause(self, seconds: float) -> None:
        """Telegram asked for silence."""
        self._window.pause(self._clock() + seconds)

    def refused(self, chat_id: ChatId, seconds: float) -> None:
        """Telegram refused a message to this chat for so long: that chat waits, and all if it is not alone."""
        for_all = self.chats.refused(chat_id, seconds)
        if for_all:
            self.pause(for_all)

    @property
    def silent_for(self) -> float:
        """Seconds until the pause that Telegram asked for is over."""
        return max(0.0, self._window.paused_until - self._clock())

    def bulk_delay(self, chat_id: ChatId) -> float:
        """Seconds until this chat may get another broadcast; notes that it gets one now if that is 0."""
        now = self._clock()
        last = self._bulk_chats.get(chat_id)
        if last is not None:
            return last + self._chat_pause - now
        self._bulk_chats[chat_id] = now
        return 0.0

    def group_has_room(self, chat_id: ChatId) -> bool:
        """Whether a group may get another message this minute; notes it if so."""
        now = self._clock()
        taken = self._groups.setdefault(chat_id, deque())
        while taken and taken[0] <= now - GROUP_WINDOW:
            taken.popleft()
        if len(taken) >= self._group_most:
            return False
        taken.append(now)
        if len(self._groups) > 1_000:
            self._groups = {group: times for group, times in self._groups.items() if times[-1] > now - GROUP_WINDOW}
        return True

    def _wake(self) -> None:
        """Lets go whom the window lets, and sets the timer for the next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._share and (turn := self._turns.next_turn()) is not None:
            now = self._clock()
            # A broadcast that is owed a slot need not be spread: others fill the window.
            delay = self._window.delay(now, Priority.REPLY if turn.is_owed else turn.priority)
            if delay:
                self._timer = asyncio.get_running_loop().call_later(delay, self._wake)
                return
            self._window.take(now)
            self.let_go += 1
            self._turns.let_go(turn.priority)
