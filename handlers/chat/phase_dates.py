"""Coordinators change until when a phase is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Generic, TypeVar, cast

from markupsafe import Markup

from handlers.chat.phases import PhaseWords
from handlers.chat.press import Page, Press
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.moment import MomentInput
from storage import audit
from storage.audit import AuditAction
from storage.people.access import Right
from storage.phases import IdT, PhaseT, RowT

UNTIL = MomentInput(timedelta(days=400), N_("The time must be in the future, within 400 days."))

DraftT = TypeVar("DraftT")


def until_question(title: str, ask: str, when: Callable[[DraftT], bool] | None = None) -> Question[datetime, DraftT]:
    """Until when a phase is open, in the form that sets it up."""
    return Question(title, ask, UNTIL, optional=True, when=when, unanswered=N_("no date yet"))


@dataclass(frozen=True, slots=True)
class PhaseDate:
    """A new date for one phase."""

    id: int
    phase: str
    until: datetime = asked(
        Question(N_("Until"), N_("Until when is it open? Write it like “next Saturday 8 pm”, or choose a day."), UNTIL)
    )


@dataclass(frozen=True, kw_only=True)
class DatePages(Generic[RowT, PhaseT, IdT]):
    """The page of dates and its question."""

    name: str
    """What it is in the audit log: "campaign"."""
    words: PhaseWords[RowT, PhaseT, IdT]
    dates: Press[IdT]
    set_date: Press[IdT, str]
    action: AuditAction
    right: Right
    page: Callable[[Talk, RowT], Awaitable[Page]]
    """The coordinators' page, shown after a change."""
    undated: Collection[PhaseT] = ()
    """Phases that have no end."""

    def register(self, routes: Routes) -> None:
        routes.press(self.dates, self.show, right=self.right, writes=False)
        routes.press(self.set_date, self.ask, right=self.right)
        routes.form(self._form)

    @cached_property
    def _form(self) -> Form[PhaseDate]:
        return one_question(f"{self.name}_date", PhaseDate, self._dated, self.right)

    async def show(self, talk: Talk, row_id: IdT) -> None:
        """Until when each phase is open, those that are not over to be changed."""
        phased = self.words.phased
        row = await phased.find(talk.session, row_id)
        untils = await phased.phases_of(talk.session, row_id)
        rows = [
            [self.set_date.button(talk._("✎ {name}").format(name=talk._(self.words.names[phase])), row_id, phase.value)]
            for phase in untils
            if not self.words.is_before(phase, row.phase) and phase not in self.undated
        ]
        timeline = self.words.timeline(talk.view, row, untils)
        back = self.words.show.button(talk._("◀ Back"), row_id)
        talk.edit(Markup("{}\n\n{}").format(self.words.heading(talk.view, row), timeline), [*rows, [back]])

    async def ask(self, talk: Talk, row_id: IdT, phase: str) -> None:
        await self.words.phased.find(talk.session, row_id)
        await forms.begin(talk, self._form, PhaseDate(row_id, self.words.phase(phase)))

    async def _dated(self, talk: Talk, draft: PhaseDate) -> None:
        row = await self.words.phased.find(talk.session, cast("IdT", draft.id))
        await self.words.phased.set_until(talk.session, row.id, self.words.phase(draft.phase), draft.until)
        about = f"{self.name} {draft.id}: {draft.phase} until {draft.until:%Y-%m-%d %H:%M}Z"
        await audit.note(talk.session, talk.person.id, self.action, talk.now, about=about)
        talk.say(*await self.page(talk, row))
