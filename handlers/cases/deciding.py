"""A reviewer's word on a case at its level: on to the next one, a question back, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.closing import end_conversation
from handlers.cases.desk_access import handled, note
from handlers.cases.in_hand import handler_page
from handlers.cases.opening import tell_handlers
from handlers.chat.approvals import ApprovedCase, OnApproval
from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from handlers.inputs.text import ParagraphInput
from storage.cases import access as case_access
from storage.cases import contexts as case_contexts
from storage.cases import escalation, levels
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.desks import Desk, in_language
from storage.cases.ids import CaseId
from storage.cases.levels import LevelDecided, Step
from storage.cases.messages import Said
from storage.cases.notices import CaseDecided, CaseLeft, LevelPassed
from storage.cases.table import Case, CaseState, NoSuchCase, Outcome, Side, content_of
from storage.people.access import Right

_RIGHT = Right.HANDLE_CASES


def _asks_back(talk: Talk, draft: AskingBack) -> str:
    return talk._("What is missing in {number}, or unclear? They answer here, and can send files.").format(
        number=draft.number
    )


def _asks_why(talk: Talk, draft: Refusal) -> str:
    return talk._("Why is {number} refused? The person who submitted it will read your reason.").format(
        number=draft.number
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtLevel:
    """The case as its reviewer saw it."""

    id: CaseId
    number: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingBack(_AtLevel):
    question: str = asked(Question(N_("Question"), _asks_back, ParagraphInput(2, 1_500)), default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(_AtLevel):
    reason: str = asked(reason_question(_asks_why, 5, 500), default="")


class Deciding:
    """The reviewers' buttons."""

    def __init__(self, on_approval: Mapping[str, OnApproval]) -> None:
        """`on_approval`: by desk, what becomes of a case that its last level has approved."""
        self._on_approval = on_approval
        self._ask = Form(
            "case_ask_back",
            N_("Question"),
            questionnaire(AskingBack),
            self._asked_back,
            send_label=N_("📨 Send the question"),
            right=_RIGHT,
        )
        self._refuse = Form(
            "case_refuse",
            N_("Refusal"),
            questionnaire(Refusal),
            self._refused,
            send_label=N_("✖ Refuse it"),
            right=_RIGHT,
        )

    def register(self, routes: Routes) -> None:
        routes.press(presses.ASK_TO_APPROVE, self.ask_to_approve, right=_RIGHT, writes=False)
        routes.press(presses.APPROVE, self.approve, right=_RIGHT)
        routes.press(presses.BEGIN_ASKING_BACK, self.begin_asking_back, right=_RIGHT)
        routes.press(presses.BEGIN_REFUSING, self.begin_refusing, right=_RIGHT)
        routes.form(self._ask)
        routes.form(self._refuse)
        routes.notice(LevelPassed, passed_words, reader=RECIPIENT)
        routes.notice(CaseDecided, decided_words, reader=RECIPIENT)

    async def ask_to_approve(self, talk: Talk, case_id: CaseId, level: int) -> None:
        row = await _seen(talk, case_id, level)
        desk = _desk(talk, row)
        asks = talk._("Approve {number}? This is the last level, so that decides it.")
        if level < len(desk.levels):
            asks = talk._("Approve {number}? It goes on to the next level: {level}. You won't see it any more.")
        following = desk.level(level + 1)
        next_title = in_language(following.title, talk.language) if following is not None else ""
        go = presses.APPROVE.button(talk._("✅ Approve"), row.id, level)
        stay = presses.SHOW.button(talk._("◀ Back"), row.id)
        ask_first(talk, asks.format(number=row.number, level=next_title), go, stay)

    async def approve(self, talk: Talk, case_id: CaseId, level: int) -> None:
        """On to the next level, whose reviewers hear of it; or, after the last one, to what becomes of it."""
        row = await _seen_for_update(talk, case_id, level)
        desk, organisation = _desk(talk, row), talk.context.settings.organisation
        due = escalation.decision_due(desk, level + 1, talk.now, organisation)
        row = await levels.approve(talk.session, Step(case_id, level, talk.person.id), desk, due, talk.now)
        await note(talk, CaseAction.LEVEL_APPROVED, row, f"level {level}")
        if row.state == CaseState.CLOSED:
            await self._approved(talk, row, desk)
        else:
            await self._passed(talk, row, desk)

    async def _passed(self, talk: Talk, row: Case, desk: Desk) -> None:
        if await case_contexts.leave(talk.session, talk.person.id, row.id):
            talk.notify(talk.person.id, CaseLeft())
        await tell_handlers(desk, talk, row)
        if row.person_id is not None:
            talk.notify(row.person_id, LevelPassed(row.number, row.desk, row.id, row.level))
        title = words.level_title(talk.context, row, talk.language)
        said = talk._("{number} is approved here, and waits for a decision: {level}").format(
            number=row.number, level=title
        )
        talk.edit(said, [[presses.SHOW_DESKS_AGAIN.button(talk._("View queue"))]])

    async def _approved(self, talk: Talk, row: Case, desk: Desk) -> None:
        await end_conversation(talk, row)
        if row.person_id is not None:
            talk.notify(row.person_id, CaseDecided(row.number, row.desk, row.id, row.level, Outcome.APPROVED))
        if desk.key in self._on_approval:
            content = content_of(talk.session, row)
            kind = desk.kind(content.kind)
            label = in_language(kind.words, talk.context.settings.organisation.language) if kind is not None else ""
            approved = ApprovedCase(row.number, row.person_id, label, content.answers)
            await self._on_approval[desk.key](talk, approved)
        talk.edit(
            talk._("{number} is approved at all levels.").format(number=row.number),
            [[presses.SHOW_DESKS_AGAIN.button(talk._("View queue"))]],
        )

    async def begin_asking_back(self, talk: Talk, case_id: CaseId, level: int) -> None:
        row = await _seen(talk, case_id, level)
        await forms.begin(talk, self._ask, AskingBack(id=row.id, number=row.number, level=level))

    async def _asked_back(self, talk: Talk, draft: AskingBack) -> None:
        """The question goes to whoever brought it as any message does; until they answer, the clock stands still."""
        row = await _seen_for_update(talk, draft.id, draft.level)
        said = Said(text=draft.question)
        await case_messages.say(talk.session, row, Side.HANDLER, talk.person.id, None, said, talk.now)
        talk.say(*await handler_page(talk, row))

    async def begin_refusing(self, talk: Talk, case_id: CaseId, level: int) -> None:
        row = await _seen(talk, case_id, level)
        await forms.begin(talk, self._refuse, Refusal(id=row.id, number=row.number, level=level))

    async def _refused(self, talk: Talk, draft: Refusal) -> None:
        row = await _seen_for_update(talk, draft.id, draft.level)
        step = Step(draft.id, draft.level, talk.person.id)
        await levels.refuse(talk.session, step, _desk(talk, row), draft.reason, talk.now)
        await note(talk, CaseAction.LEVEL_REFUSED, row, f"level {draft.level}")
        await end_conversation(talk, row)
        if row.person_id is not None:
            decided = CaseDecided(row.number, row.desk, row.id, row.level, Outcome.REFUSED, draft.reason)
            talk.notify(row.person_id, decided)
        talk.say(
            talk._("{number} is refused. They are told your reason.").format(number=row.number),
            [[presses.SHOW_DESKS_AGAIN.button(talk._("View queue"))]],
        )


async def _seen(talk: Talk, case_id: CaseId, level: int) -> Case:
    """A case in this reviewer's hands, at the level at which they saw it.

    Raises:
        NoSuchCase, LevelDecided: see the classes.
    """
    return _at_level(talk, await case_access.of_handler(talk.session, case_id, talk.person.id), level)


async def _seen_for_update(talk: Talk, case_id: CaseId, level: int) -> Case:
    """The same, with the case locked until the transaction ends. Raises NoSuchCase, LevelDecided."""
    return _at_level(talk, await case_access.of_handler_for_update(talk.session, case_id, talk.person.id), level)


def _at_level(talk: Talk, row: Case, level: int) -> Case:
    if not row.level or row.level != level or row.state == CaseState.CLOSED:
        raise LevelDecided
    if row.desk not in handled(talk):
        raise NoSuchCase
    return row


def _desk(talk: Talk, row: Case) -> Desk:
    """Raises NoSuchCase: the organisation has closed it."""
    desk = words.desk_of(talk.context, row)
    if desk is None:
        raise NoSuchCase
    return desk


def passed_words(view: View, notice: LevelPassed) -> Page:
    said = view._("{number} passed a level. It is now here: {level}").format(
        number=notice.number, level=_level(view, notice)
    )
    text = Markup("{} {}").format(words.desk_sign(view.context, notice.desk), said)
    return text, [[presses.SHOW_CASE.button(view._("Where it stands"), notice.case_id)]]


def decided_words(view: View, notice: CaseDecided) -> Page:
    sign, level = words.desk_sign(view.context, notice.desk), _level(view, notice)
    buttons = [[presses.SHOW_CASE.button(view._("Where it stands"), notice.case_id)]]
    if notice.outcome is Outcome.APPROVED:
        said = view._("{number} is approved at all levels.").format(number=notice.number)
        return Markup("{} ✅ {}").format(sign, said), buttons
    said = view._("{number} was refused: {level}").format(number=notice.number, level=level)
    return Markup("{} {}\n{}").format(sign, said, words.quoted(notice.reason)), buttons


def _level(view: View, notice: LevelPassed | CaseDecided) -> str:
    return words.title_of_level(view.context, notice.desk, notice.level, view.language)
