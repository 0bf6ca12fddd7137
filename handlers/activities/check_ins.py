"""The door: a code that riders scan, which changes every minute; or a number or name typed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from markupsafe import Markup

from handlers.activities import presses
from handlers.activities.attendance import STATES, find_activity, names_of
from handlers.chat.incoming import Json
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n import translations
from handlers.i18n.translations import N_, plural_in
from handlers.inputs.text import TextInput
from storage.activities import activities, attendance, check_ins, participants
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId
from storage.activities.participants import SignUp
from storage.database import Database
from storage.membership import memberships
from storage.membership.ids import MemberNumber
from storage.people.access import Right, Role
from storage.plain_text import clean_code
from storage.telegram_ids import ChatId, MessageId, PersonId


def register(routes: Routes) -> None:
    right = Right.RUN_ACTIVITIES
    routes.command("checkin", choose_activity, about=N_("Check in at the door"), right=right, writes=False)
    routes.press(presses.OPEN_DOOR, open_door, right=right, writes=False)
    routes.press(presses.BEGIN_TYPING, begin_typing, right=right)
    routes.link("ci", check_in)
    routes.form(_TYPED)


async def choose_activity(talk: Talk) -> None:
    """/checkin: what happens now and soon; the door at once where it can only be one."""
    near = [
        row
        for row in await activities.coming(talk.session, talk.now - check_ins.OPEN_AFTER)
        if row.starts_at - check_ins.OPEN_BEFORE <= talk.now <= row.ends_at + check_ins.OPEN_AFTER
    ]
    if not near:
        talk.say(talk._("Nothing starts within two hours. See what is planned: /activity"))
        return
    if len(near) == 1:
        await open_door(talk, near[0].id)
        return
    talk.say(talk._("For which activity?"), [[presses.OPEN_DOOR.button(row.title[:60], row.id)] for row in near])


async def open_door(talk: Talk, activity_id: ActivityId) -> None:
    """Shows the code as a picture, which then changes every minute by itself."""
    row = await find_activity(talk, activity_id)
    if not is_open(row, talk.now):
        raise activities.ActivityOver
    link = talk.context.link("ci_" + check_ins.code(talk.session, row.id, check_ins.window(talk.now)))
    png = await talk.context.ports.painter.qr_png(link, row.title)
    figures = (await attendance.figures(talk.session, [row.id]))[row.id]
    caption = door_caption(row.title, figures.came, talk.language)
    until = row.ends_at + check_ins.OPEN_AFTER
    after = partial(_remember_door, talk.context.database, talk.chat_id, row.id, until, check_ins.window(talk.now))
    talk.photo(png, caption, [[presses.BEGIN_TYPING.button(talk._("⌨ Type a number or name"), row.id)]], after=after)


def is_open(row: Activity, now: datetime) -> bool:
    """Whether people can still be checked in."""
    return row.state == ActivityState.PUBLISHED and row.ends_at + check_ins.OPEN_AFTER > now


def door_caption(title: str, came: int, language: str) -> Markup:
    _ = translations.translator(language)
    return Markup("<b>{}</b>\n{}\n{}").format(
        title,
        _("Riders scan this to check in. It changes every minute."),
        plural_in(language, "{n} person has come.", "{n} people have come.", came).format(n=came),
    )


async def _remember_door(
    database: Database, chat_id: ChatId, activity_id: ActivityId, until: datetime, window: int, sent: Json
) -> None:
    async with database.writing() as session:
        await check_ins.open_door(session, chat_id, MessageId(sent["message_id"]), activity_id, until, window)


async def check_in(talk: Talk, code: str) -> None:
    """A rider scanned the code at the door, `ci_<code>`."""
    activity_id = check_ins.read(talk.session, code, talk.now)
    row = await activities.published(talk.session, activity_id)
    if not row.starts_at - check_ins.OPEN_BEFORE <= talk.now <= row.ends_at + check_ins.OPEN_AFTER:
        raise check_ins.CodeIsOld
    is_member = Role.MEMBER in talk.person.roles
    mine = await attendance.check_in(talk.session, activity_id, talk.person.id, talk.now, is_member=is_member)
    said = (
        talk._("👋 Welcome! There was a free place, and it's yours.")
        if mine.walked_in
        else talk._("👋 Welcome! You are checked in.")
    )
    talk.say(Markup("{}\n<b>{}</b>").format(said, row.title))


async def begin_typing(talk: Talk, activity_id: ActivityId) -> None:
    await forms.begin(talk, _TYPED, Arrival(id=activity_id))


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody at the door, as the organiser types who it is."""

    id: ActivityId
    who: str = asked(
        Question(
            N_("Who"),
            N_("What is the sign-up number, the member number, or the member's name?"),
            TextInput(1, 60, N_("Write a sign-up number, a member number, or a member's name.")),
        )
    )


_NUMBER_SIGN = re.compile(r"^(№|no\.|会员号)\s*", re.IGNORECASE)
"""In front of a number, as version 0.7, an English and a Chinese card have it."""


async def _typed(talk: Talk, draft: Arrival) -> None:
    """By the number of the place, by the member number, or by a member's name."""
    activity_id, text = draft.id, _NUMBER_SIGN.sub("", draft.who).strip()
    number = clean_code(text)
    people = await participants.people_of(talk.session, activity_id, tuple(STATES))
    names = await names_of(talk, people, f"activity {activity_id} at the door")
    numbers = await participants.numbers(talk.session, activity_id)
    found = [one for one in people if number == str(numbers[one.id]) or text == names.get(one.person_id)]
    if not found and number.isascii() and number.isdigit() and len(number) < 10:
        member = await memberships.by_number(talk.session, MemberNumber(int(number)))
        found = [one for one in people if member is not None and one.person_id == member.person_id]
    again = [[presses.BEGIN_TYPING.button(talk._("⌨ Type a number or name"), activity_id)]]
    if not found:
        missing = Markup(talk._("I can't find “{who}” here. Please check the name or the number."))
        talk.say(missing.format(who=draft.who), again)
        return
    if len(found) != 1:
        talk.say(
            talk.plural(
                "{n} person matches. Please use the sign-up number.",
                "{n} people match. Please use the sign-up number.",
                len(found),
            ).format(n=len(found)),
            again,
        )
        return
    row = await let_in(talk, activity_id, found[0].person_id)
    name = names.get(row.person_id, "")
    talk.say(
        Markup("👋 {} <b>{}</b> {}").format(talk._("Checked in:"), await participants.number(talk.session, row), name),
        again,
    )


async def let_in(talk: Talk, activity_id: ActivityId, person_id: PersonId) -> SignUp:
    """Staff at the door see that somebody has come; see `attendance.check_in` for what forbids it."""
    is_member = await memberships.of(talk.session, person_id) is not None
    return await attendance.check_in(talk.session, activity_id, person_id, talk.now, is_member=is_member)


_TYPED = one_question("check_in", Arrival, _typed, Right.RUN_ACTIVITIES)
