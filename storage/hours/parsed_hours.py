"""Opening hours that the library has parsed, with what the specification says and the library does not do: rules for
when all others say nothing (after "||"), and hours past midnight into a day that is off.

https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from opening_hours import OpeningHours, State

QUOTED = re.compile(r'"[^"]*"?')
_MOST_STEPS = 16
"""Changes of the alternatives that are followed for one of the whole."""
_SPAN = re.compile(r"(\d{1,2}):(\d\d) ?- ?(\d{1,2}):(\d\d)")
_MINUTE = timedelta(minutes=1)
_OFF = re.compile(r"\b(?:off|closed)\b")

Result = TypeVar("Result")


class BadHours(ValueError):
    """The text is no opening hours in OpenStreetMap's syntax."""


class _Night(NamedTuple):
    """A midnight, and whether it is open right before and after it."""

    midnight: datetime
    was_open: bool
    is_open: bool


class Now(NamedTuple):
    """What holds, and the comment that belongs to it."""

    state: State
    comment: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """The rules up to a "||".

    For the library, a day that is off cuts the hours that began the evening before, and hours that did not begin on a
    day off go on all the same after its midnight. `without_off` are the same rules without such days, if hours may
    reach `past_midnight` at most.
    """

    whole: OpeningHours
    without_off: OpeningHours | None
    past_midnight: timedelta

    def now(self, moment: datetime) -> Now:
        state, comment = _guarded(lambda: self.whole.state(moment), self.whole)
        if state == State.CLOSED and self._goes_on_until(moment) is not None:
            return Now(State.OPEN, comment)
        if state == State.OPEN and self._never_began_until(moment) is not None:
            return Now(State.CLOSED, "")
        return Now(state, comment)

    def next_change(self, moment: datetime) -> datetime | None:
        until = self._goes_on_until(moment)
        if until is not None:
            return until
        change = self._change_after(self._never_began_until(moment) or moment)
        if change is None:
            return None
        never_began = self._never_began_until(change)
        return self._change_after(never_began) if never_began else self._goes_on_until(change) or change

    def _change_after(self, moment: datetime) -> datetime | None:
        return _guarded(lambda: self.whole.next_change(moment), self.whole)

    def _goes_on_until(self, moment: datetime) -> datetime | None:
        """When the hours end that began yesterday, if today is off."""
        others, night = self.without_off, self._night_of(moment)
        if others is None or night is None or not (night.was_open and not night.is_open):
            return None
        end = _guarded(lambda: others.next_change(night.midnight - _MINUTE), others)
        return end if end is not None and moment < end <= night.midnight + self.past_midnight else None

    def _never_began_until(self, moment: datetime) -> datetime | None:
        """When hours end that would have begun yesterday, which was off."""
        night = self._night_of(moment)
        if night is None or night.was_open or not night.is_open:
            return None
        end = self._change_after(night.midnight)
        return end if end is not None and moment < end <= night.midnight + self.past_midnight else None

    def _night_of(self, moment: datetime) -> _Night | None:
        """What the library says of a night into which hours may reach."""
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.without_off is None or moment - midnight >= self.past_midnight:
            return None
        return _Night(midnight, was_open=self._is_open(midnight - _MINUTE), is_open=self._is_open(midnight))

    def _is_open(self, moment: datetime) -> bool:
        return _guarded(lambda: self.whole.state(moment)[0], self.whole) == State.OPEN


@dataclass(frozen=True, slots=True)
class ParsedHours:
    """The alternatives in order: the first that is not closed holds."""

    alternatives: Sequence[Alternative]

    def now(self, moment: datetime) -> Now:
        """Raises BadHours if the library gives up on it."""
        found = Now(State.CLOSED, "")
        for alternative in self.alternatives:
            found = alternative.now(moment)
            if found.state != State.CLOSED:
                break
        return found

    def next_change(self, moment: datetime) -> datetime | None:
        """When the state or its comment changes; None if it never does. Raises BadHours if the library gives up."""
        current, at = self.now(moment), moment
        for _ in range(_MOST_STEPS):
            changes = [change for one in self.alternatives if (change := one.next_change(at)) is not None]
            if not changes:
                return None
            at = min(changes)
            if len(self.alternatives) == 1 or self.now(at) != current:
                return at
        return at


def reach_past_midnight(rules: str) -> timedelta:
    """How far into the next day hours may reach, if these rules have days that are off; else nothing. Also nothing
    where hours begin at midnight, since they can't be told from those of the evening before."""
    bare = QUOTED.sub("", rules)
    spans = [[int(part) for part in found.groups()] for found in _SPAN.finditer(bare)]
    if not any(is_off(rule) for rule in bare.split(";")) or any(begin[:2] == [0, 0] for begin in spans):
        return timedelta()
    reached = [_past_midnight(hour * 60 + minute, to_hour * 60 + to) for hour, minute, to_hour, to in spans]
    return timedelta(minutes=max(reached, default=0))


def _past_midnight(begin: int, end: int) -> int:
    """Minutes."""
    return end if end < begin else max(end - 1_440, 0)


def is_off(rule: str) -> bool:
    """Whether it says no more than that some days are off."""
    bare = QUOTED.sub("", rule)
    return _OFF.search(bare) is not None and ":" not in bare


def _guarded(work: Callable[[], Result], hours: OpeningHours) -> Result:
    try:
        return work()
    except BaseException as failure:
        raise panicked(failure, str(hours)) from None


def panicked(failure: BaseException, expression: str) -> BaseException:
    """A panic of the Rust library is no Exception: uncaught, it would end the program."""
    return BadHours(expression) if type(failure).__name__ == "PanicException" else failure
