"""A calendar of buttons: a month with ◀ ▶, and typical times of the day that was pressed.

Pages are named by what they show: "2026-11" a month, "2026-11-28" the times of a day. A time is picked as
"2026-11-28T1900", a day as "2026-11-28".
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.chat.press import InvalidCallback
from handlers.forms.questions import Cell, Does, InputPage
from handlers.i18n.day_names import month_of, narrow_day
from handlers.i18n.translations import translator

_EMPTY, _TODAY = "·", "•"
_WEEKS = Calendar(firstweekday=0)
_TIMES = (
    (time(8), time(8, 30), time(9), time(9, 30)),
    (time(10), time(11), time(13), time(14)),
    (time(15), time(16), time(17), time(18)),
    (time(18, 30), time(19), time(19, 30), time(20)),
)


@dataclass(frozen=True, slots=True)
class Days:
    """What a calendar offers: the days from `first` to `last`. With `has_times` a time is chosen after the day."""

    today: date
    first: date
    last: date
    has_times: bool

    def opened(self) -> date:
        """The month that is shown at first: today's, or the nearest that has days to offer."""
        return min(max(self.today, self.first), self.last)


def month_page(days: Days, month: date, language: str) -> InputPage:
    """The month that this day is in, without the weeks in which there is nothing to press."""
    first = month.replace(day=1)
    heading = [
        _turn("◀", _month_before(first)) if first > days.first else Cell(_EMPTY),
        Cell(month_of(first, days.today, language)),
        _turn("▶", _month_after(first)) if _month_after(first) <= days.last else Cell(_EMPTY),
    ]
    names = [Cell(narrow_day(weekday, language)) for weekday in range(7)]
    weeks = [[_day(days, first, day) for day in week] for week in _weeks(first)]
    return InputPage([heading, names, *(week for week in weeks if any(cell.argument for cell in week))])


def _weeks(first: date) -> Sequence[Sequence[int]]:
    """The days by weeks from Monday; 0 is of another month."""
    return _WEEKS.monthdayscalendar(first.year, first.month)


def _turn(label: str, month: date) -> Cell:
    return Cell(label, Does.TURN, f"{month:%Y-%m}")


def _month_before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)


def _month_after(first: date) -> date:
    return date(first.year + (first.month == 12), first.month % 12 + 1, 1)


def _day(days: Days, first: date, number: int) -> Cell:
    """Without effect if the field does not take it; today is marked."""
    if not number:
        return Cell(_EMPTY)
    day = first.replace(day=number)
    if not days.first <= day <= days.last:
        return Cell(_TODAY if day == days.today else _EMPTY)
    label = _circled(number) if day == days.today else str(number)
    return Cell(label, Does.TURN if days.has_times else Does.PICK, day.isoformat())


def _circled(number: int) -> str:
    """A day of a month as one sign, since seven buttons in a row have room for no more: ㉖.

    Unicode has the circled numbers up to 20, and those from 21 on, in two places.
    """
    return chr(ord("①") + number - 1) if number <= 20 else chr(ord("㉑") + number - 21)


def times_page(day: date, after: time | None, language: str) -> Sequence[Sequence[Cell]]:
    """Typical times of a day; `after`: what comes before this one has passed."""
    _ = translator(language)
    rows = [[_time(day, at) if after is None or at > after else Cell(_EMPTY) for at in row] for row in _TIMES]
    return [*rows, [Cell(_("📅 Another day"), Does.TURN, f"{day:%Y-%m}")]]


def _time(day: date, at: time) -> Cell:
    return Cell(f"{at:%H:%M}", Does.PICK, f"{day.isoformat()}T{at:%H%M}")


def month_named(page: str) -> date | None:
    """The month of a page; None for the page of a day.

    Raises:
        InvalidCallback: it is neither.
    """
    try:
        return datetime.strptime(page, "%Y-%m").date() if len(page) == 7 else None  # noqa: DTZ007 (a wall calendar)
    except ValueError:
        raise InvalidCallback from None


def day_named(page: str) -> date:
    """Raises InvalidCallback: it is none."""
    try:
        return datetime.strptime(page, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise InvalidCallback from None


def moment_named(argument: str) -> tuple[date, time]:
    """Raises InvalidCallback: it is none."""
    day, _, clock = argument.partition("T")
    try:
        return day_named(day), datetime.strptime(clock, "%H%M").time()  # noqa: DTZ007
    except ValueError:
        raise InvalidCallback from None
