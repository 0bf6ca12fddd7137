"""/settings: what changes often, changed in the chat. It stands over the config file until it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from markupsafe import Markup

from handlers.admin import presses
from handlers.chat import forms
from handlers.chat.ports import NotValid, SettingsEditor
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question, no_choices, one_question
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.text import clean
from storage import audit
from storage.activities import activities, reminders
from storage.dialogues import Answers, Value
from storage.hours.quiet_hours import QuietHours
from storage.operations import settings
from storage.operations.audited import OperationAction
from storage.people.access import Right

LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Setting:
    """`name` is the one of the config file; `part`, if any, the entry of a table that is changed (a language).

    `read` makes of the typed text what would stand in the config file; `hint` says what a right one looks like.
    """

    name: str
    title: str
    hint: str
    read: Callable[[str], Any]
    show: Callable[[Talk, Any], str]
    part: str = ""
    choices: Callable[[Talk, Answers], Sequence[Choice]] = no_choices


def _as_is(text: str) -> Any:
    return text


def _list(text: str) -> Any:
    """A line, or what stands between commas, each; "-" alone is an empty list."""
    parts = [clean(part) for line in text.splitlines() for part in line.replace("，", ",").split(",")]
    return [] if parts == ["-"] else [part for part in parts if part]


def _plain(_talk: Talk, value: Any) -> str:
    return str(value) if value else "—"


def _listed(_talk: Talk, value: Any) -> str:
    return ", ".join(value) if value else "—"


def _hour(_talk: Talk, value: Any) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _lengths(_talk: Talk, value: Any) -> str:
    return ", ".join(length_text(one) for one in value) if value else "—"


def length_text(length: timedelta) -> str:
    """As the config file writes it: "24h", "2d", "30m"."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0 and (unit != "d" or seconds > 86_400):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


WEEKDAYS = {
    "monday": N_("Monday"),
    "tuesday": N_("Tuesday"),
    "wednesday": N_("Wednesday"),
    "thursday": N_("Thursday"),
    "friday": N_("Friday"),
    "saturday": N_("Saturday"),
    "sunday": N_("Sunday"),
}


def _day(talk: Talk, value: Any) -> str:
    return talk._(WEEKDAYS[str(value)])


def _days(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(key, talk._(name), key) for key, name in WEEKDAYS.items()]


_HOUR = N_("Write a time of day, for example 09:00.")
_LIST = N_("Write all of them, separated by commas or one per line. Write just - to empty the list.")

SETTINGS: dict[str, Setting] = {
    "hotline": Setting(
        "organisation.hotline",
        N_("☎️ Hotline"),
        N_("Write the number that riders can call, for example 12351."),
        _as_is,
        _plain,
    ),
    "greeting_zh": Setting(
        "organisation.greeting",
        N_("👋 Greeting in Chinese"),
        N_("Write what new users read after the welcome, up to 1000 characters. Write just - to remove it."),
        _as_is,
        _plain,
        "zh_Hans",
    ),
    "greeting_en": Setting(
        "organisation.greeting",
        N_("👋 Greeting in English"),
        N_("Write what new users read after the welcome, up to 1000 characters. Write just - to remove it."),
        _as_is,
        _plain,
        "en",
    ),
    "quiet": Setting(
        "reminders.quiet_hours",
        N_("🌙 Quiet hours"),
        N_("Write from when to when, for example 22:00-07:00."),
        lambda text: text.replace(" ", "").replace("–", "-").replace("：", ":"),
        _plain,
    ),
    "leads": Setting(
        "reminders.lead_times",
        N_("⏰ Reminders before an activity"),
        N_("Write how long before, separated by commas: 24h, 2h (d, h and m are days, hours, minutes)."),
        _list,
        _lengths,
    ),
    "week_day": Setting(
        "activities.digest_day",
        N_("🗞 Day of the weekly digest"),
        N_("Choose a day."),
        lambda text: text.lower(),
        _day,
        choices=_days,
    ),
    "week_at": Setting("activities.digest_at", N_("🗞 Hour of the weekly digest"), _HOUR, _as_is, _hour),
    "review_at": Setting("membership.digest_at", N_("📋 Hour of the digest of applications"), _HOUR, _as_is, _hour),
    "districts": Setting("membership.districts", N_("🗺 Districts"), _LIST, _list, _listed),
    "platforms": Setting("membership.platforms", N_("🛵 Platforms"), _LIST, _list, _listed),
}
"""By the key in their buttons. The ready answers of the desks are in handlers/admin/ready_answers.py."""


def register(routes: Routes) -> None:
    right = Right.ADMINISTER
    routes.command("settings", show_all, about=N_("Change common settings"), right=right, writes=False)
    routes.press(presses.SHOW_ALL, show_all, right=right, writes=False)
    routes.press(presses.SHOW_ONE, show_one, right=right, writes=False)
    routes.press(presses.CHANGE, change, right=right)
    routes.press(presses.TAKE_BACK, take_back, right=right)
    for key in SETTINGS:
        routes.form(_form(key))


async def show_all(talk: Talk) -> None:
    lines = [Markup("⚙️ <b>{}</b>").format(talk._("Settings"))]
    lines += [_line(talk, one) for one in SETTINGS.values()]
    lines.append(
        Markup("\n<i>{}</i>").format(
            talk._("Everything else is set in the config file. Changes here take effect immediately on all servers.")
        )
    )
    keys = [presses.SHOW_ONE.button(talk._(one.title), key) for key, one in SETTINGS.items()]
    rows = [
        *(keys[at : at + 2] for at in range(0, len(keys), 2)),
        [presses.CHOOSE_DESK.button(talk._("💬 Ready answers"))],
    ]
    talk.edit(Markup("\n").join(lines), rows)


def _line(talk: Talk, one: Setting) -> Markup:
    shown = one.show(talk, _current(talk.context.ports.settings_editor, one))
    short = shown if len(shown) <= 60 else shown[:59] + "…"
    return Markup("{}: <b>{}</b>").format(talk._(one.title), short)


def _current(tuning: SettingsEditor, one: Setting) -> Any:
    value = tuning.value(one.name)
    return value.get(one.part, "") if one.part else value


def _setting(key: str) -> Setting:
    if key not in SETTINGS:
        raise InvalidCallback
    return SETTINGS[key]


async def show_one(talk: Talk, key: str) -> None:
    talk.edit(*await _page(talk, key, _setting(key)))


async def _page(talk: Talk, key: str, one: Setting) -> tuple[Markup, Buttons]:
    changed = (await settings.read_all(talk.session)).get(one.name)
    where = talk._("Changed in the chat.") if changed is not None else talk._("Same as in the config file.")
    text = Markup("{}\n<b>{}</b>\n\n<i>{}</i>").format(
        talk._(one.title), one.show(talk, _current(talk.context.ports.settings_editor, one)), where
    )
    back = [presses.TAKE_BACK.button(talk._("↩ As in the config file"), key)] if changed is not None else []
    change = [presses.CHANGE.button(talk._("✎ Change"), key)]
    return text, [change, back, [presses.SHOW_ALL.button(talk._("◀ Back"))]]


async def change(talk: Talk, key: str) -> None:
    _setting(key)
    await forms.begin(talk, _form(key))


async def take_back(talk: Talk, key: str) -> None:
    one = _setting(key)
    if await settings.take_back(talk.session, one.name):
        await note_change(talk, one.name, "as in the config file")
    talk.edit(talk._("Reset to the config file's value."), [[presses.SHOW_ALL.button(talk._("◀ Back"))]])


def _form(key: str) -> Form:
    one = SETTINGS[key]

    async def read(talk: Talk) -> Value:
        text = "\n".join(clean(line) for line in talk.text.splitlines()).strip()
        if not text or len(text) > LONGEST:
            raise NotAnAnswer(talk._(one.hint))
        value = one.read(text)
        try:
            talk.context.ports.settings_editor.checked(one.name, _whole(talk.context.ports.settings_editor, one, value))
        except NotValid:
            raise NotAnAnswer(talk._(one.hint)) from None
        return {"value": value}

    async def done(talk: Talk, answers: Answers) -> None:
        given = answers["value"]
        value = given["value"] if isinstance(given, dict) else given
        await _keep(talk, key, one, value)

    question = Question(
        key="value",
        title=lambda talk: talk._(one.title),
        read=read,
        choices=one.choices,
        columns=2,
        ask=lambda talk, _: Markup("{}: <b>{}</b>\n{}").format(
            talk._(one.title), one.show(talk, _current(talk.context.ports.settings_editor, one)), talk._(one.hint)
        ),
    )
    return one_question(f"setting_{key}", question, done, Right.ADMINISTER)


def _whole(tuning: SettingsEditor, one: Setting, value: Any) -> Any:
    """What would stand in the config file: for an entry of a table, the table with this entry changed."""
    if not one.part:
        return value
    rest = {part: text for part, text in tuning.value(one.name).items() if part != one.part}
    return rest if value == "-" else {**rest, one.part: value}


async def _keep(talk: Talk, key: str, one: Setting, value: Any) -> None:
    tuning = talk.context.ports.settings_editor
    before = one.show(talk, _current(tuning, one))
    whole = _whole(tuning, one, value)
    parsed = tuning.checked(one.name, whole)
    await settings.change(talk.session, one.name, whole, talk.person.id, talk.now)
    shown = one.show(talk, parsed.get(one.part, "") if one.part else parsed)
    await note_change(talk, one.name, f"{before} → {shown}")
    await _plan_anew(talk, one.name, parsed)
    talk.say(
        Markup("✓ {}: <b>{}</b>").format(talk._(one.title), shown),
        [
            [presses.TAKE_BACK.button(talk._("↩ As in the config file"), key)],
            [presses.SHOW_ALL.button(talk._("◀ Back"))],
        ],
    )


async def note_change(talk: Talk, name: str, about: str) -> None:
    """In the audit; and it holds here as soon as it is committed."""
    await audit.note(
        talk.session, talk.person.id, OperationAction.SETTING_CHANGED, talk.now, about=f"{name}: {about}"[:500]
    )
    talk.committed.append(talk.context.ports.settings_editor.refresh)


async def _plan_anew(talk: Talk, name: str, parsed: Any) -> None:
    """Reminders that are planned already follow new times."""
    context = talk.context
    leads, quiet = context.settings.lead_times, context.settings.quiet_hours
    if name == "reminders.lead_times":
        leads = tuple(parsed)
    elif name == "reminders.quiet_hours":
        quiet = QuietHours.of(parsed, context.settings.organisation.zone)
    else:
        return
    for row in await activities.coming(talk.session, talk.now):
        await reminders.plan(talk.session, row, leads, talk.now, quiet)
