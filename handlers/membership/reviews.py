"""/reviews: coordinators decide on applications, each on those of others."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from handlers.chat.feature import AllFeatures
from handlers.chat.press import Buttons, Page
from handlers.chat.readers import RECIPIENT, holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n import formatting, translations
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from handlers.inputs.text import TextInput
from handlers.membership import presses
from handlers.membership.application_form import answer_lines
from handlers.membership.applications import READY, REASONS, reason_words
from handlers.membership.memberships import number_words
from storage.membership import applications, decisions, reviews
from storage.membership.applications import Application, Inquiry
from storage.membership.ids import ApplicationId
from storage.membership.notices import ApplicationRefused, ReviewsLate, ReviewsWait
from storage.people.access import Right


def register(routes: Routes, others: AllFeatures) -> None:
    async def show_queue(talk: Talk) -> None:
        talk.say(*await _everything(talk, others))

    async def show_queue_again(talk: Talk) -> None:
        talk.edit(*await _everything(talk, others))

    routes.command("reviews", show_queue, about=N_("Review applications"), right=Right.REVIEW)
    routes.press(presses.TAKE, take, right=Right.REVIEW)
    routes.press(presses.APPROVE, approve, right=Right.REVIEW)
    routes.press(presses.BEGIN_REFUSAL, begin_refusal, right=Right.REVIEW)
    routes.press(presses.BEGIN_QUESTION, begin_question, right=Right.REVIEW)
    routes.press(presses.RELEASE, release, right=Right.REVIEW)
    routes.press(presses.UNDO, undo, right=Right.REVIEW)
    routes.press(presses.TAKE_NEXT, take_next, right=Right.REVIEW)
    routes.press(presses.SHOW_QUEUE_AGAIN, show_queue_again, right=Right.REVIEW, writes=False)
    routes.form(_REFUSAL)
    routes.form(_QUESTION)
    routes.notice(ReviewsWait, waits_words, reader=holding(Right.REVIEW))
    routes.notice(ReviewsLate, late_words, reader=holding(Right.REVIEW))
    routes.notice(ApplicationRefused, refused_words, reader=RECIPIENT)


async def _everything(talk: Talk, others: AllFeatures) -> tuple[Markup, Buttons]:
    """The applications, and what else waits for a coordinator's word."""
    text, buttons = await _queue(talk)
    found = [duty for one in others.features if one.reviews is not None for duty in await one.reviews(talk)]
    lines = [text, *(Markup("• {}").format(duty.words) for duty in found)]
    return Markup("\n").join(lines), [*buttons, *(duty.buttons for duty in found)]


async def _queue(talk: Talk) -> tuple[Markup, Buttons]:
    """Oldest first, with their age, without a name."""
    found = await reviews.queue(talk.session, talk.person.id)
    if not found.total or found.oldest is None:
        return Markup("{}").format(talk._("✅ No applications waiting.")), []
    lines = [
        Markup("<b>{}</b>").format(
            talk._("Applications waiting: {n}").format(n=translations.number(found.total, talk.language))
        )
    ]
    keys = []
    for at, row in enumerate(found.first, start=1):
        age = formatting.ago(row.waiting_since, talk.now, talk.language)
        free = reviews.is_free(row, talk.person.id, talk.now)
        sign = "" if free else " 🔒"
        lines.append(Markup("{}. {} · {}{}").format(at, row.receipt, age, sign))
        if free:
            keys.append(presses.TAKE.button(f"{at}", row.id))
    return Markup("\n").join(lines), [[presses.TAKE_NEXT.button(talk._("▶ Take the oldest"))], keys]


async def take(talk: Talk, application_id: ApplicationId) -> None:
    row = await reviews.claim(talk.session, application_id, talk.person.id, talk.now)
    await _show(talk, row)


async def take_next(talk: Talk) -> None:
    row = await reviews.next_for(talk.session, talk.person.id, talk.now)
    if row is None:
        talk.edit(talk._("✅ No applications waiting."))
        return
    await _show(talk, row)


async def _show(talk: Talk, row: Application) -> None:
    """The whole application. That it was read is noted."""
    await decisions.read(talk.session, row, talk.person.id, talk.now)
    content = applications.content_of(talk.session, row)
    pictures = [content.answers.get("proof"), *(one.picture for one in content.exchange)]
    for proof in filter(None, pictures):
        talk.send("sendPhoto", {"photo": proof, "caption": row.receipt, "protect_content": True}, [])
    lines = [
        f"<b>{escape(row.receipt)}</b> · {escape(formatting.ago(row.waiting_since, talk.now, talk.language))}",
        *answer_lines(talk, content.answers),
    ]
    lines += [f"❓ {escape(one.question)}\n💬 {escape(_answer_words(talk, one))}" for one in content.exchange]
    doubles = await applications.doubles(talk.session, row)
    if doubles:
        others = (one if isinstance(one, str) else number_words(talk._, one) for one in doubles)
        said = talk._("Same phone or ID number: {others}").format(others=formatting.listed(others, talk.language))
        lines.append(f"⚠️ <b>{escape(said)}</b>")
        hint = talk._("Anyone can type these numbers: don't tell the applicant, but ask them to call.")
        lines.append(f"<i>{escape(hint)}</i>")
    assigned = talk._("Assigned to you for 30 minutes.")
    lines.append(f"<i>{escape(assigned)}</i>")
    talk.say_protected(
        Markup("\n".join(lines)),
        [
            [presses.APPROVE.button(talk._("✔ Approve"), row.id)],
            [
                presses.BEGIN_QUESTION.button(talk._("❓ Ask a question"), row.id),
                presses.BEGIN_REFUSAL.button(talk._("✖ Refuse"), row.id),
            ],
            [presses.RELEASE.button(talk._("Release"), row.id)],
        ],
    )


def _answer_words(talk: Talk, one: Inquiry) -> str:
    return one.answer or (talk._("a picture") if one.picture else "—")


def _after(talk: Talk, application_id: ApplicationId) -> Buttons:
    return [
        [presses.UNDO.button(talk._("↶ Undo (5 minutes)"), application_id)],
        [presses.TAKE_NEXT.button(talk._("▶ Next"))],
    ]


async def approve(talk: Talk, application_id: ApplicationId) -> None:
    row, member = await decisions.approve(talk.session, application_id, talk.person.id, talk.now)
    said = talk._("✅ {receipt} is approved: {number}").format(
        receipt=row.receipt, number=number_words(talk._, member.number)
    )
    talk.edit(said, _after(talk, row.id))


async def release(talk: Talk, application_id: ApplicationId) -> None:
    await reviews.release(talk.session, application_id, talk.person.id, talk.now)
    talk.edit(*await _queue(talk))


async def undo(talk: Talk, application_id: ApplicationId) -> None:
    row = await decisions.undo(talk.session, application_id, talk.person.id, talk.now)
    talk.edit(talk._("Undone. {receipt} is assigned to you again.").format(receipt=row.receipt))
    await _show(talk, row)


async def begin_refusal(talk: Talk, application_id: ApplicationId) -> None:
    await reviews.claim(talk.session, application_id, talk.person.id, talk.now)
    await forms.begin(talk, _REFUSAL, Refusal(id=application_id))


async def _refused(talk: Talk, draft: Refusal) -> None:
    row = await decisions.refuse(talk.session, draft.id, talk.person.id, draft.reason, talk.now)
    talk.say(
        talk._("{receipt} was refused; the applicant will read the reason.").format(receipt=row.receipt),
        _after(talk, row.id),
    )


async def begin_question(talk: Talk, application_id: ApplicationId) -> None:
    await reviews.claim(talk.session, application_id, talk.person.id, talk.now)
    await forms.begin(talk, _QUESTION, QuestionBack(id=application_id))


async def _asked(talk: Talk, draft: QuestionBack) -> None:
    await decisions.ask(talk.session, draft.id, talk.person.id, draft.question, talk.now)
    talk.say(
        talk._("The question has been sent. The application will come back with the answer."),
        [[presses.TAKE_NEXT.button(talk._("▶ Next"))]],
    )


def _reasons(talk: Talk, _draft: object) -> list[Choice[str]]:
    return [Choice(key, talk._(label), key) for key, label in READY.items()]


def _ask_reason(talk: Talk, _draft: object) -> str:
    """With the sentences that the buttons stand for."""
    said = talk._("Why? The applicant will read this. Choose, or write 5 to 500 characters.")
    ready = ["• " + labelled(talk._, talk._(READY[key]), talk._(reason)) for key, reason in REASONS.items()]
    return Markup("\n").join([Markup(said), *ready])


@dataclass(frozen=True, slots=True)
class Refusal:
    id: ApplicationId
    reason: str = asked(reason_question(_ask_reason, 5, 500, ready=_reasons))


@dataclass(frozen=True, slots=True)
class QuestionBack:
    id: ApplicationId
    question: str = asked(
        Question(
            N_("Question"),
            N_("What do you want to know? The applicant will read it exactly as you write it."),
            TextInput(5, 500),
        )
    )


_REFUSAL = one_question("refusal", Refusal, _refused, Right.REVIEW)
_QUESTION = one_question("question_back", QuestionBack, _asked, Right.REVIEW)


def waits_words(view: View, notice: ReviewsWait) -> Page:
    """The one message by which a coordinator hears that applications wait."""
    if not notice.count:
        return view._("✅ No applications waiting."), []
    lines = [view._("📝 Applications waiting: {n}").format(n=translations.number(notice.count, view.language))]
    if notice.answered:
        receipts = formatting.listed((one.receipt for one in notice.answered), view.language)
        lines.insert(0, view._("💬 Your question was answered: {receipts}").format(receipts=receipts))
    rows = [[presses.TAKE.button(f"▶ {one.receipt}", one.application_id)] for one in notice.answered]
    return "\n".join(lines), [*rows, [presses.TAKE_NEXT.button(view._("▶ Take the oldest"))]]


def late_words(view: View, notice: ReviewsLate) -> Page:
    text = view.plural(
        "⏰ {n} application has been waiting for more than {days} days.",
        "⏰ {n} applications have been waiting for more than {days} days.",
        notice.count,
    ).format(n=translations.number(notice.count, view.language), days=notice.days)
    return text, [[presses.TAKE_NEXT.button(view._("▶ Take the oldest"))]]


def refused_words(view: View, notice: ApplicationRefused) -> Page:
    text = Markup("<b>{}</b>\n<blockquote>{}</blockquote>\n{}").format(
        view._("Your application {receipt} was not accepted.").format(receipt=notice.receipt),
        reason_words(view.language, notice.reason),
        view._("You can apply again: /join. Your answers have been kept."),
    )
    return text, []
