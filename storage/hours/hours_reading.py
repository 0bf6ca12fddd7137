"""Reading opening hours: parsed by opening-hours-py, with public holidays spelled out, and refused where working them
out could take long.

The library holds the interpreter's lock while it works, so a thread would not help; its work has to be bounded. What
bounds it: it looks no more than LOOKS_AHEAD for the next change (without that, hours that never change are followed to
the year 9999, day by day: 1 to 8 s), an expression has at most MOST_LETTERS, MOST_RULES and MOST_HOLIDAYS, and a trial
over a year has to end within MOST_SECONDS. What passes takes a few milliseconds at most.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # (missing in its stub)

from storage.hours.holidays import as_ranges, public_holidays

LOOKS_AHEAD = timedelta(days=366)
MOST_LETTERS = 500
MOST_RULES = 24
MOST_HOLIDAYS = 10
"""Each "PH" becomes a list of some ten dates."""
MOST_SECONDS = 0.1
"""Of CPU time, for the trial: far above what passes the other limits."""

_TRIAL_BEGINS = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("UTC"))
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[[^\]]*\])?"
_DAYS = re.compile(rf"\b{_DAY}(?:-{_DAY})?(?:\s*,\s*{_DAY}(?:-{_DAY})?)*")
_RULES = re.compile(r'((?:[^;"]|"[^"]*")+)')
_BETWEEN_RULES = re.compile(r";|\|\||(?<=[\d+f]),\s+(?=[A-Z])")
_QUOTED = re.compile(r'"[^"]*"?')


class BadHours(ValueError):
    """The text is no opening hours in OpenStreetMap's syntax."""


class TooDear(BadHours):
    """Working these hours out could take long: too many rules, or dates that are laborious to compute."""


def check_hours(expression: str) -> None:
    """Checks that the expression can be read, and worked out quickly.

    Raises:
        BadHours: see the class.
        TooDear: see the class.
    """
    verdict = _verdict(expression)
    if verdict is not None:
        raise verdict(expression)


@lru_cache(maxsize=8_192)
def _verdict(expression: str) -> type[BadHours] | None:
    begun = time.thread_time()
    try:
        parse(expression, (), None)
        tried = parse(expression, public_holidays("CN", _TRIAL_BEGINS.year), ZoneInfo("UTC"))
        for month in range(12):
            state_at(tried, _TRIAL_BEGINS + timedelta(days=31 * month))
        next_change(tried, _TRIAL_BEGINS)
    except BadHours as failure:
        return type(failure)
    return TooDear if time.thread_time() - begun > MOST_SECONDS else None


def parse(expression: str, holidays: tuple[date, ...], zone: ZoneInfo | None) -> OpeningHours:
    """The expression with these days for its "PH"; as it stands if it can't be read with them.

    Raises:
        BadHours: see the class.
        TooDear: it is beyond the limits.
    """
    _require_bounded(expression)
    for text in dict.fromkeys((spell_out_holidays(expression, holidays) if holidays else expression, expression)):
        try:
            return OpeningHours(
                text, timezone=zone, auto_country=False, auto_timezone=False, max_interval_days=LOOKS_AHEAD.days
            )
        except ParserError:
            continue
        except BaseException as failure:
            raise _panicked(failure, expression) from None
    raise BadHours(expression)


def _require_bounded(expression: str) -> None:
    bare = _QUOTED.sub("", expression)
    rules = len(_BETWEEN_RULES.findall(bare)) + 1
    if len(expression) > MOST_LETTERS or rules > MOST_RULES or bare.count("PH") > MOST_HOLIDAYS:
        raise TooDear(expression)


def state_at(parsed: OpeningHours, moment: datetime) -> State:
    """Raises BadHours if the library gives up on it."""
    try:
        return parsed.state(moment)[0]
    except BaseException as failure:
        raise _panicked(failure, str(parsed)) from None


def next_change(parsed: OpeningHours, moment: datetime) -> datetime | None:
    """When the state changes; None if it does not within LOOKS_AHEAD. Raises BadHours if the library gives up."""
    try:
        change = parsed.next_change(moment)
    except BaseException as failure:
        raise _panicked(failure, str(parsed)) from None
    return None if change is None or change > moment + LOOKS_AHEAD else change


def _panicked(failure: BaseException, expression: str) -> BaseException:
    """A panic of the Rust library is no Exception: uncaught, it would end the program."""
    return BadHours(expression) if type(failure).__name__ == "PanicException" else failure


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
