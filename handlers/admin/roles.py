"""/role: admins give and take roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Confirmation, Form, one_question, questionnaire
from handlers.forms.questions import Choice, Input, Question, asked
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_
from handlers.inputs.person import WHO, PersonMeant, person_link, person_meant
from handlers.inputs.until import End, day_choices, until_when, without_end
from storage import audit
from storage.dialogues import Value
from storage.people import people, roles
from storage.people.access import Right, Role
from storage.people.audited import PeopleAction
from storage.people.notices import RoleGranted, RoleTaken
from storage.refusals import Refused

ROLES: dict[Role, str] = {
    Role.COORDINATOR: N_("coordinator"),
    Role.COUNSEL: N_("case handler (lawyer, psychologist, union officer)"),
    Role.REVIEWER: N_("reviewer (decides at a level: honours, aid)"),
    Role.SCRUTINEER: N_("scrutineer (watches ballots)"),
    Role.ADMIN: N_("admin"),
}
SHORT_ROLES: dict[Role, str] = {
    **ROLES,
    Role.COUNSEL: N_("case handler"),
    Role.REVIEWER: N_("reviewer"),
    Role.SCRUTINEER: N_("scrutineer"),
}
"""For buttons, which a narrow phone cuts."""


class RoleOfTheConfig(Refused):
    """What the config says can't be taken away in the chat."""


def register(routes: Routes) -> None:
    routes.command("role", role, about=N_("Give or remove a role"), right=Right.GRANT_ROLES)
    routes.form(_WHO)
    routes.form(_ROLE)
    routes.notice(RoleGranted, granted_words, reader=RECIPIENT)
    routes.notice(RoleTaken, taken_words, reader=RECIPIENT)


async def role(talk: Talk) -> None:
    """/role, /role @name, /role 123456, or as a reply to a forwarded message: the first question may be answered."""
    said, answered = talk.incoming.command_argument, talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    if who is None:
        await forms.begin(talk, _WHO)
    else:
        await _begin_change(talk, who)


async def _begin_change(talk: Talk, who: PersonMeant) -> None:
    """Asks what makes sense: to give what they lack, and to take what they have by the chat."""
    held = await roles.held(talk.session, [who.id], talk.now)
    fixed = talk.context.staff.roles_of(who.id) - {Role.RIDER}
    given = {role for role in ROLES if role.value in held.get(who.id, ())} - fixed
    await forms.begin(talk, _ROLE, RoleDraft(who, tuple(sorted(given)), tuple(sorted(fixed))))


@dataclass(frozen=True, slots=True)
class Whose:
    who: PersonMeant = asked(WHO)


async def _chosen(talk: Talk, draft: Whose) -> None:
    await _begin_change(talk, draft.who)


_WHO = one_question("role_who", Whose, _chosen, Right.GRANT_ROLES)


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that is given, or taken."""

    is_given: bool
    role: Role


class RoleChangeInput(Input[RoleChange]):
    """Stored as "+coordinator" or "-coordinator"."""

    def show(self, talk: Talk, value: RoleChange) -> str:
        said = talk._("➕ Give: {role}") if value.is_given else talk._("➖ Remove: {role}")
        return said.format(role=talk._(SHORT_ROLES[value.role]))

    def encode(self, value: RoleChange) -> str:
        return ("+" if value.is_given else "-") + value.role.value

    def decode(self, stored: Value) -> RoleChange:
        text = str(stored)
        return RoleChange(text[:1] == "+", Role(text[1:]))


def _ends(talk: Talk) -> Sequence[End]:
    return [without_end(talk), *day_choices(talk, (7, 30, 365))]


def _ask_change(talk: Talk, draft: RoleDraft) -> str:
    """Who it is, what they have, and what cannot be taken here."""
    lines = [Markup("<b>{}</b>").format(person_link(draft.who))]
    lines += [Markup("• {}").format(talk._(ROLES[role])) for role in draft.given]
    fixed = talk._("{role} (set in the config file; can only be removed there)")
    lines += [Markup("• {}").format(fixed.format(role=talk._(ROLES[role]))) for role in draft.fixed]
    if len(lines) == 1:
        lines.append(Markup("{}").format(talk._("They have no role yet.")))
    return Markup("\n").join([*lines, Markup("{}").format(talk._("What do you want to change?"))])


def _changes(talk: Talk, draft: RoleDraft) -> Sequence[Choice[RoleChange]]:
    asks = RoleChangeInput()
    found = []
    for role, name in SHORT_ROLES.items():
        give, take = RoleChange(is_given=True, role=role), RoleChange(is_given=False, role=role)
        if role in draft.given:
            new_end = talk._("⏳ Change end date: {role}").format(role=talk._(name))
            found += [Choice(asks.encode(take), asks.show(talk, take), take), Choice(asks.encode(give), new_end, give)]
        elif role not in draft.fixed:
            found.append(Choice(asks.encode(give), asks.show(talk, give), give))
    return found


def _is_given(draft: RoleDraft) -> bool:
    return draft.change is None or draft.change.is_given


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """`given` are their roles by the chat, `fixed` those by the config. `until` None is without an end."""

    who: PersonMeant
    given: tuple[Role, ...] = ()
    fixed: tuple[Role, ...] = ()
    change: RoleChange | None = asked(
        Question(N_("Change"), _ask_change, RoleChangeInput(), choices=_changes), default=None
    )
    until: datetime | None = asked(until_when(_ends, _is_given), default=None)


async def _done(talk: Talk, draft: RoleDraft) -> None:
    person_id, until = draft.who.id, draft.until
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
    said = _outcome(talk, draft, talk._("{who} is now: {role}."), talk._("{who} is no longer: {role}."))
    if not await people.is_known(talk.session, person_id):
        said += Markup("\n{}").format(talk._("They haven't written to me yet, so I can't notify them."))
    talk.say(said)


def _outcome(talk: Talk, draft: RoleDraft, given: str, taken: str) -> Markup:
    """Whose role it is, in one sentence or the other."""
    if draft.change is None:
        return Markup("")
    said = Markup(escape(given if draft.change.is_given else taken))
    return said.format(who=person_link(draft.who), role=talk._(ROLES[draft.change.role]))


def _ask_to_change(talk: Talk, draft: RoleDraft) -> str:
    give, remove = talk._("Give {who} this role: {role}?"), talk._("Remove this role from {who}: {role}?")
    return _outcome(talk, draft, give, remove)


def _change_label(talk: Talk, draft: RoleDraft) -> str:
    if draft.change is None:
        return talk._("✔ Send")
    said = talk._("✔ Give: {role}") if draft.change.is_given else talk._("✔ Remove: {role}")
    return said.format(role=talk._(SHORT_ROLES[draft.change.role]))


_ROLE = Form(
    name="role",
    title=N_("Role"),
    questionnaire=questionnaire(RoleDraft),
    done=_done,
    confirmation=Confirmation(_ask_to_change, _change_label, N_("✖ Don't change it")),
    right=Right.GRANT_ROLES,
)


def granted_words(view: View, notice: RoleGranted) -> Page:
    text = view._("You are now: {role}. See what you can do: /help").format(role=view._(ROLES[notice.role]))
    if notice.until is not None:
        text = in_a_line(text, view._("Until {time}.").format(time=view.end(notice.until)))
    return Markup("{}").format(text), []


def taken_words(view: View, notice: RoleTaken) -> Page:
    return view._("You are no longer: {role}. Thank you for your work.").format(role=view._(ROLES[notice.role])), []
