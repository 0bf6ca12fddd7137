"""How activities are put into words: when, where, for whom, how many places are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.formatting import moment, when
from handlers.i18n.translations import N_, plural_in
from storage.activities import activities
from storage.activities.activities import Activity, ActivityState, Kind
from storage.activities.attendance import Figures
from storage.activities.draws import SETTLES_FOR
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.activities.sign_ups import Place
from storage.deliveries.notices import SubjectNotice
from storage.geodesy import distance

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.GAMES: ("🎲", N_("Fun and games")),
    Kind.SPORT: ("🏀", N_("Sport")),
    Kind.TALK: ("🎤", N_("Talk")),
    Kind.TRAINING: ("🎓", N_("Training")),
    Kind.CONTEST: ("🏆", N_("Contest")),
    Kind.HEALTH: ("🩺", N_("Health")),
    Kind.STREAM: ("📺", N_("Live stream")),
    Kind.OTHER: ("✨", N_("Other")),
}


def where(row: Activity, here: tuple[float, float] | None, language: str) -> str:
    """The place, with how far it is if both are known."""
    parts = [row.place] if row.place else []
    if here is not None and row.latitude is not None and row.longitude is not None:
        parts.append(translations.distance(distance(*here, row.latitude, row.longitude), language))
    return " · ".join(parts)


def left(row: Activity, figures: Figures, language: str) -> str:
    """How many places there are still, of how many; how many wait."""
    if row.awaits_draw:
        return _in_draw(row, figures, language)
    free = free_places(row, figures)
    if free:
        said = plural_in(language, "{n} of {all} place left", "{n} of {all} places left", row.places or 0)
        return said.format(n=free, all=row.places)
    return _taken(row, figures, language)


def left_in_short(row: Activity, figures: Figures, language: str) -> str:
    """The same for a list, without how many there are in all."""
    if row.awaits_draw:
        return _in_draw(row, figures, language)
    free = free_places(row, figures)
    if free:
        return plural_in(language, "{n} place left", "{n} places left", free).format(n=free)
    return _taken(row, figures, language)


def _in_draw(row: Activity, figures: Figures, language: str) -> str:
    _ = translations.translator(language)
    return _("draw · places: {all} · tickets: {n}").format(all=row.places, n=figures.in_draw)


def free_places(row: Activity, figures: Figures) -> int:
    """Those that anybody can have: none that are unlimited, and none while others wait."""
    return 0 if row.places is None or figures.waiting else max(0, row.places - figures.taken)


def _taken(row: Activity, figures: Figures, language: str) -> str:
    """Where no free place is to be named."""
    _ = translations.translator(language)
    if row.places is None:
        return (
            plural_in(language, "{n} person is coming", "{n} people are coming", figures.taken).format(n=figures.taken)
            if figures.taken
            else ""
        )
    if figures.waiting:
        return _("full, {n} waiting").format(n=figures.waiting)
    return _("full")


def line(
    row: Activity, figures: Figures, here: tuple[float, float] | None, now: datetime, zone: ZoneInfo, language: str
) -> Markup:
    """An entry of the list."""
    sign, _ = KINDS[row.kind]
    said = moment(row.starts_at, now, zone, language)
    parts = [part for part in (where(row, here, language), left_in_short(row, figures, language)) if part]
    lock = " 🔒" if row.members_only else ""
    return Markup("{} <b>{}</b>{}\n{}{}").format(sign, row.title, lock, said, "".join(f" · {part}" for part in parts))


def card(
    row: Activity,
    figures: Figures,
    mine: SignUp | None,
    number: int,
    here: tuple[float, float] | None,
    now: datetime,
    zone: ZoneInfo,
    language: str,
) -> Markup:
    """The whole of it, for one rider."""
    _ = translations.translator(language)
    sign, _kind = KINDS[row.kind]
    lines = [Markup("{} <b>{}</b>").format(sign, row.title)]
    if row.state == ActivityState.CANCELLED:
        lines.append(Markup("❌ <b>{}</b> {}").format(_("Cancelled."), row.reason))
    lines.append(Markup("🗓 {}").format(when(row.starts_at, row.ends_at, now, zone, language)))
    place = where(row, here, language)
    if place:
        lines.append(Markup("📍 {}").format(place))
    counted = left(row, figures, language)
    if counted:
        lines.append(Markup("👥 {}").format(counted))
    lines += [Markup("{}").format(said) for said in rules(row, now, zone, language)]
    if row.about:
        lines.append(Markup("\n{}").format(row.about))
    if mine is not None and mine.state != PlaceState.LEFT:
        lines.append(Markup("\n<b>{}</b>").format(standing(mine, number, now, zone, language)))
    return Markup("\n").join(lines)


def rules(row: Activity, now: datetime, zone: ZoneInfo, language: str) -> list[str]:
    """For whom, from when and until when."""
    _ = translations.translator(language)
    said = []
    if row.members_only:
        said.append("🔒 " + _("for members of the union"))
    if row.guests:
        said.append(
            "👨‍👩‍👧 " + plural_in(language, "up to {n} guest", "up to {n} guests", row.guests).format(n=row.guests)
        )
    if row.opens_at is not None and row.opens_at > now:
        said.append("⏳ " + _("sign-up opens {when}").format(when=moment(row.opens_at, now, zone, language)))
    if row.closes_at is not None and row.closes_at > now:
        said.append("⏳ " + _("sign-up closes {when}").format(when=moment(row.closes_at, now, zone, language)))
    if row.draws_at is not None and row.awaits_draw:
        said.append("🎲 " + draw_words(row.draws_at, now, zone, language))
    return said


def draw_words(draws_at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Until when there are tickets, and then when the draw is."""
    _ = translations.translator(language)
    if now < draws_at:
        until = moment(draws_at, now, zone, language)
        return _("the places are drawn: tickets until {when}, and it doesn't matter who comes first").format(when=until)
    return _("no more tickets, draw: {when}").format(when=moment(draws_at + SETTLES_FOR, now, zone, language))


def standing(mine: SignUp, number: int, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Where this person stands with it; `number` is that of their place, or in the queue while they wait."""
    _ = translations.translator(language)
    if mine.state == PlaceState.WAITING:
        return _("🕒 You are number {n} on the waiting list.").format(n=number)
    if mine.state == PlaceState.IN_DRAW:
        return _("🎟 You have ticket no. {n} for the draw, code {code}.").format(n=mine.ticket, code=mine.ticket_code)
    if mine.state == PlaceState.OFFERED and mine.offered_until is not None:
        until = moment(mine.offered_until, now, zone, language)
        return _("🎁 A place is held for you until {time}.").format(time=until)
    said = _("✅ You're signed up: sign-up no. {n}").format(n=number)
    if mine.guests:
        said += plural_in(language, ", with {n} guest", ", with {n} guests", mine.guests).format(n=mine.guests)
    return said


def placed_words(place: Place, language: str) -> str:
    """The answer to a sign-up."""
    _ = translations.translator(language)
    if place.row.state == PlaceState.IN_DRAW:
        return _("You have a ticket for the draw.")
    if place.position is not None:
        return _("It's full, so you are on the waiting list. I'll tell you when it's your turn.")
    return _("You're signed up. I'll remind you.")


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """An activity as a notice of it says it."""

    id: ActivityId
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    stream: str
    reason: str


async def about(session: AsyncSession, notice: SubjectNotice[ActivityId], now: datetime) -> ActivityFacts | None:
    """For notices: the activity as it is now. None if it was cancelled, is a draft, or has ended."""
    row = await activities.find(session, notice.subject)
    if row is None or row.state != ActivityState.PUBLISHED or row.ends_at <= now:
        return None
    return facts_of(row)


async def about_any(session: AsyncSession, notice: SubjectNotice[ActivityId], _now: datetime) -> ActivityFacts | None:
    """The same, also of one that is over or cancelled."""
    row = await activities.find(session, notice.subject)
    return None if row is None else facts_of(row)


def facts_of(row: Activity) -> ActivityFacts:
    return ActivityFacts(row.id, row.title, row.starts_at, row.ends_at, row.place, row.stream, row.reason)


def title_and_time(view: View, activity: ActivityFacts) -> Markup:
    """ "3x3 basketball", then when and where, for a notice."""
    said = when(activity.starts_at, activity.ends_at, view.now, view.zone, view.language)
    place = f"\n📍 {escape(activity.place)}" if activity.place else ""
    return Markup("<b>{}</b>\n🗓 {}{}").format(activity.title, said, Markup(place))
