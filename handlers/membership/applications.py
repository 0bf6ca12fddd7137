"""/join: from the consent to the receipt, where the application stands, and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.consent import JOIN, wording
from handlers.membership import memberships, presses
from handlers.membership.application_form import QUESTIONNAIRE, JoinDraft, joining
from handlers.membership.inputs import Reply, ReplyInput
from storage.dialogues import Answers, Filled
from storage.membership import applications
from storage.membership import memberships as kept_memberships
from storage.membership.applications import Application, ApplicationState, NothingOpen
from storage.membership.ids import ApplicationId
from storage.membership.notices import ApplicationAsked
from storage.privacy import consents

_SUBJECT = Subject(
    N_("🪪 Join the union"),
    {
        "zh_Hans": "入会、加入、工会、会员、会费",
        "en": "join, joining, member, membership, union",
    },
)
STATES: dict[ApplicationState, str] = {
    ApplicationState.WAITING: N_("⏳ waiting for a coordinator"),
    ApplicationState.ASKED: N_("❓ a coordinator has a question for you"),
    ApplicationState.APPROVED: N_("✅ approved"),
    ApplicationState.REFUSED: N_("❌ not accepted"),
    ApplicationState.WITHDRAWN: N_("withdrawn"),
}


def register(routes: Routes) -> None:
    routes.command("join", join, writes=False, about=N_("Join the union"), subject=_SUBJECT)
    routes.press(presses.AGREE, agree, shares_transaction=True)
    routes.press(presses.DO_NOT_AGREE, do_not_agree, writes=False)
    routes.press(presses.ASK_TO_WITHDRAW, ask_to_withdraw, writes=False)
    routes.press(presses.WITHDRAW, withdraw)
    routes.press(presses.BEGIN_ANSWER, begin_answer)
    routes.form(_JOINING)
    routes.form(_ANSWER)
    routes.notice(ApplicationAsked, asked_words, reader=RECIPIENT)


async def join(talk: Talk) -> None:
    """Where it stands, or what is to be agreed to before the first question."""
    standing = await applications.applicant(talk.session, talk.person.id, talk.now)
    member = await kept_memberships.of(talk.session, talk.person.id) if standing.is_member else None
    if member is not None:
        talk.say(*memberships.member_words(talk, member))
        return
    row = await applications.latest_of(talk.session, talk.person.id) if standing.has_applied else None
    if row is not None:
        talk.say(*status(talk, row))
        return
    talk.say(
        wording(talk, JOIN),
        [
            [presses.AGREE.button(talk._("✅ I agree"), JOIN.version)],
            [presses.DO_NOT_AGREE.button(talk._("No, thank you"))],
        ],
    )


async def agree(talk: Talk, version: int) -> None:
    """The consent is kept with its version and time; then the first question, or the answers of last time."""
    if version != JOIN.version:
        talk.say(talk._("The terms have changed. Please read them again: /join"))
        return
    standing = await applications.applicant(talk.session, talk.person.id, talk.now)
    standing.require_may_apply()
    await consents.give(talk.session, talk.person.id, JOIN.purpose, JOIN.version, talk.now)
    kept = standing.answers
    talk.remove_buttons()
    if kept:
        talk.say(talk._("Here are your answers from last time. Change whatever needs changing."))
    context: Answers = {"id_number_is": talk.context.settings.joining.id_number}
    await forms.resume(talk, _JOINING, Filled(answers=dict(kept), context=context))


async def do_not_agree(talk: Talk) -> None:
    talk.edit(
        talk._("Then I won't ask or store anything. Everything else works as before, and you can /join at any time.")
    )


async def _done(talk: Talk, draft: JoinDraft) -> None:
    await consents.require(talk.session, talk.person.id, JOIN.purpose, JOIN.version)
    answers = QUESTIONNAIRE.answers_of(draft)
    row = await applications.apply(talk.session, talk.person.id, answers, JOIN.version, talk.now)
    text = Markup(
        talk._(
            "<b>Sent. Your receipt number is {receipt}.</b>\n"
            "A coordinator will review it, usually within two days, and I'll let you know. See its status "
            "any time: /my"
        )
    ).format(receipt=row.receipt)
    talk.say(text, [[_withdraw_button(talk)]])


_JOINING = joining(_done)


def _withdraw_button(talk: Talk) -> Button:
    return presses.ASK_TO_WITHDRAW.button(talk._("↩ Withdraw"))


def status(talk: Talk, row: Application) -> tuple[Markup, Buttons]:
    """Where it stands, with what can be done about it."""
    content = applications.content_of(talk.session, row)
    lines = [
        Markup("<b>{}</b>").format(talk._("Your application {receipt}").format(receipt=row.receipt)),
        Markup("{}").format(talk._(STATES[row.state])),
    ]
    rows: list[list[Button]] = []
    if row.state == ApplicationState.ASKED:
        lines.append(Markup("<blockquote>{}</blockquote>").format(content.exchange[-1].question))
        rows.append([presses.BEGIN_ANSWER.button(talk._("✍ Answer"), row.id)])
    if row.state == ApplicationState.REFUSED:
        lines.append(Markup("<blockquote>{}</blockquote>").format(reason_words(talk.language, content.reason)))
        lines.append(Markup("{}").format(talk._("You can apply again: /join. Your answers have been kept.")))
    if row.state in applications.OPEN:
        rows.append([_withdraw_button(talk)])
    return Markup("\n").join(lines), rows


def reason_words(language: str, reason: str) -> str:
    """A ready reason in the reader's language, or what the reviewer wrote."""
    return translations.translator(language)(REASONS[reason]) if reason in REASONS else reason


REASONS: dict[str, str] = {
    "@picture": N_("The picture can't be read or shows a different name. Please send a new one."),
    "@work": N_("This union is for riders, couriers and drivers; your application shows a different kind of work."),
    "@area": N_("You work outside this union's area. The hotline can tell you which union covers yours."),
    "@twice": N_("This can't be settled in the chat. Please call the union's hotline about your application."),
}
"""What a tired coordinator can press instead of writing. Whether somebody else has applied with the same number is told
to nobody: who typed it may not be its owner."""
READY: dict[str, str] = {
    "@picture": N_("Picture unreadable"),
    "@work": N_("Other kind of work"),
    "@area": N_("Outside our area"),
    "@twice": N_("Call the hotline"),
}
"""On their buttons, which a narrow phone cuts after about 12 Chinese characters."""


async def ask_to_withdraw(talk: Talk) -> None:
    talk.edit(
        talk._("Withdraw your application? You can apply again at any time."),
        [
            [presses.WITHDRAW.button(talk._("↩ Withdraw the application"))],
            [presses.KEEP.button(talk._("Don't withdraw"))],
        ],
    )


async def withdraw(talk: Talk) -> None:
    row = await applications.withdraw(talk.session, talk.person.id, talk.now)
    talk.edit(talk._("Withdrawn: {receipt}.").format(receipt=row.receipt))


async def begin_answer(talk: Talk, application_id: ApplicationId) -> None:
    row = await applications.open_of(talk.session, talk.person.id)
    if row is None or row.id != application_id or row.state != ApplicationState.ASKED:
        raise NothingOpen
    question = applications.content_of(talk.session, row).exchange[-1].question
    await forms.begin(talk, _ANSWER, ApplicationAnswer(question=question))


def _ask_answer(talk: Talk, draft: ApplicationAnswer) -> str:
    said = talk._("Please write your answer, up to 1,000 characters, or send a picture.")
    return Markup("<blockquote>{}</blockquote>\n{}").format(draft.question, said)


@dataclass(frozen=True, slots=True)
class ApplicationAnswer:
    """To what a coordinator asked back."""

    question: str
    answer: Reply | None = asked(Question(N_("Answer"), _ask_answer, ReplyInput()), default=None)


async def _answered(talk: Talk, draft: ApplicationAnswer) -> None:
    assert draft.answer is not None
    reply = draft.answer
    row = await applications.answer(talk.session, talk.person.id, reply.text, reply.picture, talk.now)
    talk.say(talk._("Thank you. Your answer has been added to your application {receipt}.").format(receipt=row.receipt))


_ANSWER = one_question("application_answer", ApplicationAnswer, _answered)


def asked_words(view: View, notice: ApplicationAsked) -> Page:
    """The question of a reviewer, to the applicant."""
    text = Markup("<b>{}</b>\n<blockquote>{}</blockquote>").format(
        view._("A coordinator has a question about your application:"), escape(notice.question)
    )
    return text, [[presses.BEGIN_ANSWER.button(view._("✍ Answer"), notice.application_id)]]
