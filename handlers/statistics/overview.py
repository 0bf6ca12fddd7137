"""/stats: how it goes, by week, month and year, each against the one before it. Nothing of it points to one person."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.statistics import presses
from handlers.statistics.periods import title
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Average
from storage.people.access import Right
from storage.statistics import report
from storage.statistics.periods import Period, PeriodUnit
from storage.statistics.report import Overview

MOST_BACK = 120
VIEWS = {
    "hours": N_("⏰ By hour"),
    "gaps": N_("🗺 Missing stations"),
    "wanted": N_("🔎 Amenities searched for"),
    "members": N_("👥 Members"),
    "activities": N_("🏀 Activities"),
    "reach": N_("📣 Broadcasts"),
    "cases": N_("⚖️ Cases"),
}


def register(routes: Routes) -> None:
    right = Right.SEE_FIGURES
    routes.command("stats", stats, about=N_("Statistics"), right=right, writes=False)
    routes.press(presses.STATS, stats, right=right, writes=False)
    routes.press(presses.SHOW, show, right=right, writes=False)


def period_of(talk: Talk, kind: str, back: int) -> Period:
    """Of a button. Raises InvalidCallback for one that was never made."""
    if kind not in list(PeriodUnit) or not 0 <= back <= MOST_BACK:
        raise InvalidCallback
    return Period.of(PeriodUnit(kind), talk.local_today, back)


async def stats(talk: Talk) -> None:
    talk.say(*await _page(talk, PeriodUnit.WEEK, 0))


async def show(talk: Talk, kind: str, back: int) -> None:
    period_of(talk, kind, back)
    talk.edit(*await _page(talk, PeriodUnit(kind), back))


async def _page(talk: Talk, unit: PeriodUnit, back: int) -> tuple[Markup, Buttons]:
    period, zone = Period.of(unit, talk.local_today, back), talk.context.settings.organisation.zone
    now = await report.overview(talk.session, period, zone)
    then = await report.overview(talk.session, period.before, zone)
    so_far = " · " + talk._("so far") if back == 0 else ""
    lines = [Markup("📊 <b>{}</b>{}").format(title(period, talk.language), so_far)]
    lines += [Markup("{}").format(line) for line in _lines(talk, now, then)]
    lines.append(
        Markup("\n<i>{}</i>").format(
            talk._(
                "Previous period in brackets. Numbers below {n} are hidden so that nobody can be identified."
            ).format(n=MIN_CELL_SIZE)
        )
    )
    return Markup("\n").join(lines), _buttons(talk, unit, back)


def _buttons(talk: Talk, unit: PeriodUnit, back: int) -> Buttons:
    units = {PeriodUnit.WEEK: talk._("Week"), PeriodUnit.MONTH: talk._("Month"), PeriodUnit.YEAR: talk._("Year")}
    turn = [presses.SHOW.button(talk._("◀ Previous"), unit.value, back + 1)]
    if back:
        turn.append(presses.SHOW.button(talk._("Next ▶"), unit.value, back - 1))
    views = [presses.VIEW.button(talk._(name), key, unit.value, back) for key, name in VIEWS.items()]
    views.append(presses.SEND.button(talk._("📄 As CSV"), unit.value, back))
    return [
        [presses.SHOW.button(("• " if one is unit else "") + name, one.value, 0) for one, name in units.items()],
        turn,
        *(views[at : at + 2] for at in range(0, len(views), 2)),
    ]


def shown(talk: Talk, value: Average, digits: int = 0) -> str:
    """ "1,240", or "<5" where it is hidden."""
    return f"<{MIN_CELL_SIZE}" if value is HIDDEN else translations.number(value, talk.language, digits)


def _lines(talk: Talk, now: Overview, then: Overview) -> list[str]:
    def both(value: Average, before: Average, digits: int = 0) -> str:
        return f"{shown(talk, value, digits)} ({shown(talk, before, digits)})"

    lines = [
        talk._("📍 Searches: {n}").format(n=both(now.searches, then.searches)),
        talk._("🕳 With no station within 2 km: {n}").format(n=both(now.bare, then.bare)),
        talk._("👥 Members: {n}").format(n=both(now.members, then.members)),
        talk._("   joined {joined}, left {left}").format(
            joined=both(now.joined, then.joined), left=both(now.left, then.left)
        ),
        talk._("🏀 Places taken: {n}").format(n=both(now.placed, then.placed)),
        talk._("   came {n}").format(n=both(now.came, then.came)),
    ]
    if now.stars is not HIDDEN:
        lines.append(talk._("   rated ★ {n}").format(n=translations.number(now.stars, talk.language, 1)))
    return [
        *lines,
        talk._("📣 Broadcasts: {n}").format(n=both(now.broadcasts, then.broadcasts)),
        talk._("   delivered {n}, confirmed {m}").format(
            n=both(now.delivered, then.delivered), m=both(now.confirmed, then.confirmed)
        ),
    ]
