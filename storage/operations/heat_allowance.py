"""What is to be paid for work in the heat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Per(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class HeatAllowance:
    """The high-temperature allowance in hundredths, 0 if none is set; for how long a time that is, in which months it
    is paid (empty: in all), and where that stands. `year`: of which year it is known, so that it may be more by now; 0:
    it holds."""

    amount: int = 0
    per: Per = Per.MONTH
    months: frozenset[int] = frozenset()
    source: str = ""
    year: int = 0

    def holds_on(self, day: date) -> bool:
        return self.amount > 0 and (not self.months or day.month in self.months)
