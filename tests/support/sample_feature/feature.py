"""Tips: the command, the form, the notice, and the manifest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.audience import AudiencePart
from handlers.chat.feature import (
    AllFeatures,
    Feature,
    OpenExport,
    Overview,
    PersonalData,
    PersonalExport,
    PrivacyPart,
    WatchedQueue,
)
from handlers.chat.figures import Figures, FiguresView, Row
from handlers.chat.press import Page, Press
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import YesNoInput
from handlers.inputs.text import TextInput
from schedules.context import ClockContext
from schedules.job import Job
from storage import audit
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.operations.queues import Queue, measured
from storage.people.access import Right
from storage.people.segments import Condition
from storage.privacy.exports import PagedTable, Rows
from storage.statistics.periods import Period
from tests.support.sample_feature import tips
from tests.support.sample_feature.tips import LeftATip, OneTipADay, ThanksForATip, Tip, TipAction

READ = Press("sampletips")


def register(routes: Routes, _others: AllFeatures) -> None:
    routes.command("tip", begin, about=N_("Suggest something"))
    routes.press(READ, read, right=Right.ADMINISTER)
    routes.form(_TIP)
    routes.notice(ThanksForATip, thanks_words, reader=RECIPIENT)


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _TIP)


@dataclass(frozen=True, slots=True)
class TipDraft:
    text: str = asked(Question(N_("Message"), N_("Message"), TextInput(2, 80)))


async def _left(talk: Talk, draft: TipDraft) -> None:
    await tips.leave(talk.session, talk.person.id, draft.text, talk.now)
    talk.say(talk._("Thank you."), [[READ.button("All tips")]])


_TIP = one_question("sample_tip", TipDraft, _left)


async def read(talk: Talk) -> None:
    await audit.note(talk.session, talk.person.id, TipAction.TIPS_READ, talk.now)
    talk.say(Markup("\n").join(Markup("{}").format(text) for text in await tips.newest(talk.session)))


def thanks_words(view: View, _notice: ThanksForATip) -> Page:
    return view._("Thank you."), []


async def _overview(talk: Talk) -> Overview:
    return Overview(f"{talk._('Message')}: {len(await tips.copy_of(talk.session, talk.person.id))}")


async def _lines(talk: Talk) -> Sequence[str]:
    return [talk._("Message")]


async def _waiting(session: AsyncSession, _now: datetime) -> Queue:
    return await measured(session, Tip.at, Tip.thanked.is_(False))


@dataclass(frozen=True, kw_only=True)
class TipAudience:
    left_a_tip: bool = asked(Question("Tips", "Only those who left a tip?", YesNoInput()), default=False, preset=True)


def _conditions(draft: TipAudience) -> Iterator[Condition]:
    if draft.left_a_tip:
        yield LeftATip()


async def _figures(talk: Talk, _period: Period) -> Sequence[str]:
    return [f"Tips: {len(await tips.newest(talk.session))}"]


async def _view(talk: Talk, _period: Period, head: Markup) -> None:
    talk.say(head + " " + str(len(await tips.newest(talk.session))))


async def _rows(talk: Talk, period: Period) -> Sequence[Row]:
    return [("tips", period.name, len(await tips.newest(talk.session)), "")]


async def _text(session: AsyncSession, _zone: ZoneInfo) -> bytes:
    return "\n".join(await tips.newest(session)).encode()


def _table(session: AsyncSession, _zone: ZoneInfo) -> PagedTable:
    async def pages() -> AsyncIterator[Rows]:
        yield [[text] for text in await tips.newest(session)]

    return PagedTable(["text"], pages())


FEATURE = Feature(
    name="tips",
    register=register,
    refusals={OneTipADay: N_("Please try again tomorrow.")},
    audit_labels={TipAction.TIPS_READ: N_("tips read")},
    personal_data=(PersonalData("tips", tips.erase, "Tips", tips.copy_of),),
    retention=(tips.forget,),
    privacy=PrivacyPart(lines=_lines),
    overview=_overview,
    figures=Figures(_figures, (FiguresView("tips", "Tips", _view),), _rows),
    exports=(
        OpenExport("tips", "Tips as text", "tips.txt", _text),
        PersonalExport("tippers", "Tippers", _table),
    ),
    audience=AudiencePart(TipAudience, _conditions, {LeftATip: lambda talk, _: talk._("Message")}),
    queues=(WatchedQueue("tips", "tips", _waiting),),
)


async def thank(session: AsyncSession, now: datetime, _context: ClockContext) -> bool:
    """Everybody who left a tip hears a word of thanks, once."""
    for row in await tips.not_thanked(session):
        row.thanked = True
        await delivery_queue.add(session, Addressed(row.person_id, ThanksForATip(), now))
    return False


JOB = Job("tips", timedelta(seconds=30), thank)
