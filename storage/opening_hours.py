"""Opening hours in OpenStreetMap's syntax: parsed by opening-hours-py, with holidays from our own calendar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # (missing in its stub)
from opening_hours import State as LibraryState

from storage.holiday_calendar import as_ranges, public_holidays


class BadHours(ValueError):
    """The text is no opening hours in OpenStreetMap's syntax."""


class State(IntEnum):
    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2


class Hours(NamedTuple):
    """What holds now: the state, and when it changes (None: not within the year)."""

    state: State
    changes_at: datetime | None


_STATES = {LibraryState.OPEN: State.OPEN, LibraryState.CLOSED: State.CLOSED, LibraryState.UNKNOWN: State.UNKNOWN}
_FOREVER = datetime.max.replace(tzinfo=ZoneInfo("UTC")).timestamp()
_HOLIDAYS_AHEAD = timedelta(days=21)  # so many days before the new year its holidays are looked up
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[[^\]]*\])?"
_DAYS = re.compile(rf"\b{_DAY}(?:-{_DAY})?(?:\s*,\s*{_DAY}(?:-{_DAY})?)*")
_RULES = re.compile(r'((?:[^;"]|"[^"]*")+)')


def spell_out_holidays(expression: str, days: tuple[date, ...]) -> str:
    """The expression with each PH replaced by the dates themselves: "PH off" becomes "2026 Oct 01-2026 Oct 08 off".

    The library knows PH too, but its calendar for China is incomplete; dates it treats right, over midnight as well.
    """
    if "PH" not in expression:
        return expression
    dates = ",".join(f"{first:%Y %b %d}-{last:%Y %b %d}" for first, last in as_ranges(days))
    return ";".join(part for rule in _RULES.findall(expression) if (part := _without_holidays(rule.strip(), dates)))


def _without_holidays(rule: str, dates: str) -> str:
    selector = next((found for found in _DAYS.finditer(rule) if "PH" in found.group()), None)
    if selector is None:
        return rule
    before, after = rule[: selector.start()], rule[selector.end() :]
    others = ",".join(day for day in re.split(r"\s*,\s*", selector.group()) if day != "PH")
    parts = [before + others + after] if others else []
    if dates:
        parts.append(before + dates + after)
    return ";".join(parts)


def check_hours(expression: str) -> None:
    """Raises BadHours unless the expression can be read."""
    try:
        OpeningHours(expression, auto_country=False, auto_timezone=False)
    except ParserError as error:
        raise BadHours(expression) from error


class HoursBook:
    """All expressions in use, each parsed once, with the state that holds now.

    Stations refer to an expression by its number; there are far fewer expressions than stations. A state is worked out
    again when the time at which it changes has come.
    """

    def __init__(self, zone: ZoneInfo, country: str) -> None:
        self._zone = zone
        self._country = country
        self._numbers: dict[str, int] = {}
        self._parsed: list[tuple[OpeningHours | None, tuple[int, ...]]] = []
        self._current: list[Hours] = []
        self._states: NDArray[np.int8] = np.zeros(0, np.int8)
        self._until: NDArray[np.float64] = np.zeros(0)
        self._first_change = 0.0
        self._all_day: list[bool] = []

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    def number(self, expression: str) -> int:
        """The expression's number; the empty one stands for unknown hours."""
        found = self._numbers.get(expression)
        if found is None:
            found = self._numbers[expression] = len(self._parsed)
            self._parsed.append((None, ()))
            self._current.append(Hours(State.UNKNOWN, None))
            self._all_day.append(expression.strip() in ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00"))
        return found

    def states(self, now: datetime) -> NDArray[np.int8]:
        """The `State` of every expression at `now`, by number."""
        self._bring_up_to(now)
        return self._states

    def hours(self, number: int, now: datetime) -> Hours:
        self._bring_up_to(now)
        return self._current[number]

    def open_all_day(self) -> NDArray[np.bool_]:
        """Which expressions are never closed, by number."""
        return np.array(self._all_day, dtype=bool)

    def _bring_up_to(self, now: datetime) -> None:
        moment = now.timestamp()
        missing = len(self._parsed) - len(self._states)
        if not missing and moment < self._first_change:
            return
        if missing:
            self._states = np.concatenate((self._states, np.full(missing, State.UNKNOWN, np.int8)))
            self._until = np.concatenate((self._until, np.zeros(missing)))
        stale = np.flatnonzero(self._until <= moment)
        if len(stale):
            expressions = list(self._numbers)
            for number in stale.tolist():
                self._work_out(number, expressions[number], now.astimezone(self._zone))
        self._first_change = float(self._until.min()) if len(self._until) else _FOREVER

    def _work_out(self, number: int, expression: str, now: datetime) -> None:
        parsed = self._parse(number, expression, now)
        if parsed is None:
            self._until[number] = _FOREVER
            return
        change = parsed.next_change(now)
        if change is not None and change > now + timedelta(days=366):
            change = None
        self._current[number] = Hours(_STATES[parsed.state(now)[0]], change)
        self._states[number] = self._current[number].state
        # Looked at again after a day at the latest: holidays of the next year come in with the new year.
        limit = (now + timedelta(days=1)).timestamp()
        self._until[number] = min(limit, change.timestamp()) if change else limit

    def _parse(self, number: int, expression: str, now: datetime) -> OpeningHours | None:
        parsed, parsed_for = self._parsed[number]
        years = tuple(sorted({now.year, (now + _HOLIDAYS_AHEAD).year}))
        if expression and parsed_for != years:
            parsed = self._read(expression, years)
            self._parsed[number] = (parsed, years)
        return parsed

    def _read(self, expression: str, years: Sequence[int]) -> OpeningHours | None:
        days: tuple[date, ...] = ()
        if "PH" in expression:
            days = sum((public_holidays(self._country, year) for year in years), ())
        for text in (spell_out_holidays(expression, days), expression):
            try:
                return OpeningHours(text, timezone=self._zone, auto_country=False)
            except ParserError:
                continue
        return None
