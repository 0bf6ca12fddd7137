"""The state of all opening hours in use: open, closed or unknown, and until when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from opening_hours import State as LibraryState

from storage.hours.holidays import public_holidays
from storage.hours.hours_reading import next_change, parse
from storage.hours.parsed_hours import BadHours, ParsedHours


class State(IntEnum):
    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2


class Hours(NamedTuple):
    """What holds now: the state, when it changes (None: not within the year), and the comment that goes with it."""

    state: State
    changes_at: datetime | None
    comment: str = ""


_STATES = {LibraryState.OPEN: State.OPEN, LibraryState.CLOSED: State.CLOSED, LibraryState.UNKNOWN: State.UNKNOWN}
_FOREVER = datetime.max.replace(tzinfo=ZoneInfo("UTC")).timestamp()
_HOLIDAYS_AHEAD = timedelta(days=21)  # so many days before the new year its holidays are looked up
_ALL_DAY = ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00", "Mo-Su,PH 00:00-24:00", "PH,Mo-Su 00:00-24:00")
_SEARCH_SPENDS = 0.02
"""Of CPU time, which a search spends on states that have run out."""


class HoursBook:
    """All expressions in use, each parsed once, with the state that holds now.

    Stations refer to an expression by its number; there are far fewer expressions than stations. A state is worked out
    again when the time at which it changes has come.
    """

    def __init__(self, zone: ZoneInfo, country: str) -> None:
        self._zone = zone
        self._country = country
        self._numbers: dict[str, int] = {}
        self._expressions: list[str] = []
        self._parsed: list[tuple[ParsedHours | None, tuple[int, ...]]] = []
        self._current: list[Hours] = []
        self._states: NDArray[np.int8] = np.zeros(0, np.int8)
        self._until: NDArray[np.float64] = np.zeros(0)
        self._first_change = 0.0
        self._all_day: list[bool] = []
        self._unusable: set[int] = set()

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    def number(self, expression: str) -> int:
        """The expression's number; the empty one stands for unknown hours."""
        found = self._numbers.get(expression)
        if found is None:
            found = self._numbers[expression] = len(self._parsed)
            self._expressions.append(expression)
            self._parsed.append((None, ()))
            self._current.append(Hours(State.UNKNOWN, None))
            self._all_day.append(expression.strip() in _ALL_DAY)
        return found

    def states(self, now: datetime) -> NDArray[np.int8]:
        """The `State` of every expression at `now`, by number."""
        self._bring_up_to(now)
        return self._states

    def hours(self, number: int, now: datetime) -> Hours:
        """Returns whether hours with this number are open now, and until when.

        They are worked out again once that time has come.
        """
        self._make_room()
        if self._until[number] <= now.timestamp():
            self._work_out(number, now.astimezone(self._zone))
        return self._current[number]

    def hours_ahead(self, number: int, now: datetime, then: datetime) -> Hours:
        """Returns whether hours with this number are open at `then`, later than now, and until when. Nothing is worked
        out where they don't change in between."""
        current = self.hours(number, now)
        if then.timestamp() < self._until[number]:
            return current
        try:
            return self._evaluated(number, then.astimezone(self._zone)) or current
        except BadHours:
            return current

    def stays_closed(
        self, numbers: NDArray[np.int32], now: datetime, moments: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Returns for each of these hours whether they are closed now and do not change by its moment (seconds since
        1970)."""
        closed = self.states(now)[numbers] == State.CLOSED
        return np.asarray(closed & (self._until[numbers] > moments))

    def bring_up_to(self, now: datetime) -> None:
        """Works out all states that have run out, however long it takes: for a thread."""
        self._bring_up_to(now, spend=_FOREVER)

    def is_behind(self, now: datetime) -> bool:
        """Whether there are states that have run out."""
        return len(self._parsed) > len(self._states) or now.timestamp() >= self._first_change

    @property
    def unusable(self) -> frozenset[int]:
        """The numbers of expressions that can't be read, or not worked out quickly. They count as unknown."""
        return frozenset(self._unusable)

    def open_all_day(self) -> NDArray[np.bool_]:
        """Which expressions are never closed, by number."""
        return np.array(self._all_day, dtype=bool)

    def _bring_up_to(self, now: datetime, spend: float = _SEARCH_SPENDS) -> None:
        """What there is no time for now stays as it was until the next call."""
        moment = now.timestamp()
        if not self.is_behind(now):
            return
        self._make_room()
        here = now.astimezone(self._zone)
        begun = time.thread_time()
        for number in np.flatnonzero(self._until <= moment).tolist():
            self._work_out(number, here)
            if time.thread_time() - begun > spend:
                break
        self._first_change = float(self._until.min()) if len(self._until) else _FOREVER

    def _make_room(self) -> None:
        missing = len(self._parsed) - len(self._states)
        if missing:
            self._states = np.concatenate((self._states, np.full(missing, State.UNKNOWN, np.int8)))
            self._until = np.concatenate((self._until, np.zeros(missing)))

    def _work_out(self, number: int, now: datetime) -> None:
        found, until = Hours(State.UNKNOWN, None), _FOREVER
        try:
            evaluated = self._evaluated(number, now)
            if evaluated is not None:
                found, change = evaluated, evaluated.changes_at
                # Looked at again after a day at the latest: holidays of the next year come in with the new year.
                limit = (now + timedelta(days=1)).timestamp()
                until = min(limit, change.timestamp()) if change else limit
        except BadHours:
            self._unusable.add(number)
        self._current[number], self._states[number] = found, found.state
        self._until[number] = until

    def _evaluated(self, number: int, at: datetime) -> Hours | None:
        """What holds then; None if nothing is known. Raises BadHours."""
        parsed = self._parse(number, self._expressions[number], at)
        if parsed is None:
            return None
        change = next_change(parsed, at)
        state, comment = parsed.now(at)
        return Hours(_STATES[state], change, comment)

    def _parse(self, number: int, expression: str, now: datetime) -> ParsedHours | None:
        parsed, parsed_for = self._parsed[number]
        years = tuple(sorted({now.year, (now + _HOLIDAYS_AHEAD).year}))
        if expression and parsed_for != years:
            parsed = self._read(expression, years)
            self._parsed[number] = (parsed, years)
        return parsed

    def _read(self, expression: str, years: Sequence[int]) -> ParsedHours:
        days: tuple[date, ...] = ()
        if "PH" in expression:
            days = sum((public_holidays(self._country, year) for year in years), ())
        return parse(expression, days, self._zone)
