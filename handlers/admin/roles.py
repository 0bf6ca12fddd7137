"""/role: admins give and take roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.person import WHO, PersonMeant, person_meant
from handlers.inputs.until import End, day_choices, until_when, without_end
from storage import audit
from storage.database import Refused
from storage.dialogues import Value
from storage.people import people, roles
from storage.people.access import Right, Role
from storage.people.audited import PeopleAction
from storage.people.notices import RoleGranted, RoleTaken

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
    routes.notice(RoleGranted, granted_words, reader=RECIPIENT)
    routes.notice(RoleTaken, taken_words, reader=RECIPIENT)


async def role(talk: Talk) -> None:
    """/role, /role @name, /role 123456, or as a reply to a forwarded message: the first question may be answered."""
    said, answered = talk.incoming.command_argument, talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    await forms.begin(talk, _ROLE, RoleDraft(who=who) if who is not None else None)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that is given, or taken."""

    is_given: bool
    role: Role


class RoleChangeInput(Input[RoleChange]):
    """Stored as "+coordinator" or "-coordinator"."""

    def choices(self, talk: Talk) -> Sequence[Choice[RoleChange]]:
        changes = [RoleChange(is_given, role) for role in ROLES for is_given in (True, False)]
        return [Choice(self.encode(change), self.show(talk, change), change) for change in changes]

    def show(self, talk: Talk, value: RoleChange) -> str:
        said = talk._("➕ Give: {role}") if value.is_given else talk._("➖ Remove: {role}")
        return said.format(role=talk._(ROLES[value.role]))

    def encode(self, value: RoleChange) -> str:
        return ("+" if value.is_given else "-") + value.role.value

    def decode(self, stored: Value) -> RoleChange:
        text = str(stored)
        return RoleChange(text[:1] == "+", Role(text[1:]))


def _ends(talk: Talk) -> Sequence[End]:
    return [without_end(talk), *day_choices(talk, (7, 30, 365))]


def _is_given(draft: RoleDraft) -> bool:
    return draft.change is None or draft.change.is_given


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """`until` None is without an end."""

    who: PersonMeant = asked(WHO)
    change: RoleChange | None = asked(
        Question(N_("Change"), N_("What do you want to change?"), RoleChangeInput(), columns=2), default=None
    )
    until: datetime | None = asked(until_when(_ends, _is_given), default=None)


async def _done(talk: Talk, draft: RoleDraft) -> None:
    person_id, label, until = draft.who.id, draft.who.label, draft.until
    if draft.change is None:
        return
    given, name = draft.change.is_given, draft.change.role
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
    talk.notify(person_id, RoleGranted(name, until) if given else RoleTaken(name))
    said = Markup("{}: <b>{}</b>").format(label, RoleChangeInput().show(talk, draft.change))
    if not await people.is_known(talk.session, person_id):
        said += Markup("\n{}").format(talk._("They haven't written to me yet, so I can't notify them."))
    talk.say(said)


_ROLE = Form(
    name="role",
    title=N_("Role"),
    questionnaire=questionnaire(RoleDraft),
    done=_done,
    send_label=N_("✔ Yes, change"),
    right=Right.GRANT_ROLES,
)


def granted_words(view: View, notice: RoleGranted) -> Page:
    text = view._("You are now: {role}. See what you can do: /help").format(role=view._(ROLES[notice.role]))
    if notice.until is not None:
        text += " " + view._("Until {time}.").format(time=view.end(notice.until))
    return Markup("{}").format(text), []


def taken_words(view: View, notice: RoleTaken) -> Page:
    return view._("You are no longer: {role}. Thank you for your work.").format(role=view._(ROLES[notice.role])), []
