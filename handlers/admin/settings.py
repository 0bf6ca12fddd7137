"""/settings: what changes often, changed in the chat. It stands over the config file until it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from handlers.admin import presses
from handlers.admin.setting_list import SETTINGS, Setting
from handlers.chat.ports import NotValid, SettingsEditor
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, one_answer
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage import audit
from storage.activities import activities, activity_reminders
from storage.dialogues import Value
from storage.hours.quiet_hours import QuietHours
from storage.operations import settings
from storage.operations.audited import OperationAction
from storage.people.access import Right
from storage.plain_text import clean_paragraph

LONGEST = 1_000


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
    return labelled(talk._, talk._(one.title), Markup("<b>{}</b>").format(short))


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
        await note_change(talk, one.path, "as in the config file")
    talk.edit(talk._("Reset to the config file's value."), [[presses.SHOW_ALL.button(talk._("◀ Back"))]])


@dataclass(frozen=True)
class SettingInput(Input[Any]):
    """What would stand in the config file."""

    setting: Setting

    async def read(self, talk: Talk) -> Any:
        one, editor = self.setting, talk.context.ports.settings_editor
        text = clean_paragraph(talk.text)
        if not text or len(text) > LONGEST:
            raise NotAnAnswer(talk._(one.hint))
        value = one.read(text)
        try:
            editor.checked(one.name, _whole(editor, one, value))
        except NotValid:
            raise NotAnAnswer(talk._(one.hint)) from None
        return value

    def choices(self, talk: Talk) -> Sequence[Choice[Any]]:
        return self.setting.choices(talk)

    def encode(self, value: Any) -> Value:
        return {"value": value}

    def decode(self, stored: Value) -> Any:
        """A button of version 0.7 kept its value bare."""
        return stored["value"] if isinstance(stored, dict) else stored


def _form(key: str) -> Form[Any]:
    one = SETTINGS[key]

    async def done(talk: Talk, value: Any) -> None:
        await _keep(talk, key, one, value)

    def ask(talk: Talk, _draft: object) -> str:
        current = one.show(talk, _current(talk.context.ports.settings_editor, one))
        said = labelled(talk._, talk._(one.title), Markup("<b>{}</b>").format(current))
        return Markup("{}\n{}").format(said, talk._(one.hint))

    question: Question[Any, object] = Question(one.title, ask, SettingInput(one), columns=2)
    return Form(f"setting_{key}", one.title, one_answer(question, "value"), done, review=False, right=Right.ADMINISTER)


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
    await note_change(talk, one.path, f"{before} → {shown}")
    await _replan(talk, one.name, parsed)
    talk.say(
        "✓ " + labelled(talk._, talk._(one.title), Markup("<b>{}</b>").format(shown)),
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


async def _replan(talk: Talk, name: str, parsed: Any) -> None:
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
        await activity_reminders.plan(talk.session, row, leads, talk.now, quiet)
