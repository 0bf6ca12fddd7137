"""/role: admins give and take roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from markupsafe import Markup

from handlers.chat import forms
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.questions import Choice, Form, Question
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.date import day_choices, until_when
from handlers.inputs.person import WHO, person_meant
from handlers.inputs.text import press_a_button
from storage import audit
from storage.database import Refused
from storage.dialogues import Answers, Value
from storage.people import people, roles
from storage.people.access import Right, Role
from storage.people.audited import PeopleAction

ROLES: dict[Role, str] = {
    Role.COORDINATOR: N_("coordinator"),
    Role.COUNSEL: N_("case handler (lawyer, psychologist, union officer)"),
    Role.ADMIN: N_("admin"),
}


class RoleOfTheConfig(Refused):
    """What the config says can't be taken away in the chat."""


def register(routes: Routes) -> None:
    routes.command("role", role, about=N_("Give or remove a role"), right=Right.GRANT_ROLES)
    routes.form(_ROLE)
    routes.notice("role_granted", granted_words)
    routes.notice("role_taken", taken_words)


async def role(talk: Talk) -> None:
    """/role, /role @name, /role 123456, or as a reply to a forwarded message: the first question may be answered."""
    said, answered = talk.text.partition(" ")[2].strip(), talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    await forms.begin(talk, _ROLE, {"who": who} if who else None)


def _changes(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    give = [
        Choice(f"+{name}", talk._("➕ Give: {role}").format(role=talk._(label)), f"+{name}")
        for name, label in ROLES.items()
    ]
    take = [
        Choice(f"-{name}", talk._("➖ Remove: {role}").format(role=talk._(label)), f"-{name}")
        for name, label in ROLES.items()
    ]
    return [choice for pair in zip(give, take, strict=True) for choice in pair]


def _ends(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("none", talk._("No end date"), ""), *day_choices(talk, (7, 30, 365))]


def _show_change(talk: Talk, value: Value) -> str:
    sign, name = str(value)[0], Role(str(value)[1:])
    said = talk._("➕ Give: {role}") if sign == "+" else talk._("➖ Remove: {role}")
    return said.format(role=talk._(ROLES[name]))


async def _done(talk: Talk, answers: Answers) -> None:
    person_id, label = cast("list[Any]", answers["who"])
    change = str(answers["change"])
    given, name = change[0] == "+", Role(change[1:])
    until = datetime.fromisoformat(str(answers["until"])) if answers.get("until") else None
    if given:
        await roles.grant(talk.session, person_id, name.value, talk.person.id, talk.now, until)
    elif name in talk.context.staff.roles_of(person_id):
        raise RoleOfTheConfig
    elif not await roles.take(talk.session, person_id, name.value):
        talk.say(talk._("This person doesn't have that role."))
        return
    act = PeopleAction.ROLE_GRANTED if given else PeopleAction.ROLE_TAKEN
    about = name.value + (f" until {until.isoformat()}" if until else "")
    await audit.note(talk.session, talk.person.id, act, talk.now, subject=person_id, about=about)
    notice = "role_granted" if given else "role_taken"
    talk.notify(person_id, notice, role=name.value, until=until.isoformat() if until else "")
    said = Markup("{}: <b>{}</b>").format(label, _show_change(talk, change))
    if not await people.is_known(talk.session, person_id):
        said += Markup("\n{}").format(talk._("They haven't written to me yet, so I can't notify them."))
    talk.say(said)


_ROLE = Form(
    name="role",
    title=lambda talk: talk._("Role"),
    questions=(
        WHO,
        Question(
            key="change",
            title=lambda talk: talk._("Change"),
            read=press_a_button,
            choices=_changes,
            columns=2,
            show=_show_change,
            ask=lambda talk, _: talk._("What do you want to change?"),
        ),
        until_when(_ends, lambda answers: str(answers.get("change", "+")).startswith("+")),
    ),
    done=_done,
    send_label=lambda talk: talk._("✔ Yes, change"),
    right=Right.GRANT_ROLES,
)


def granted_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = _("You are now: {role}. See what you can do: /help").format(role=_(ROLES[Role(params["role"])]))
    if params["until"]:
        day = datetime.fromisoformat(params["until"]).astimezone(context.settings.organisation.zone)
        text += " " + _("Until {time}.").format(time=f"{day:%Y-%m-%d %H:%M}")
    return Markup("{}").format(text), []


def taken_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    return _("You are no longer: {role}. Thank you for your work.").format(role=_(ROLES[Role(params["role"])])), []
