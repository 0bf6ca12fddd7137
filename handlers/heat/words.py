"""What holds today, in words."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.view import View
from handlers.i18n import money
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_, clock, number
from storage.cases.desks import in_language
from storage.heat import days
from storage.heat.days import WeatherDay
from storage.heat.rules import Measure, Rule
from storage.operations.heat_allowance import Per
from storage.operations.weather_areas import Area

_PER = {Per.HOUR: N_("{amount} an hour"), Per.DAY: N_("{amount} a day"), Per.MONTH: N_("{amount} a month")}
_SIGNS = {Measure.HIGH: "🌡", Measure.LOW: "❄️", Measure.GUST: "🌪"}


def area_of(view: View, key: str) -> Area:
    """By its key; the whole organisation where the config has it no more."""
    settings = view.context.settings
    named = {area.key: area for area in settings.weather_areas}
    return named.get(key, Area(key, settings.organisation.name))


def rules_of(view: View, row: WeatherDay) -> list[Rule]:
    return days.rules_of(row, view.context.settings.organisation.country)


def day_lines(view: View, row: WeatherDay) -> list[Markup]:
    """The heading, the weather, each rule with its source, and the hottest hours where a rule is about heat."""
    found = rules_of(view, row)
    head = view._("{area}, today").format(area=area_of(view, row.area).name)
    signs = "".join(_SIGNS[rule.measure] for rule in found)
    lines = [Markup("{} <b>{}</b>").format(signs, head), Markup("{}").format(known_from(view, row))]
    lines += [_rule_line(view, rule) for rule in found]
    if row.hottest is not None and any(rule.measure is Measure.HIGH for rule in found):
        hours = f"{_clock(view, row.hottest)}–{_clock(view, row.hottest + days.HOTTEST_HOURS)}"
        said = view._("The three hottest hours by the forecast: {hours}").format(hours=hours)
        lines.append(Markup("• {}").format(said))
    lines += _allowance_lines(view, row, found)
    if any(rule.source for rule in found):
        lines.append(Markup("<i>{}</i>").format(_whom_it_binds(view)))
    return lines


def _allowance_lines(view: View, row: WeatherDay, found: Sequence[Rule]) -> list[Markup]:
    """What holds here, with where it stands, on a hot day of its months."""
    allowance = area_of(view, row.area).allowance or view.context.settings.heat_allowance
    if not allowance.holds_on(row.day) or all(rule.measure is not Measure.HIGH for rule in found):
        return []
    amount = money.amount(allowance.amount, view.context.settings.organisation.country, view.language)
    amount = view._(_PER[allowance.per]).format(amount=amount)
    if allowance.year:
        said = view._("High-temperature allowance here: at least {amount} ({year}; it may be more by now)")
    else:
        said = view._("High-temperature allowance here: {amount}")
    said = said.format(amount=amount, year=allowance.year)
    return [Markup("• {}\n  <i>{}</i>").format(said, allowance.source)]


def _clock(view: View, hour: int) -> str:
    return clock(hour % 24, 0, view.language)


def _rule_line(view: View, rule: Rule) -> Markup:
    words = in_language(rule.words, view.language)
    source = in_language(rule.source, view.language) if rule.source else view._("Advice, not a rule of law")
    return Markup("• {}\n  <i>{}</i>").format(words, source)


def _whom_it_binds(view: View) -> str:
    return view._(
        "What counts is the temperature that the weather authority publishes; a forecast may differ. The rules bind "
        "employers; the legal desk can tell you whether they cover platform work."
    )


def known_from(view: View, row: WeatherDay) -> str:
    """ "Forecast by open-meteo: 27.1 to 38.4 °C, gusts of 8.2 m/s", or who announced it."""
    if row.rule:
        return view._("Announced by {organisation}").format(organisation=view.context.settings.organisation.name)
    weather = {measure: number(value, view.language, 1) for measure, value in row.weather.items()}
    said = view._("Forecast by {service}: {low} to {high} °C").format(
        service=row.service, low=weather.get(Measure.LOW, "–"), high=weather.get(Measure.HIGH, "–")
    )
    gust = weather.get(Measure.GUST)
    return said if gust is None else said + view._(", gusts of {gust} m/s").format(gust=gust)


def label(view: View, rule: Rule) -> str:
    """ "🌡 ≥ 37 °C": what stands on its button."""
    has_least = rule.at_least > float("-inf")
    sign, value = ("≥", rule.at_least) if has_least else ("≤", rule.at_most)
    bound = f"{sign} {number(value, view.language, 1)}"
    unit = "m/s" if rule.measure is Measure.GUST else "°C"
    return f"{_SIGNS[rule.measure]} {bound} {unit}"


def listed_rules(view: View, found: Sequence[Rule]) -> str:
    return in_a_line(*(in_language(rule.words, view.language) for rule in found))
