"""What Telegram bears in one chat: about a message a second after a short burst; and silence where it asks for that.

A "too many requests" belongs to its chat. Only if different chats are refused at the same time, and nothing goes out in
between, is it the limit of all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.telegram_ids import ChatId

BURST = 5
"""Messages into one chat at once; from then on they are spread."""
LONGEST_WAIT = 5.0
"""Seconds; more than an answer ever waits in place (`courier.PATIENCE`)."""
FRESH_FOR = 5.0
"""Seconds within which another chat's refusal makes it everybody's."""
MOST_SILENT = 10_000
"""Chats whose silence is remembered. One that is forgotten is refused by Telegram once more."""
STEP = 0.001
"""Seconds between what is put off for the same chat: so it comes in its order."""
HOLD = 7.0
"""Seconds for which new answers queue behind those that are kept and due: longer than the next look at those takes."""


@dataclass(slots=True)
class _Pace:
    full_at: float
    """When the whole burst is there again."""
    waits_since: float | None = None


@dataclass(slots=True)
class _Silence:
    until: float
    held_until: float = 0.0
    last_due: datetime | None = None


class Chats:
    """Looks at the clock only; whoever sends waits."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._interval = 1 / per_second
        self._clock = clock
        self._paces: OrderedDict[ChatId, _Pace] = OrderedDict()
        self._silences: OrderedDict[ChatId, _Silence] = OrderedDict()
        self._refused: dict[ChatId, tuple[float, float]] = {}
        """Since a message last went out: which chats were refused, when, and for how long."""

    @property
    def silent(self) -> int:
        """How many chats are silent now."""
        now = self._clock()
        return sum(1 for found in self._silences.values() if found.until > now)

    def silence(self, chat: ChatId, *, is_kept: bool = True) -> float:
        """Seconds until the chat may hear something. What `is_kept` goes before what is new."""
        found = self._silences.get(chat)
        if found is None:
            return 0.0
        until = found.until if is_kept else max(found.until, found.held_until)
        return max(0.0, until - self._clock())

    def delay(self, chat: ChatId) -> float:
        """Seconds until another message may leave for this chat without hurrying it."""
        pace = self._paces.get(chat)
        if pace is None:
            return 0.0
        ahead = pace.full_at - self._clock()
        if ahead > BURST * self._interval + LONGEST_WAIT:  # the clock was set back
            del self._paces[chat]
            return 0.0
        return max(0.0, ahead - (BURST - 1) * self._interval)

    def waits(self, chat: ChatId, seconds: float) -> float:
        """For how long its messages will have waited on end if this one waits so long."""
        now = self._clock()
        pace = self._paces.get(chat)
        if pace is None:
            pace = self._paces[chat] = _Pace(now)
        if pace.waits_since is None:
            pace.waits_since = now
        pace.full_at = max(pace.full_at, now + seconds)  # so that it is remembered for so long
        return now - pace.waits_since + seconds

    def take(self, chat: ChatId, *, waited: bool = False) -> None:
        """A message leaves for this chat."""
        now = self._clock()
        pace = self._paces.get(chat)
        if pace is None:
            pace = self._paces[chat] = _Pace(now)
        pace.full_at = max(pace.full_at, now) + self._interval
        if not waited:
            pace.waits_since = None
        self._paces.move_to_end(chat)
        while self._paces and next(iter(self._paces.values())).full_at <= now:
            self._paces.popitem(last=False)

    def refused(self, chat: ChatId, seconds: float) -> float:
        """Telegram asks for silence in this chat. Returns the seconds for which all have to wait; mostly 0."""
        now = self._clock()
        found = self._silent(chat)
        found.until = max(found.until, now + seconds)
        self._refused = {one: (at, asked) for one, (at, asked) in self._refused.items() if now - at < FRESH_FOR}
        self._refused[chat] = now, seconds
        return min(asked for _, asked in self._refused.values()) if len(self._refused) > 1 else 0.0

    def went_out(self) -> None:
        """Telegram took a message: it does not refuse everybody."""
        if self._refused:
            self._refused.clear()

    def put_off(self, chat: ChatId, seconds: float, *, holds: bool = False) -> float:
        """Seconds after which what is put off now may be tried again, at least so many. With `holds`, new answers wait
        until those that are kept have gone out (`kept_are_out`)."""
        now = self._clock()
        found = self._silent(chat)
        found.until = max(found.until + STEP, now + seconds)
        if holds:
            found.held_until = found.until + HOLD
        return found.until - now

    def in_order(self, chat: ChatId, due: datetime) -> datetime:
        """When something put off for a silent chat is due: after all that was put off before, whatever the wall clock
        did in between."""
        found = self._silences.get(chat)
        if found is None:
            return due
        if found.last_due is not None:
            due = max(due, found.last_due + timedelta(seconds=STEP))
        found.last_due = due
        return due

    def last_kept(self, chat: ChatId) -> float:
        """A mark that changes with each `put_off`."""
        found = self._silences.get(chat)
        return 0.0 if found is None else found.until

    def kept_are_out(self, chat: ChatId, mark: float) -> None:
        """What was kept up to this mark has gone out; if nothing was since, what is new need not wait."""
        found = self._silences.get(chat)
        if found is not None and found.until == mark and mark <= self._clock():
            del self._silences[chat]

    def _silent(self, chat: ChatId) -> _Silence:
        found = self._silences.get(chat)
        if found is None:
            found = self._silences[chat] = _Silence(float("-inf"))
            self._forget_some()
        return found

    def _forget_some(self) -> None:
        """Those that are over, from the eldest on; and beyond MOST_SILENT, the eldest."""
        now = self._clock()
        while len(self._silences) > 1:
            eldest = next(iter(self._silences.values()))
            if max(eldest.until, eldest.held_until) > now and len(self._silences) <= MOST_SILENT:
                return
            self._silences.popitem(last=False)
