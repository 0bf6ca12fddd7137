"""Coordinators change a contest after its set-up: all of it until it is announced, then what is not fixed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from handlers.chat.audience import AudiencePart, segment_of
from handlers.chat.press import Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses
from handlers.contests.edit_form import ContestEdit, Entrants, RunningEdit, edit_of, entrants_draft
from handlers.contests.entering import take_down
from handlers.contests.form import plan_of
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.i18n.translations import N_
from storage import audit
from storage.contests import contests, editing
from storage.contests.audited import ContestAction
from storage.contests.contests import Contest, ContestClosed, ContestMovedOn
from storage.contests.editing import Wording
from storage.contests.ids import ContestId
from storage.contests.notices import RulesAnew
from storage.people.access import Right
from storage.people.segments import Segment
from storage.phases import State

_RIGHT = Right.RUN_CONTESTS


class EditingPages:
    """Three forms: all of a contest, who may enter, and what can be changed once it runs."""

    def __init__(self, audience: Sequence[AudiencePart[Any]], page: Callable[[Talk, Contest], Awaitable[Page]]) -> None:
        self._audience, self._page = audience, page
        self._draft = entrants_draft(audience)
        self._whole = _form("contest_edit", ContestEdit, self._changed)
        self._entrants = _form("contest_entrants", self._draft, self._chosen)
        self._running = _form("contest_running", RunningEdit, self._reworded)

    def register(self, routes: Routes) -> None:
        for form in (self._whole, self._entrants, self._running):
            routes.form(form)
        routes.press(presses.EDIT, self.edit, right=_RIGHT)
        routes.press(presses.CHOOSE_ENTRANTS, self.choose_entrants, right=_RIGHT)

    async def edit(self, talk: Talk, contest_id: ContestId) -> None:
        row = await contests.find(talk.session, contest_id)
        if row.state is State.PREPARED:
            phases = await contests.phases_of(talk.session, row.id)
            await forms.begin_review(talk, self._whole, edit_of(row, phases))
            return
        if not editing.can_be_renamed(row):
            raise ContestClosed
        draft = RunningEdit(
            id=row.id,
            takes_entries=editing.takes_entries(row),
            rules_version=row.rules_version,
            title=row.title,
            rules=row.rules,
            entries_each=contests.settings_of(row).entries_each,
        )
        await forms.begin_review(talk, self._running, draft)

    async def _changed(self, talk: Talk, draft: ContestEdit) -> None:
        row = await contests.find(talk.session, draft.id)
        plan = plan_of(draft, Segment.parse(row.segment))
        await self._done(talk, await contests.change_prepared(talk.session, draft.id, plan))

    async def choose_entrants(self, talk: Talk, contest_id: ContestId) -> None:
        row = await contests.find(talk.session, contest_id)
        if row.state is not State.PREPARED:
            raise ContestMovedOn
        await forms.begin(talk, self._entrants, self._draft(id=contest_id))

    async def _chosen(self, talk: Talk, draft: Entrants) -> None:
        segment = segment_of(draft, self._audience)
        await self._done(talk, await contests.set_segment(talk.session, draft.id, segment))

    async def _reworded(self, talk: Talk, draft: RunningEdit) -> None:
        """Whoever has entered under other rules is asked once more, and their posts go from the channel until then."""
        wording = Wording(draft.title, draft.rules, draft.entries_each, draft.rules_version)
        changed = await editing.change(talk.session, draft.id, wording)
        for entry in changed.asked_again:
            take_down(talk, changed.contest, entry)
        for person in await editing.people_of(talk.session, changed.asked_again):
            talk.notify(person, RulesAnew(draft.id))
        await self._done(talk, changed.contest)

    async def _done(self, talk: Talk, row: Contest) -> None:
        about = f"contest {row.id}: {row.title}"
        await audit.note(talk.session, talk.person.id, ContestAction.CONTEST_CHANGED, talk.now, about=about)
        talk.say(*await self._page(talk, row))


def _form(name: str, draft: type[Any], done: Callable[[Talk, Any], Awaitable[None]]) -> Form[Any]:
    return Form(name, N_("Contest"), questionnaire(draft), done, send_label=N_("💾 Save it"), right=_RIGHT)
