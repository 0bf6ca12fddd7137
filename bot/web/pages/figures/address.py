"""What the address of a page of the statistics names: the period, what it is held against, which headline."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.i18n.translations import N_
from handlers.statistics.overview import MOST_BACK
from storage.statistics.periods import Period, PeriodUnit

PATH = "/console/statistics"
BEFORE, LAST_YEAR = "before", "year"
AGAINST = {BEFORE: N_("against the previous period"), LAST_YEAR: N_("against last year")}


class Asked(NamedTuple):
    """`back` is how many periods ago this one was; `headline` is "" for the first."""

    period: Period
    back: int
    against: str
    headline: str

    @property
    def other(self) -> Period:
        """What the period is held against."""
        return self.period.year_before if self.against == LAST_YEAR else self.period.before

    def address(self, visit: Visit, path: str = "", **changes: object) -> str:
        """Of the same page, or the one of this path, with other fields."""
        fields = {"unit": self.period.unit, "back": self.back, "against": self.against, "of": self.headline, **changes}
        kept = {name: value for name, value in fields.items() if value != ""}
        return f"{visit.site.root}{PATH}{path}?{urlencode(kept)}"

    def of_period(self, visit: Visit, path: str, period: Period) -> str:
        """Of another period; "" where there is no page of it."""
        back = period.back_from(visit.view.today)
        return self.address(visit, path, unit=period.unit, back=back) if 0 <= back <= MOST_BACK else ""


def asked_of(visit: Visit) -> Asked:
    """Raises Turned."""
    query = visit.request.query
    unit, back, against = query.get("unit", PeriodUnit.WEEK), query.get("back", "0"), query.get("against", BEFORE)
    if unit not in list(PeriodUnit) or against not in AGAINST:
        raise Turned(Why.ODD)
    if not (back.isascii() and back.isdigit() and len(back) <= 3) or int(back) > MOST_BACK:
        raise Turned(Why.ODD)
    return Asked(Period.of(PeriodUnit(unit), visit.view.today, int(back)), int(back), against, query.get("of", ""))
