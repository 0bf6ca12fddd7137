"""A personal link: who keeps the register makes it, and whoever it is for links their entry to their account by it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.honours import presses
from handlers.honours.entries import note
from handlers.i18n.translations import N_
from handlers.inputs.text import CodeInput
from storage.honours import linking, register
from storage.honours.audited import HonourAction
from storage.honours.ids import HonouredId
from storage.honours.linking import DIGITS, Check
from storage.people.access import Right

LINK = "hon"


def _asks(talk: Talk, draft: Digits) -> str:
    organisation = talk.context.settings.organisation.name
    what = talk._("ID number") if draft.is_id_number else talk._("phone number")
    return talk._(
        "{organisation} has you in its register of honours. To link it to this account, write the last four characters "
        "of your {what}. The link is void after three wrong answers."
    ).format(organisation=organisation, what=what)


@dataclass(frozen=True, slots=True)
class Digits:
    secret: str
    is_id_number: bool
    digits: str = asked(
        Question(
            N_("Last characters"),
            _asks,
            CodeInput(DIGITS, DIGITS, N_("Please write exactly four characters.")),
            secret=True,
        ),
        default="",
    )


def register_routes(routes: Routes) -> None:
    routes.press(presses.ASK_TO_LINK, ask_to_make, right=Right.KEEP_HONOURS, writes=False)
    routes.press(presses.MAKE_LINK, make, right=Right.KEEP_HONOURS)
    routes.link(LINK, begin)
    routes.form(_FORM)


async def ask_to_make(talk: Talk, honoured_id: HonouredId) -> None:
    row = await register.find(talk.session, honoured_id)
    asks = talk._(
        "Make a personal link for this entry? An older link stops working; an account that was linked is unlinked, and "
        "its survey answers are deleted."
    )
    go = presses.MAKE_LINK.button(talk._("🔗 Make the link"), row.id)
    ask_first(talk, asks, go, presses.SHOW.button(talk._("◀ Back"), row.id))


async def make(talk: Talk, honoured_id: HonouredId) -> None:
    """It is shown once; who has it still has to know the digits."""
    secret = await linking.issue(talk.session, honoured_id)
    await note(talk, HonourAction.HONOURED_LINK_MADE, await register.find(talk.session, honoured_id))
    address = talk.context.link(f"{LINK}_{secret}")
    said = talk._(
        "Give this link only to this person. It asks for the last characters of their number, and works once."
    )
    talk.edit(
        Markup("{}\n<code>{}</code>").format(said, address),
        [[Button(talk._("📋 Copy link"), copied=address)], [presses.SHOW.button(talk._("◀ Back"), honoured_id)]],
    )


async def begin(talk: Talk, secret: str) -> None:
    row = await linking.find(talk.session, secret)
    await forms.begin(talk, _FORM, Digits(secret, linking.asks_for_id_number(talk.session, row)))


async def _given(talk: Talk, draft: Digits) -> None:
    made = await linking.link(talk.session, draft.secret, talk.person.id, draft.digits, talk.now)
    if made is Check.VOID:
        talk.say(talk._("That's wrong again, so the link no longer works. Please ask for another one."))
    elif made is Check.WRONG:
        talk.say(talk._("That is wrong. Please open the link again."))
    else:
        talk.say(
            talk._(
                "Your account is linked. You'll hear of trips and the yearly survey here; what is kept about you: "
                "/privacy"
            ),
            [[presses.PAGE.button(talk._("🏅 Honours"))]],
        )


_FORM: Form[Digits] = Form("honours_link", N_("Register of honours"), questionnaire(Digits), _given, review=False)
