"""The desks as riders meet them: what a desk is, its form, the number, where a case stands, closing and reopening.

What is said in a case is in handlers/cases/messages/conversation.py; the handlers' side in handlers/cases/desk.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from handlers.cases import answers, closing, ladder, opening, presses
from handlers.cases import format as words
from handlers.cases.collective import rider_notices
from handlers.cases.desk_form import DeskDraft, desk_form, form_name
from handlers.cases.messages.conversation import enter_as_rider
from handlers.cases.opening import NOTHING_AFTER, AfterOpening
from handlers.chat.feature import Overview
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import Button, Buttons, InvalidCallback, Page, copy_button
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form
from handlers.inputs.consent import desk_wording, folded_wording, wording_for
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import deadlines as case_deadlines
from storage.cases import drafts as case_drafts
from storage.cases.desks import AskType, Desk, Desks, Words
from storage.cases.ids import CaseId
from storage.cases.notices import CaseClaimed, CaseEnded, CaseReopened, ClosedByDesk
from storage.cases.table import Case, CaseState, Outcome, content_of
from storage.dialogues import Filled
from storage.privacy import consents


def register(routes: Routes, desks: Desks, after: AfterOpening) -> None:
    """`after`: what other features do once a case is opened."""
    for desk in desks.values():
        subject = Subject(_named(desk), desk.keywords)
        if not desk.feature:
            routes.command(desk.command, partial(open_desk, desk), about=desk.about, subject=subject)
        routes.form(form_of(desk, after))
    routes.press(presses.OPEN_DESK, open_by_key)
    routes.press(presses.AGREE_MINE, agree)
    routes.press(presses.AGREE_AS, agree_as)
    routes.press(presses.GO_ON_WITH_DRAFT, go_on_with_draft)
    routes.press(presses.DO_NOT_AGREE, do_not_agree, writes=False)
    routes.press(presses.DO_NOT_AGREE_0_7, do_not_agree_to_any, writes=False)
    routes.press(presses.SHOW_CASE, show_case, writes=False)
    routes.press(presses.ASK_TO_CLOSE, ask_to_close, writes=False)
    routes.press(presses.CLOSE_MINE, close)
    routes.press(presses.REOPEN, reopen)
    routes.press(presses.RATE, rate)
    routes.notice(ClosedByDesk, closed_words, reader=RECIPIENT)
    routes.notice(CaseClaimed, claimed_words, reader=RECIPIENT)


def _named(desk: Desk) -> Words:
    return {language: f"{desk.emoji} {title}" for language, title in desk.title.items()}


def form_of(desk: Desk, after: AfterOpening = NOTHING_AFTER) -> Form[DeskDraft]:
    """The form as it is registered knows what comes after: its end is reached there alone, whatever began it."""
    return desk_form(desk, partial(opening.opened, desk, after), partial(_save, desk), after.own_files)


async def open_desk(desk: Desk, talk: Talk) -> None:
    """What the desk is and is not, who reads it, and what is to be agreed to before the first question. Who has saved a
    form and agreed to this comes back to the form first."""
    version = wording_for(desk).version
    text, rows = desk_wording(talk, desk), _starts(talk, desk, talk._("✅ I agree, let's start"))
    if await case_drafts.find(talk.session, talk.person.id, desk.key, talk.now) is not None:
        go_on = presses.GO_ON_WITH_DRAFT.button(talk._("💾 Continue my saved form"), desk.key, version)
        if await has_agreed(talk, desk):
            text = folded_wording(talk, desk)
            rows = [[go_on], *_starts(talk, desk, talk._("🆕 Start a new form"))]
        else:
            rows.append([go_on])
    mine = await case_access.cases_of(talk.session, talk.person.id)
    here = [row for row in mine if row.desk == desk.key and row.state != CaseState.CLOSED]
    rows += [[presses.SHOW_CASE.button(f"{desk.emoji} {row.number}", row.id)] for row in here[:8]]
    rows += answers.page_buttons(talk, desk)
    standing = [line for row in here[:8] for line in [ladder.standing(talk, row)] if line]
    if standing:
        text = Markup("\n").join([*standing, Markup(""), text])
    talk.say(text, [*rows, [presses.DO_NOT_AGREE.button(talk._("No, thank you"), desk.key)]])


def _starts(talk: Talk, desk: Desk, label: str) -> list[list[Button]]:
    """The ways to begin: one, or with a name and without."""
    version = wording_for(desk).version
    if desk.asks[0].type is not AskType.ANONYMOUS:
        return [[presses.AGREE_MINE.button(label, desk.key, version)]]
    return [
        [presses.AGREE_AS.button(talk._("💬 I agree: you can reply to me"), desk.key, version, "no")],
        [presses.AGREE_AS.button(talk._("🙈 I agree, anonymously: no reply"), desk.key, version, "yes")],
    ]


async def open_by_key(talk: Talk, key: str) -> None:
    """From a feature's page."""
    desk = talk.context.settings.desks.get(key)
    if desk is None:
        raise InvalidCallback
    await open_desk(desk, talk)


async def has_agreed(talk: Talk, desk: Desk) -> bool:
    """To the wording as it stands now."""
    return await consents.version_of(talk.session, talk.person.id, desk.purpose) == wording_for(desk).version


async def do_not_agree(talk: Talk, key: str) -> None:
    """Whoever would rather call hears the numbers of this desk."""
    desk = talk.context.settings.desks.get(key)
    _name_hotlines(talk, desk.hotlines if desk is not None else ())


async def do_not_agree_to_any(talk: Talk) -> None:
    _name_hotlines(talk, ())


def _name_hotlines(talk: Talk, numbers: Sequence[str]) -> None:
    numbers = numbers or (talk.context.settings.organisation.hotline,)
    said = talk._("Then I won't ask or store anything. If you would rather talk to someone: ☎️ {hotline}.")
    talk.edit(said.format(hotline=" / ".join(numbers)), [[copy_button(number)] for number in numbers])


async def agree(talk: Talk, key: str, version: int) -> None:
    """The consent is kept with its version and time; then the first question."""
    desk = await consented(talk, key, version)
    await forms.begin(talk, form_of(desk))


async def agree_as(talk: Talk, key: str, version: int, choice: str) -> None:
    """The same where the first question is answered by it."""
    desk = await consented(talk, key, version)
    form = form_of(desk)
    asked = form.questions[0]
    chosen = next((one for one in asked.input.choices(talk) if one.id == choice), None)
    if chosen is None:
        raise InvalidCallback
    await forms.resume(talk, form, Filled(answers={asked.key: asked.input.encode(chosen.value)}))


async def go_on_with_draft(talk: Talk, key: str, version: int) -> None:
    desk = await consented(talk, key, version)
    filled = await case_drafts.find(talk.session, talk.person.id, key, talk.now)
    if filled is None and talk.person.form == form_name(desk):
        return  # the second of two quick taps: the form is open
    await case_drafts.drop(talk.session, talk.person.id, key)
    filled = filled or Filled()
    form = form_of(desk)
    answered = [one.key for one in form.questionnaire.asked if filled.answers.get(one.key) is not None]
    await forms.resume(talk, form, filled, answered)


async def consented(talk: Talk, key: str, version: int) -> Desk:
    desk = talk.context.settings.desks.get(key)
    if desk is None:
        raise InvalidCallback
    if version != wording_for(desk).version:
        raise consents.NoConsent
    await cases.check_room(talk.session, talk.person.id, key, desk.daily_limit, talk.now)
    await consents.give(talk.session, talk.person.id, desk.purpose, version, talk.now)
    talk.remove_buttons()
    return desk


async def _save(desk: Desk, talk: Talk, filled: Filled) -> None:
    await case_drafts.save(talk.session, talk.person.id, desk.key, filled, talk.now)
    said = talk.plural(
        "Saved for {n} day. /{command} takes you back to it.",
        "Saved for {n} days. /{command} takes you back to it.",
        case_drafts.KEPT.days,
    ).format(n=case_drafts.KEPT.days, command=desk.command)
    talk.say(said, keyboard=location_keyboard(talk))


async def show_case(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_rider(talk.session, case_id, talk.person.id)
    talk.edit(*await case_page(talk, row))


async def case_page(talk: Talk, row: Case) -> tuple[Markup, Buttons]:
    """Of one's own case, with what can be done about it."""
    context, content = talk.context, content_of(talk.session, row)
    lines = [
        words.heading(context, row, talk.language),
        Markup("{}").format(words.state_words(row, talk.language)),
        *words.summary_lines(context, row, content, talk.language),
        *words.due_lines(context, row, talk.now, talk.language),
        *await ladder.lines(talk, row),
        *await rider_notices.lines(talk, row),
    ]
    limits = (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]
    said = words.limit_lines(context, limits, talk.local_today, talk.language)
    if said and row.state != CaseState.CLOSED:
        lines += [
            Markup("<b>{}</b>").format(talk._("Deadlines that may apply (information, not legal advice):")),
            *said,
        ]
    return Markup("\n").join(lines), _page_buttons(talk, row, has_limits=bool(limits))


def _page_buttons(talk: Talk, row: Case, *, has_limits: bool) -> Buttons:
    bundle = presses.SEND_BUNDLE.button(talk._("📦 Evidence bundle"), row.id)
    number = copy_button(row.number)
    if row.state == CaseState.CLOSED:
        rows = [[bundle, number]]
        if cases.may_reopen(row, talk.now):
            rows.append([presses.REOPEN.button(talk._("↺ Reopen"), row.id)])
        return [*rows, *([] if row.rating else [_stars(row.id)])]
    rows = [[presses.ENTER.button(talk._("💬 Write in this case"), row.id)], [bundle, number]]
    if has_limits:
        rows.append([presses.REMIND_OF_LIMITS.button(talk._("⏰ Remind me of the deadlines"), row.id)])
    return [*rows, [presses.ASK_TO_CLOSE.button(talk._("✔ Close case"), row.id)]]


async def ask_to_close(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_rider(talk.session, case_id, talk.person.id)
    said = talk._("Close {number}? You can reopen it for {n} days.").format(
        number=row.number, n=cases.REOPENED_WITHIN.days
    )
    talk.edit(
        said,
        [
            [presses.CLOSE_MINE.button(talk._("✔ Yes, close"), row.id)],
            [presses.SHOW_CASE.button(talk._("◀ Back"), row.id)],
        ],
    )


async def close(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_rider_for_update(talk.session, case_id, talk.person.id)
    await closing.end(talk, row, Outcome.WITHDRAWN)
    if row.assigned_to is not None:
        talk.notify(row.assigned_to, CaseEnded(row.number))
    talk.edit(
        talk._("{number} is closed. How did it go? 1 is bad, 5 is very good.").format(number=row.number),
        [_stars(row.id)],
    )


async def reopen(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_rider_for_update(talk.session, case_id, talk.person.id)
    cases.reopen(row, talk.now)
    cases.note_writing(row, talk.now)
    if row.assigned_to is not None:
        talk.notify(row.assigned_to, CaseReopened(row.number, row.id))
    await enter_as_rider(talk, row)


def _stars(case_id: CaseId) -> list[Button]:
    return [presses.RATE.button("⭐" + str(stars), case_id, stars) for stars in range(1, 6)]


async def rate(talk: Talk, case_id: CaseId, stars: int) -> None:
    row = await case_access.of_rider_for_update(talk.session, case_id, talk.person.id)
    cases.rate(row, stars)
    again = [[presses.REOPEN.button(talk._("↺ Reopen"), row.id)]]
    talk.edit(talk._("Thank you. {number}: {stars} of 5.").format(number=row.number, stars=stars), again)


def closed_words(view: View, notice: ClosedByDesk) -> Page:
    outcome = view._(words.OUTCOMES[notice.outcome])
    said = view._(
        "{number} is closed: {outcome}. You can reopen it for {n} days. How did it go? 1 is bad, 5 is very good."
    )
    text = Markup("{}").format(said.format(number=notice.number, outcome=outcome, n=cases.REOPENED_WITHIN.days))
    return text, [_stars(notice.case_id), [presses.REOPEN.button(view._("↺ Reopen"), notice.case_id)]]


def claimed_words(view: View, notice: CaseClaimed) -> Page:
    said = view._("{sign} Someone has taken your case {number}. They will read what you wrote and reply to you here.")
    number = Markup("<b>{}</b>").format(notice.number)
    text = Markup(said).format(sign=words.desk_sign(view.context, notice.desk), number=number)
    return text, [[presses.ENTER.button(view._("💬 Write in this case"), notice.case_id)]]


async def overview(talk: Talk) -> Overview:
    """What I brought to the desks, and where it stands."""
    mine = await case_access.cases_of(talk.session, talk.person.id, limit=8)
    if not mine:
        return Overview()
    lines = [Markup("<b>{}</b>").format(talk._("My cases"))]
    for row in mine:
        state = words.state_words(row, talk.language)
        line = Markup("{} · {}").format(words.heading(talk.context, row, talk.language), state)
        lines.append(ladder.standing(talk, row) or line)
    keys = [presses.SHOW_CASE.button(row.number, row.id) for row in mine]
    return Overview(Markup("\n").join(lines), [keys[at : at + 2] for at in range(0, len(keys), 2)])
