"""How stations are put into words: hours, amenities, reports, ages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from handlers.chat.talk import Talk
from handlers.dates.hours_words import hours_words
from handlers.i18n.formatting import ago, bracketed
from handlers.i18n.translations import N_, clock, day_of_year, translator, weekday
from storage.hours.opening_hours import Hours, State
from storage.stations.reports import Kind, StationState
from storage.stations.stations import WHO_MAY_USE, Amenity

AMENITIES: dict[Amenity, tuple[str, str]] = {
    Amenity.rest: ("🛋", N_("rest")),
    Amenity.water: ("💧", N_("water")),
    Amenity.ice: ("🧊", N_("ice")),
    Amenity.medicine: ("💊", N_("medicine")),
    Amenity.first_aid: ("🩹", N_("first aid")),
    Amenity.microwave: ("♨️", N_("microwave")),
    Amenity.charging: ("🔌", N_("charging")),
    Amenity.battery_swap: ("🔋", N_("battery swap")),
    Amenity.toilet: ("🚻", N_("toilet")),
    Amenity.shower: ("🚿", N_("shower")),
    Amenity.laundry: ("🧺", N_("laundry")),
    Amenity.air_conditioning: ("❄️", N_("air conditioning")),
    Amenity.heating: ("🔥", N_("heating")),
    Amenity.wifi: ("📶", N_("Wi-Fi")),
    Amenity.reading: ("📚", N_("reading")),
    Amenity.parking: ("🅿️", N_("parking")),
    Amenity.repair_tools: ("🔧", N_("repair tools")),
    Amenity.haircut: ("💈", N_("haircut")),
    Amenity.meals: ("🍚", N_("meals")),
    Amenity.legal_help: ("⚖️", N_("legal help")),
    Amenity.counselling: ("💬", N_("counselling")),
    Amenity.union_signup: ("📝", N_("union sign-up")),
    Amenity.donations: ("🎁", N_("donations")),
    Amenity.wheelchair: ("♿", N_("wheelchair")),
    Amenity.women: ("🚺", N_("for women")),
    Amenity.baby_care: ("🍼", N_("baby care")),
    Amenity.fee: ("💰", N_("fee")),
    Amenity.customers_only: ("🧾", N_("customers only")),
}

WANTED = tuple(amenity for amenity in AMENITIES if not amenity & WHO_MAY_USE)
"""What riders may look for."""

# What riders ask for first (facts: water, charging, toilet), so that a short line names these.
_FIRST = (Amenity.water, Amenity.charging, Amenity.toilet, Amenity.battery_swap, Amenity.rest, Amenity.meals)

_COMMENT = 80
"""Characters of the comment in an entry's hours."""

REPORTS: dict[Kind, tuple[str, str]] = {
    Kind.NO_WATER: ("💧", N_("water reported out {ago}")),
    Kind.CLOSED: ("🔒", N_("reported closed {ago}")),
    Kind.CROWDED: ("👥", N_("reported crowded {ago}")),
    Kind.CHARGER_BROKEN: ("🔌", N_("charger reported broken {ago}")),
    Kind.TOILET_LOCKED: ("🚻", N_("toilet reported locked {ago}")),
    Kind.NO_SEATS: ("🪑", N_("no seats free, reported {ago}")),
    Kind.TOO_HOT: ("🥵", N_("reported too hot {ago}")),
    Kind.TOO_COLD: ("🥶", N_("reported too cold {ago}")),
}


@lru_cache(maxsize=4_096)
def amenities(mask: int, language: str, limit: int | None = None) -> str:
    """Signs with words: "💧 water · 🔌 charging · 💰 fee"; what is asked for most comes first, beyond `limit` a count.
    Who may use it comes last, in any case."""
    _ = translator(language)
    offered = [amenity for amenity in _FIRST if mask & amenity]
    offered += [amenity for amenity in WANTED if mask & amenity and amenity not in offered]
    more = [f"+{len(offered) - limit}"] if limit is not None and len(offered) > limit else []
    restricted = [amenity for amenity in WHO_MAY_USE if mask & amenity]
    shown, last = (
        [f"{AMENITIES[amenity][0]} {_(AMENITIES[amenity][1])}" for amenity in part]
        for part in (offered[:limit], restricted)
    )
    return " · ".join([*shown, *more, *last])


def opening_hours(talk: Talk, expression: str) -> str:
    """All hours of the week in words; empty if they are not known."""
    organisation = talk.context.settings.organisation
    return hours_words(expression, talk.local_today, organisation.zone, organisation.country, talk.language)


@lru_cache(maxsize=1_024)
def names(mask: int, language: str) -> str:
    """Words alone, for a sentence: "toilet, water"."""
    _ = translator(language)
    return _(", ").join(_(name) for amenity, (_sign, name) in AMENITIES.items() if mask & amenity)


@lru_cache(maxsize=8_192)
def hours(current: Hours, today: date, language: str) -> str:
    """ "open until 22:00", "closed, opens tomorrow 08:00". The times are in the zone of `current.changes_at`."""
    said = _state(current, today, language)
    return bracketed(translator(language), said, current.comment[:_COMMENT]) if current.comment else said


def _state(current: Hours, today: date, language: str) -> str:
    _ = translator(language)
    if current.state is State.UNKNOWN:
        return "⚪ " + _("hours unknown")
    change = current.changes_at
    if current.state is State.OPEN:
        if change is None:
            return "🟢 " + _("open all day")
        return "🟢 " + _("open until {time}").format(time=_when(change, today, language, past_midnight=True))
    if change is None:
        return "🔴 " + _("closed")
    return "🔴 " + _("closed, opens {time}").format(time=_when(change, today, language))


def opens(moment: datetime, today: date, language: str) -> str:
    """ "08:30", "tomorrow 08:30"."""
    return _when(moment, today, language)


def _when(moment: datetime, today: date, language: str, *, past_midnight: bool = False) -> str:
    """The time; with the day where it is not today. An end in the coming night needs no day."""
    _ = translator(language)
    time = clock(moment.hour, moment.minute, language)
    days = (moment.date() - today).days
    if past_midnight and moment.hour == 0 and moment.minute == 0 and days >= 1:
        time, days, moment = "24:00", days - 1, moment - timedelta(days=1)
    if days == 0 or (past_midnight and days == 1 and moment.hour < 12):
        return time
    if days == 1:
        return _("tomorrow {time}").format(time=time)
    day = weekday(moment.date(), language) if days < 7 else day_of_year(moment.date(), language)
    return _("{day} {time}").format(day=day, time=time)


def reports(states: Sequence[StationState], now: datetime, language: str) -> list[str]:
    """One line for each report that riders confirmed."""
    _ = translator(language)
    lines = []
    for state in states:
        if state.until > now:
            sign, text = REPORTS[state.kind]
            lines.append(f"⚠️ {sign} " + _(text).format(ago=ago(state.since, now, language)))
    return lines
