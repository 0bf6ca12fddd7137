"""/stats: how it goes, by week, month and year, each against the one before it. Nothing of it points to one person."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.statistics import presses
from handlers.statistics.periods import Kind, Period
from storage.disclosure import LEAST, figure
from storage.people.access import Right
from storage.statistics import searches as search_statistics
from storage.statistics import statistics
from storage.statistics.searches import ALL, BARE

MOST_BACK = 120
COUNTED_AT_ONCE = 1_000
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
    routes.command("stats", stats, about=N_("Statistics"), right=right)
    routes.press(presses.STATS, stats, right=right)
    routes.press(presses.SHOW, show, right=right)


def period_of(talk: Talk, kind: str, back: int) -> Period:
    """Of a button. Raises InvalidCallback for one that was never made."""
    if kind not in list(Kind) or not 0 <= back <= MOST_BACK:
        raise InvalidCallback
    return Period.of(Kind(kind), talk.local_today, back)


async def stats(talk: Talk) -> None:
    talk.say(*await _page(talk, Kind.WEEK, 0))


async def show(talk: Talk, kind: str, back: int) -> None:
    period_of(talk, kind, back)
    talk.edit(*await _page(talk, Kind(kind), back))


async def _page(talk: Talk, kind: Kind, back: int) -> tuple[Markup, Buttons]:
    await search_statistics.collect(
        talk.session,
        talk.context.settings.organisation.zone,
        talk.context.directory.index.metres_to_nearest,
        COUNTED_AT_ONCE,
    )
    period = Period.of(kind, talk.local_today, back)
    now, then = await overview(talk, period), await overview(talk, period.before)
    so_far = " · " + talk._("so far") if back == 0 else ""
    lines = [Markup("📊 <b>{}</b>{}").format(period.title(talk.language), so_far)]
    lines += [Markup("{}").format(line) for line in _lines(talk, now, then)]
    lines.append(
        Markup("\n<i>{}</i>").format(
            talk._(
                "Previous period in brackets. Numbers below {n} are hidden so that nobody can be identified."
            ).format(n=LEAST)
        )
    )
    return Markup("\n").join(lines), _buttons(talk, kind, back)


def _buttons(talk: Talk, kind: Kind, back: int) -> Buttons:
    kinds = {Kind.WEEK: talk._("Week"), Kind.MONTH: talk._("Month"), Kind.YEAR: talk._("Year")}
    turn = [presses.SHOW.button(talk._("◀ Previous"), kind.value, back + 1)]
    if back:
        turn.append(presses.SHOW.button(talk._("Next ▶"), kind.value, back - 1))
    views = [presses.VIEW.button(talk._(name), key, kind.value, back) for key, name in VIEWS.items()]
    views.append(presses.SEND.button(talk._("📄 As CSV"), kind.value, back))
    return [
        [presses.SHOW.button(("• " if one is kind else "") + name, one.value, 0) for one, name in kinds.items()],
        turn,
        *(views[at : at + 2] for at in range(0, len(views), 2)),
    ]


@dataclass(frozen=True, slots=True)
class Overview:
    """The single figures of a period; None where there is something, but too little to be shown."""

    searches: int | None
    bare: int | None
    members: int | None
    joined: int | None
    left: int | None
    placed: int | None
    came: int | None
    stars: float | None
    broadcasts: int
    delivered: int | None
    confirmed: int | None


async def overview(talk: Talk, period: Period) -> Overview:
    edges = period.edges(talk.context.settings.organisation.zone)
    ends = [edges[0], edges[-1]]
    members = await statistics.members(talk.session, ends)
    turnouts = await statistics.turnouts(talk.session, *ends)
    rated = sum(one.rated for one in turnouts)
    reach = await statistics.reach(talk.session, *ends)
    return Overview(
        searches=await _counted(talk, period, ALL),
        bare=await _counted(talk, period, BARE),
        members=figure(members.there[0]),
        joined=figure(members.joined[0]),
        left=figure(members.left[0]),
        placed=figure(sum(one.placed for one in turnouts)),
        came=figure(sum(one.came for one in turnouts)),
        stars=sum(one.stars for one in turnouts) / rated if rated >= LEAST else None,
        broadcasts=reach.broadcasts,
        delivered=figure(reach.delivered),
        confirmed=figure(reach.confirmed),
    )


async def _counted(talk: Talk, period: Period, kind: str) -> int | None:
    """All searches of a kind; where a part of them is hidden, only if all together may be shown."""
    shown = sum((await search_statistics.of(talk.session, period.name, kind)).values())
    hidden = sum(await search_statistics.hidden(talk.session, period.name, kind))
    if kind == ALL:
        return shown if not hidden else None
    return shown or (None if hidden else 0)


def shown(talk: Talk, value: float | None, digits: int = 0) -> str:
    """ "1,240", or "<5"."""
    return f"<{LEAST}" if value is None else translations.number(value, talk.language, digits)


def _lines(talk: Talk, now: Overview, then: Overview) -> list[str]:
    def both(value: float | None, before: float | None, digits: int = 0) -> str:
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
    if now.stars is not None:
        lines.append(talk._("   rated ★ {n}").format(n=translations.number(now.stars, talk.language, 1)))
    return [
        *lines,
        talk._("📣 Broadcasts: {n}").format(n=both(now.broadcasts, then.broadcasts)),
        talk._("   delivered {n}, confirmed {m}").format(
            n=both(now.delivered, then.delivered), m=both(now.confirmed, then.confirmed)
        ),
    ]
