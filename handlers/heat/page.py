"""/heat: what holds today, and whether one wants to hear of such days; for coordinators, setting a rule for today."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.heat import presses, words
from handlers.heat.warning import what_to_do
from handlers.i18n.few import count_words
from handlers.i18n.formatting import bracketed
from handlers.i18n.translations import N_
from storage.cases.desks import in_language
from storage.heat import days, rules, wishes
from storage.heat.rules import Rule
from storage.people.access import Right

_SUBJECT = Subject(
    N_("🌡 Heat and storms"),
    {
        "zh_Hans": "高温、中暑、太热、好热、台风、暴雨、大风",
        "en": "heat, heatwave, heatstroke, too hot, typhoon, storm",
    },
)


def register(routes: Routes) -> None:
    routes.command("heat", show, about=N_("Heat, cold, storms: today's rules"), writes=False, subject=_SUBJECT)
    routes.press(presses.WANT, want)
    routes.press(presses.STOP, stop)
    routes.press(presses.CHOOSE_RULE, choose_rule, right=Right.BROADCAST, writes=False)
    routes.press(presses.SET_RULE, set_rule, right=Right.BROADCAST)


async def show(talk: Talk) -> None:
    settings, wish = talk.context.settings, await wishes.of(talk.session, talk.person.id)
    lines: list[Markup] = []
    buttons: list[list[Button]] = []
    for area in settings.weather_areas:
        row = await days.of(talk.session, talk.local_today, area.key)
        if row is not None and words.rules_of(talk.view, row):
            lines += [*words.day_lines(talk.view, row), Markup("")]
            buttons = buttons or what_to_do(talk.view, row)
    if not lines:
        lines = [Markup("{}").format(talk._("🌡 As far as we know, no rule about heat, cold or storms applies today."))]
    lines.append(Markup("{}").format(_wish_words(talk, wish)))
    talk.say(Markup("\n").join(lines), [*buttons, *_wish_buttons(talk, wish), *_set_buttons(talk)])


def _wish_words(talk: Talk, wish: str | None) -> str:
    if wish is None:
        return talk._("On a day when a rule applies, I can send you one message in the morning.")
    name = words.area_of(talk.view, wish).name
    return talk._("You get one message in the morning on a day when a rule applies ({area}).").format(area=name)


def _wish_buttons(talk: Talk, wish: str | None) -> Buttons:
    areas = talk.context.settings.weather_areas
    asked = [area for area in areas if area.key != wish]
    rows = [
        [presses.WANT.button(f"🔔 {area.name}" if len(areas) > 1 else talk._("🔔 Tell me on such days"), area.key)]
        for area in asked
    ]
    return rows if wish is None else [*rows, [presses.STOP.button(talk._("🔕 Stop telling me"))]]


def _set_buttons(talk: Talk) -> Buttons:
    """For coordinators: each rule of the country; the next press says where."""
    if not talk.person.may(Right.BROADCAST):
        return []
    found = rules.of_country(talk.context.settings.organisation.country)
    keys = [presses.CHOOSE_RULE.button("📣 " + words.label(talk.view, rule), rule.key) for rule in found]
    return [keys[at : at + 2] for at in range(0, len(keys), 2)]


async def want(talk: Talk, key: str) -> None:
    if key not in {area.key for area in talk.context.settings.weather_areas}:
        raise InvalidCallback
    await wishes.want(talk.session, talk.person.id, key)
    said = talk._("You'll get one message in the morning on a day when a rule applies ({area}). To stop: /heat")
    talk.edit(said.format(area=words.area_of(talk.view, key).name))


async def stop(talk: Talk) -> None:
    await wishes.stop(talk.session, talk.person.id)
    talk.edit(talk._("I won't tell you about such days any more. To start again: /heat"))


def _rule(talk: Talk, key: str) -> Rule:
    rule = rules.by_key(talk.context.settings.organisation.country, key)
    if rule is None:
        raise InvalidCallback
    return rule


async def choose_rule(talk: Talk, key: str) -> None:
    rule, counts = _rule(talk, key), await wishes.counts(talk.session)
    rows = []
    for area in talk.context.settings.weather_areas:
        title = bracketed(talk._, f"📣 {area.name}", count_words(talk.language, counts.get(area.key, 0)))
        rows.append([presses.SET_RULE.button(title, key, area.key)])
    asked = talk._("Tell everyone who wants to hear about it that this applies today? Where?")
    talk.say(Markup("{}\n{}").format(in_language(rule.words, talk.language), asked), rows)


async def set_rule(talk: Talk, key: str, area: str) -> None:
    settings, rule = talk.context.settings, _rule(talk, key)
    if area not in {one.key for one in settings.weather_areas}:
        raise InvalidCallback
    organisation = settings.organisation
    place = days.Place(area, organisation.country, organisation.zone)
    await days.set_rule(talk.session, talk.person.id, place, rule, talk.now)
    said = talk._("Set for today ({area}). People are told within a minute, but not before 07:00.")
    talk.edit(said.format(area=words.area_of(talk.view, area).name))
