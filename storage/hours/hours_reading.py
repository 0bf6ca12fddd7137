"""Reading opening hours: parsed by opening-hours-py, with public holidays spelled out, and refused where working them
out could take long.

The library holds the interpreter's lock while it works, so a thread would not help; its work has to be bounded. What
bounds it: it looks no more than LOOKS_AHEAD for the next change (without that, hours that never change are followed to
the year 9999, day by day: 1 to 8 s), an expression has at most MOST_LETTERS, MOST_RULES and MOST_HOLIDAYS, and a trial
over a year has to end within MOST_SECONDS. What passes takes a few milliseconds at most.
"""

from __future__ import annotations

import gc
import re
import time
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # (missing in its stub)

from storage.hours.holidays import as_ranges, public_holidays
from storage.hours.parsed_hours import (
    QUOTED,
    Alternative,
    BadHours,
    ParsedHours,
    is_off,
    panicked,
    reach_past_midnight,
)

LOOKS_AHEAD = timedelta(days=366)
MOST_LETTERS = 500
MOST_RULES = 24
MOST_HOLIDAYS = 10
"""Each "PH" becomes a list of some ten dates."""
MOST_ALTERNATIVES = 3
"""Of "||": each day is worked out for every one of them. Real hours have one."""
MOST_SECONDS = 0.1
"""Of CPU time, for the trial: far above what passes the other limits."""
_TRIES, _CERTAINLY_DEAR = 4, 0.5

_TRIAL_BEGINS = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("UTC"))
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[[^\]]*\])?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: ?\d{1,2}(?![\d:]))?"
_DAYS = re.compile(rf"\b{_DAY}(?:-{_DAY})?(?:\s*,\s*{_DAY}(?:-{_DAY})?)*")
_RULES = re.compile(r'((?:[^;"]|"[^"]*"?)+)')
_ALTERNATIVES = re.compile(r'\|\||(?:[^|"]|\|(?!\|)|"[^"]*"?)+')
_LIST = re.compile(rf"({_DAY}|{_MONTH}),\s+(?={_DAY}|{_MONTH})")
_UNSAID = re.compile(r'([^;"]*)("[^"]*")')
_MODIFIER = re.compile(r"\b(?:open|off|closed|unknown)\b")
_BETWEEN_RULES = re.compile(r";|\|\||(?<=[\d+f]),\s+(?=[A-Z])")


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
    try:
        return None if _is_quick(expression) else TooDear
    except BadHours as failure:
        return type(failure)


def _is_quick(expression: str) -> bool:
    """What is dear is so each time. A try that took somewhat longer is repeated: it may have been the first of the
    process, which loads modules, or on a machine that was busy with something else."""
    for _ in range(_TRIES):
        spent = _seconds(expression)
        if spent <= MOST_SECONDS:
            return True
        if spent > _CERTAINLY_DEAR:
            return False
    return False


def _seconds(expression: str) -> float:
    """CPU time to read an expression and to work it out over a year, without what is loaded and collected beside it."""
    holidays, collects = public_holidays("CN", _TRIAL_BEGINS.year), gc.isenabled()
    gc.disable()
    begun = time.thread_time()
    try:
        parse(expression, (), None)
        tried = parse(expression, holidays, ZoneInfo("UTC"))
        for month in range(12):
            tried.now(_TRIAL_BEGINS + timedelta(days=31 * month))
        next_change(tried, _TRIAL_BEGINS)
        return time.thread_time() - begun
    finally:
        if collects:
            gc.enable()


def parse(expression: str, holidays: tuple[date, ...], zone: ZoneInfo | None) -> ParsedHours:
    """The expression with these days for its "PH"; as it stands if it can't be read with them.

    Raises:
        BadHours: see the class.
        TooDear: it is beyond the limits.
    """
    _require_bounded(expression)
    parts = [part.strip() for part in _ALTERNATIVES.findall(expression)][::2]
    if not all(parts) or not parts or "||" in parts:
        raise BadHours(expression)
    return ParsedHours([_alternative(by_specification(part), holidays, zone) for part in parts])


def by_specification(rules: str) -> str:
    """What the library reads otherwise than the specification: days with blanks between them are one list, and a
    comment alone says neither open nor closed."""
    parts = re.split(r'("[^"]*")', rules)
    parts[::2] = [_LIST.sub(r"\1,", part) for part in parts[::2]]
    return _UNSAID.sub(_with_modifier, "".join(parts))


def _with_modifier(found: re.Match[str]) -> str:
    said = _BETWEEN_RULES.split(found[1])[-1]
    return found[0] if _MODIFIER.search(said) else f"{found[1]}unknown {found[2]}"


def _alternative(rules: str, holidays: tuple[date, ...], zone: ZoneInfo | None) -> Alternative:
    reach = reach_past_midnight(rules)
    others = ";".join(rule for rule in _RULES.findall(rules) if not is_off(rule)) if reach else ""
    without_off = _library(others, holidays, zone) if others.strip() else None
    return Alternative(_library(rules, holidays, zone), without_off, reach)


def _library(rules: str, holidays: tuple[date, ...], zone: ZoneInfo | None) -> OpeningHours:
    for text in dict.fromkeys((spell_out_holidays(rules, holidays) if holidays else rules, rules)):
        try:
            return OpeningHours(
                text, timezone=zone, auto_country=False, auto_timezone=False, max_interval_days=LOOKS_AHEAD.days
            )
        except ParserError:
            continue
        except BaseException as failure:
            raise panicked(failure, rules) from None
    raise BadHours(rules)


def _require_bounded(expression: str) -> None:
    bare = QUOTED.sub("", expression)
    rules = len(_BETWEEN_RULES.findall(bare)) + 1
    alternatives = bare.count("||")
    if alternatives > MOST_ALTERNATIVES or len(expression) > MOST_LETTERS:
        raise TooDear(expression)
    if rules > MOST_RULES or bare.count("PH") > MOST_HOLIDAYS:
        raise TooDear(expression)


def next_change(parsed: ParsedHours, moment: datetime) -> datetime | None:
    """When the state changes; None if it does not within LOOKS_AHEAD. Raises BadHours if the library gives up."""
    change = parsed.next_change(moment)
    return None if change is None or change > moment + LOOKS_AHEAD else change


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
