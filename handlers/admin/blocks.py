"""/block: who floods or abuses is kept out for a while. They still get the hotline, and their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from handlers.admin import presses
from handlers.chat.context import AppContext
from handlers.chat.events import Event
from handlers.chat.press import Button, Buttons, Page, copy_button
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Confirmation, Form, questionnaire
from handlers.forms.questions import Choice, asked
from handlers.i18n.formatting import in_a_line, labelled
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_end
from handlers.inputs.person import WHO, PersonMeant, person_link, person_meant
from handlers.inputs.reason import reason_question
from handlers.inputs.until import End, day_choices, until_when, without_end
from storage import audit, dialogues
from storage.people import blocks, roles
from storage.people.access import Right, Role
from storage.people.audited import PeopleAction
from storage.people.notices import PersonBlocked, PersonLetIn
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class OneOfUs(Refused):
    """Who runs the bot can't be blocked before their role was taken."""


def register(routes: Routes) -> None:
    routes.command("block", block, about=N_("Block someone"), right=Right.ADMINISTER)
    routes.press(presses.BEGIN, begin, right=Right.ADMINISTER)
    routes.press(presses.LIFT, lift, right=Right.ADMINISTER)
    routes.form(_BLOCK)
    routes.event(Event.BLOCKED, say_blocked, writes=False)
    routes.notice(PersonBlocked, blocked_words, reader=RECIPIENT)
    routes.notice(PersonLetIn, let_in_words, reader=RECIPIENT)


async def block(talk: Talk) -> None:
    """/block shows who is kept out; /block @name, /block 123456, or a reply to a forwarded message begins at once."""
    said, answered = talk.incoming.command_argument, talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    if who is not None or said:
        await forms.begin(talk, _BLOCK, BlockDraft(who=who) if who is not None else None)
        return
    talk.say(*await _page(talk))


async def _page(talk: Talk) -> tuple[Markup, Buttons]:
    found = await blocks.newest(talk.session)
    lines = [Markup("🚫 <b>{}</b>").format(talk._("Blocked"))]
    for row, reason in found:
        until = show_end(talk, row.until) if row.until else talk._("no end date")
        who = person_link(PersonMeant(row.person_id, str(row.person_id)))
        lines.append(Markup("{} — {} — {}").format(who, until, reason or "—"))
    if not found:
        lines.append(Markup("{}").format(talk._("Nobody.")))
    rows = [
        [presses.LIFT.button(talk._("🔓 Unblock {who}").format(who=row.person_id), row.person_id)] for row, _ in found
    ]
    return Markup("\n").join(lines), [*rows, [presses.BEGIN.button(talk._("➕ Block someone"))]]


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _BLOCK)


async def lift(talk: Talk, person_id: PersonId) -> None:
    await blocks.lift(talk.session, person_id)
    await audit.note(talk.session, talk.person.id, PeopleAction.PERSON_LET_IN, talk.now, subject=person_id)
    talk.notify(person_id, PersonLetIn())
    talk.committed.append(talk.context.blocks.refresh)
    talk.edit(*await _page(talk))


def _ends(talk: Talk) -> Sequence[End]:
    hour: End = Choice("hour", talk._("for 1 hour"), talk.now + timedelta(hours=1))
    return [hour, *day_choices(talk, (1, 7, 30)), without_end(talk)]


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """`until` None is without an end."""

    who: PersonMeant = asked(WHO)
    reason: str = asked(reason_question(N_("Why? They don't see it; other admins do, in /audit."), 2, 200))
    until: datetime | None = asked(until_when(_ends))


async def _done(talk: Talk, draft: BlockDraft) -> None:
    person_id, label, until, reason = draft.who.id, draft.who.label, draft.until, draft.reason
    held = await roles.held(talk.session, [person_id], talk.now)
    if talk.context.staff.roles_of(person_id, held.get(person_id, ())) - {Role.RIDER, Role.MEMBER}:
        raise OneOfUs
    await blocks.block(talk.session, person_id, reason, talk.person.id, talk.now, until)
    await dialogues.close(talk.session, person_id)
    about = reason + (f" (until {until.isoformat()})" if until else "")
    await audit.note(
        talk.session, talk.person.id, PeopleAction.PERSON_BLOCKED, talk.now, subject=person_id, about=about
    )
    talk.notify(person_id, PersonBlocked(until))
    talk.committed.append(talk.context.blocks.refresh)
    end = show_end(talk, until) if until else talk._("no end date")
    talk.say(
        "🚫 " + labelled(talk._, person_link(draft.who), Markup("<b>{}</b>").format(end)),
        [[presses.LIFT.button(talk._("🔓 Unblock {who}").format(who=label), person_id)]],
    )


def _ask_to_block(talk: Talk, draft: BlockDraft) -> str:
    until = show_end(talk, draft.until) if draft.until else talk._("no end date")
    said = talk._("Block {who}? Until: {until}. They will be told, and can still see the hotline and their own data.")
    return Markup(escape(said)).format(who=person_link(draft.who), until=until)


def _block_label(talk: Talk, draft: BlockDraft) -> str:
    return talk._("🚫 Block {who}").format(who=draft.who.label)


_BLOCK = Form(
    name="block",
    title=N_("Block someone"),
    questionnaire=questionnaire(BlockDraft),
    done=_done,
    confirmation=Confirmation(_ask_to_block, _block_label, N_("✖ Don't change it")),
    right=Right.ADMINISTER,
)


def _sentence(view: View, until: datetime | None) -> Markup:
    said = view._("You can't use this bot at the moment.")
    if until is not None:
        said = view._("You can't use this bot until {time}.").format(time=view.end(until))
    rest = view._("If you need help, call ☎️ {hotline}. See or erase what is stored about you: /privacy")
    return Markup(escape(in_a_line(said, rest.format(hotline=view.context.settings.organisation.hotline))))


async def say_blocked(talk: Talk) -> None:
    """Whatever they do: the hotline."""
    text = _sentence(View(talk.context, talk.language, talk.now), talk.context.blocks.people.get(talk.person.id))
    if talk.incoming.is_press:
        talk.answer_callback(text.striptags(), alert=True)
    else:
        talk.say(text, [[_hotline_button(talk.context)]])


def _hotline_button(context: AppContext) -> Button:
    return copy_button(context.settings.organisation.hotline)


def blocked_words(view: View, notice: PersonBlocked) -> Page:
    return _sentence(view, notice.until), [[_hotline_button(view.context)]]


def let_in_words(view: View, _notice: PersonLetIn) -> Page:
    return view._("You can use this bot again. Share your location to find the nearest station, or see /help."), []
