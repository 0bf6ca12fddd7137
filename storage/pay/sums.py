"""What a pay book tells: sums of days, weeks and months, and what is left of an hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.pay.entries import Entry
from storage.pay.shifts import NOT_SAID

WEEKS_SHOWN, MONTHS_SHOWN = 8, 4


@dataclass(frozen=True, slots=True)
class Sum:
    """Of the shifts of some days. Money is in hundredths."""

    days: int = 0
    minutes: int = 0
    orders: int = NOT_SAID
    """Of the shifts of which they are known; NOT_SAID if they are of none."""
    paid: int = 0
    costs: int = 0
    paid_for_orders: int = 0
    """What was paid in the shifts whose orders are known."""
    shifts: int = 0
    counted: int = 0
    """The shifts whose orders are known."""

    @property
    def per_hour(self) -> int | None:
        """What the platform paid for an hour; None without a minute."""
        return None if not self.minutes else round(self.paid * 60 / self.minutes)

    @property
    def per_order(self) -> int | None:
        """What it paid for an order; None without one."""
        return None if self.orders <= 0 else round(self.paid_for_orders / self.orders)

    @property
    def leaves_out_shifts(self) -> bool:
        """Whether pay by the order is that of some of the shifts only."""
        return self.per_order is not None and self.counted < self.shifts


def total(entries: Iterable[Entry]) -> Sum:
    found = list(entries)
    counted = [entry.shift for entry in found if entry.shift.orders != NOT_SAID]
    return Sum(
        days=len({entry.day for entry in found}),
        minutes=sum(entry.shift.minutes for entry in found),
        orders=sum(shift.orders for shift in counted) if counted else NOT_SAID,
        paid=sum(entry.shift.paid for entry in found),
        costs=sum(entry.shift.costs for entry in found),
        paid_for_orders=sum(shift.paid for shift in counted),
        shifts=len(found),
        counted=len(counted),
    )


def between(entries: Sequence[Entry], first: date, last: date) -> Sum:
    """Of these days, both included."""
    return total(entry for entry in entries if first <= entry.day <= last)


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def month_before(day: date) -> tuple[date, date]:
    """The first and the last day of the month before that of this day."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def by_week(entries: Sequence[Entry], today: date) -> list[tuple[date, Sum]]:
    """The last weeks up to the one of today, each by its Monday."""
    monday = week_of(today)
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS_SHOWN))]
    return [(week, between(entries, week, week + timedelta(days=6))) for week in weeks]


def by_month(entries: Sequence[Entry], today: date) -> list[tuple[date, Sum]]:
    """The last months up to the one of today, each by its first day."""
    first = today.replace(day=1)
    months = [first]
    while len(months) < MONTHS_SHOWN:
        months.insert(0, month_before(months[0])[0])
    ends = [*(one - timedelta(days=1) for one in months[1:]), today]
    return [(one, between(entries, one, end)) for one, end in zip(months, ends, strict=True)]


def change(now: int | None, before: int | None) -> float | None:
    """By how much more it is than before, as a share; None where one of them is not known."""
    return None if now is None or not before else now / before - 1
