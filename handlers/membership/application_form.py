"""The questions of /join. Each says why it is asked and what a right answer looks like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from markupsafe import Markup

from handlers.chat.keyboards import contact_keyboard
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.choice import ChoiceInput
from handlers.inputs.numbers_of_people import IdNumberInput
from handlers.inputs.picture import PictureInput
from handlers.inputs.platform import PlatformInput
from handlers.inputs.text import CalledInput
from handlers.membership.inputs import DistrictInput, NameInput, PhoneInput
from storage.dialogues import Answers
from storage.membership.phones import Phone

OTHER = "other"
WORK: dict[str, str] = {
    "meals": N_("🛵 Meals"),
    "parcels": N_("📦 Parcels"),
    "passengers": N_("🚗 Passengers"),
    "freight": N_("🚚 Freight"),
    OTHER: N_("Other"),
}
_PLAIN_WORK = {"美团": "meals", "饿了么": "meals", "顺丰": "parcels", "滴滴": "passengers", "货拉拉": "freight"}
"""Of the platforms for which nearly everybody does the same."""
INSURANCE: dict[str, str] = {"yes": N_("Insured"), "no": N_("Not insured"), "unknown": N_("I don't know")}


def _is_on_another_platform(draft: JoinDraft) -> bool:
    return draft.platform == OTHER


def _work_on_platform(draft: JoinDraft) -> str | None:
    return _PLAIN_WORK.get(draft.platform)


def _asks_id_number(draft: JoinDraft) -> bool:
    return draft.id_number_is != "never"


def _may_leave_out_id_number(draft: JoinDraft) -> bool:
    return draft.id_number_is != "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinDraft:
    """An application. `id_number_is` says how the organisation asks for it: required, optional or never."""

    id_number_is: str = field(metadata={"until_0_7": "id_number"})
    name: str = asked(
        Question(
            N_("Name"),
            N_(
                "What is your name?\n<i>As on your ID card; it will be shown on your member card. For example: 李雷</i>"
            ),
            NameInput(),
        )
    )
    phone: Phone = asked(
        Question(
            N_("Phone"),
            N_(
                "What is your phone number?\n<i>So that a coordinator can call you about your application. "
                "For example: 138 0013 8000</i>"
            ),
            PhoneInput(),
            keyboard=contact_keyboard,
        )
    )
    platform: str = asked(
        Question(
            N_("Platform"),
            N_(
                "Which platform do you work for most?\n<i>The union negotiates with each of them, so it "
                "helps to know how many of you there are. They never learn who joined.</i>"
            ),
            PlatformInput(Choice(OTHER, N_("Other"), OTHER)),
            columns=2,
        )
    )
    platform_other: str = asked(
        Question(
            N_("Other platform"),
            N_("What is it called?\n<i>Up to 40 characters. For example: 闪送</i>"),
            CalledInput(1, 40),
            when=_is_on_another_platform,
        ),
        default="",
    )
    work: str = asked(
        Question(
            N_("Work"),
            N_("What do you transport?\n<i>Risks and pay differ, and so does what the union can do.</i>"),
            ChoiceInput(WORK),
            columns=2,
            guess=_work_on_platform,
        )
    )
    district: str = asked(
        Question(
            N_("District"),
            N_(
                "Which district do you mostly work in?\n<i>So that you hear what's happening near you. Just "
                "the district, no address.</i>"
            ),
            DistrictInput(),
            columns=2,
        )
    )
    id_number: str = asked(
        Question(
            N_("ID number"),
            N_(
                "What is your ID number?\n<i>It makes sure that nobody joins twice, and is stored "
                "encrypted. 18 characters, like 37010219900101001X. I remove your message from the chat at once.</i>"
            ),
            IdNumberInput(),
            when=_asks_id_number,
            optional=_may_leave_out_id_number,
            secret=True,
        ),
        default="",
    )
    insurance: str = asked(
        Question(
            N_("Insurance"),
            N_(
                "Are you insured against accidents at work?\n<i>The union looks for cover for those who are not. "
                "If you aren't sure, choose “I don't know”.</i>"
            ),
            ChoiceInput(INSURANCE),
            columns=2,
        )
    )
    proof: str = asked(
        Question(
            N_("Screenshot"),
            N_(
                "Could you send a picture of your profile in the platform's app?\n<i>A screenshot with your "
                "name on it speeds up the decision. You can skip this.</i>"
            ),
            PictureInput(N_("Please send it as a picture (a screenshot of your profile), or skip.")),
            optional=True,
        ),
        default="",
        preset=True,
    )


QUESTIONNAIRE = questionnaire(JoinDraft)


def joining(done: Callable[[Talk, JoinDraft], Awaitable[None]]) -> Form[JoinDraft]:
    return Form(
        name="join",
        command="join",
        title=N_("Joining the union"),
        questionnaire=QUESTIONNAIRE,
        done=done,
        send_label=N_("✔ Send application"),
    )


def answer_lines(talk: Talk, answers: Answers) -> list[Markup]:
    """The answers as HTML lines, the ID number masked."""
    return [
        labelled(
            talk._,
            question.title_for(talk),
            Markup("<b>{}</b>").format(question.show(talk, answers[question.key])),
        )
        for question in QUESTIONNAIRE.questions
        if answers.get(question.key) is not None
    ]
