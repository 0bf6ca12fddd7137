"""The message of a morning: what holds, where to cool down or warm up, and what to do when a platform ignores it."""

from __future__ import annotations

from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import presses as case_presses
from handlers.chat import presses as chat_presses
from handlers.chat.feature import CaseFacts
from handlers.chat.press import Button, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.heat import presses, words
from handlers.i18n.translations import clock
from storage.cases import allowances
from storage.cases import statistics as case_statistics
from storage.heat import days
from storage.heat.days import WeatherDay
from storage.heat.ids import WeatherDayId
from storage.heat.notices import WeatherWarning
from storage.heat.rules import Measure
from storage.stations.stations import Amenity

DESK, KIND = "legal", "weather"
"""Where a platform that ignores a rule is reported."""
REPORTS = "heat-ignored"
"""Under which those who reported an ignored rule are counted; no desk's key has a hyphen."""
_HELPS = timedelta(hours=12)
_WANTED = {
    Measure.HIGH: int(Amenity.air_conditioning | Amenity.water),
    Measure.LOW: int(Amenity.heating | Amenity.water),
    Measure.GUST: int(Amenity.rest),
}


def register(routes: Routes) -> None:
    routes.notice_about(WeatherWarning, warning_words, _still_today, reader=RECIPIENT)


async def _still_today(session: AsyncSession, notice: WeatherWarning, now: datetime) -> WeatherDay | None:
    row = await days.by_id(session, notice.subject)
    return row if row is not None and row.told_at is not None and now - row.told_at < _HELPS else None


def warning_words(view: View, _notice: WeatherWarning, row: WeatherDay) -> Page:
    ignored = view._(
        "If your platform ignores it: take screenshots of the temperature, the orders and any messages that rush "
        "you, then press the button below."
    )
    text = Markup("\n").join([*words.day_lines(view, row), Markup("\n{}").format(ignored)])
    return text, [*what_to_do(view, row), [presses.STOP.button(view._("🔕 Stop telling me"))]]


def what_to_do(view: View, row: WeatherDay) -> list[list[Button]]:
    """Stations that help against it, and the way to the desk, where the organisation has it."""
    found = words.rules_of(view, row)
    rows = []
    if found:
        wanted = _WANTED[found[0].measure]
        rows.append([chat_presses.SEARCH_WANTED.button(view._("📍 Stations nearby that help"), wanted)])
    desk = view.context.settings.desks.get(DESK)
    if desk is not None and desk.kind(KIND) is not None:
        ignored = view._("⚠️ My platform ignores it")
        rows.append([case_presses.ASK_WITH.button(ignored, "heat", row.id)])
    return rows


async def case_facts(talk: Talk, number: int) -> CaseFacts | None:
    """The place, the time and the weather, for the desk's form; of another day no time, which nobody knows then."""
    row = await days.by_id(talk.session, WeatherDayId(number))
    if row is None:
        return None
    view, area = talk.view, words.area_of(talk.view, row.area)
    local = talk.now.astimezone(talk.context.settings.organisation.zone)
    time = f" {clock(local.hour, local.minute, talk.language)}" if row.day == local.date() else ""
    story = talk._("{area}, {when}. {weather}. {rules} What the platform did:").format(
        area=area.name,
        when=row.day.isoformat() + time,
        weather=words.known_from(view, row),
        rules=words.listed_rules(view, words.rules_of(view, row)),
    )
    return CaseFacts(DESK, KIND, row.day, area.name, story)


async def count_report(talk: Talk, kind: str) -> None:
    """Somebody has sent what they began with the button under a rule: each person once a month, in counters alone."""
    if kind == KIND and await allowances.is_first_of_month(talk.session, talk.person.id, REPORTS, talk.local_today):
        await case_statistics.add(talk.session, REPORTS, f"{talk.local_today:%Y-%m}", KIND, "")
