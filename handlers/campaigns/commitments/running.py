"""Coordinators enter what was promised, and say officially whether it is kept."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.agreements.paging import page_of, turning
from handlers.campaigns.commitments import presses, words
from handlers.campaigns.commitments.form import (
    ClauseChoice,
    CommitmentDraft,
    CommitmentForms,
    DueOfAll,
    NewDue,
    NewWords,
    Stated,
)
from handlers.campaigns.connections import Connections
from handlers.campaigns.parts import Section
from handlers.chat.confirming import confirming
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.translations import number
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.agreements import reading
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.commitments import askings, commitments
from storage.campaigns.commitments.audited import CommitmentAction
from storage.campaigns.commitments.table import Commitment, CommitmentState
from storage.campaigns.ids import CampaignId, ClauseId, CommitmentId
from storage.people.access import Right
from storage.phases import State

_RIGHT = Right.RUN_CAMPAIGNS
_ON_A_PAGE = 8
_AFTER = (Phase.RESULT, Phase.FOLLOW_UP)


async def for_coordinators(talk: Talk, campaign: Campaign) -> Section:
    """From the phase of the result on."""
    if campaign.phase not in _AFTER:
        return Section()
    result = await commitments.result_of(talk.session, campaign.id)
    found = await commitments.all_of(talk.session, campaign.id)
    said = talk.plural("🤝 {n} commitment", "🤝 {n} commitments", len(found)).format(n=len(found))
    lines = [talk._("No result is published yet.") if result is None else words.result(talk.view, result), said]
    return Section(lines, [[presses.RUN.button(talk._("🤝 Result and commitments"), campaign.id, 0)]])


class RunningPages:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._forms = CommitmentForms(self._added, self._all_added, self._reworded, self._dated, self._stated)

    def register(self, routes: Routes) -> None:
        routes.press(presses.RUN, self.run, right=_RIGHT, writes=False)
        routes.press(presses.ADD, self.add, right=_RIGHT)
        routes.press(presses.ADD_CLAUSES, self.add_clauses, right=_RIGHT)
        routes.press(presses.SHOW, self.show, right=_RIGHT, writes=False)
        routes.press(presses.STATE, self.state, right=_RIGHT)
        routes.press(presses.REWORD, self.reword, right=_RIGHT)
        routes.press(presses.SET_DUE, self.set_due, right=_RIGHT)
        routes.press(presses.ASK_TO_REMOVE, self.ask_to_remove, right=_RIGHT, writes=False)
        routes.press(presses.REMOVE, self.remove, right=_RIGHT)
        self._forms.register(routes)

    async def run(self, talk: Talk, campaign_id: CampaignId, page: int) -> None:
        talk.edit(*await self._list(talk, campaign_id, page))

    async def _list(self, talk: Talk, campaign_id: CampaignId, page: int) -> Page:
        campaign = await campaigns.find(talk.session, campaign_id)
        result = await commitments.result_of(talk.session, campaign_id)
        found = await commitments.all_of(talk.session, campaign_id)
        here, page, pages = page_of(found, page, _ON_A_PAGE)
        said = talk._("No result is published yet.") if result is None else words.result(talk.view, result)
        lines = [Markup("🤝 <b>{}</b>").format(campaign.title), Markup("{}").format(said)]
        rows: list[Sequence[Button]] = [[presses.SHOW.button(_label(talk, row), row.id)] for row in here]
        rows.append(turning(page, pages, lambda sign, at: presses.RUN.button(sign, campaign_id, at)))
        if campaign.state is State.RUNNING and campaign.phase in _AFTER:
            rows += await self._entering(talk, campaign, has_result=result is not None)
        rows.append([campaign_presses.RUN_SHOW.button(talk._("◀ Back"), campaign_id)])
        return Markup("\n").join(lines), rows

    async def _entering(self, talk: Talk, campaign: Campaign, *, has_result: bool) -> list[Sequence[Button]]:
        publish = presses.PUBLISH.button(talk._("📣 Publish the result"), campaign.id)
        correct = presses.CORRECT.button(talk._("✎ Correct the result"), campaign.id)
        rows: list[Sequence[Button]] = [[correct if has_result else publish]]
        rows.append([presses.ADD.button(talk._("➕ Add a commitment"), campaign.id)])
        left = await commitments.clauses_left(talk.session, campaign)
        if left:
            label = talk.plural("➕ Add the other {n} clause", "➕ Add the other {n} clauses", len(left))
            rows.append([presses.ADD_CLAUSES.button(label.format(n=number(len(left), talk.language)), campaign.id)])
        return rows

    async def add(self, talk: Talk, campaign_id: CampaignId) -> None:
        campaign = await commitments.require_result_phase(talk.session, campaign_id)
        left = await commitments.clauses_left(talk.session, campaign)
        clauses = tuple(ClauseChoice(text.clause_id, commitments.summary(text)[:60]) for text in left)
        await forms.begin(talk, self._forms.adding, CommitmentDraft(id=campaign_id, clauses=clauses))

    async def _added(self, talk: Talk, draft: CommitmentDraft) -> None:
        clause_id = ClauseId(draft.clause) if draft.clause else None
        row = await commitments.add(talk.session, draft.id, draft.what, draft.due, clause_id)
        await self._tell(talk, row, CommitmentAction.COMMITMENT_ADDED)
        talk.say(*await self._page(talk, row))

    async def add_clauses(self, talk: Talk, campaign_id: CampaignId) -> None:
        await commitments.require_result_phase(talk.session, campaign_id)
        await forms.begin(talk, self._forms.adding_all, DueOfAll(id=campaign_id))

    async def _all_added(self, talk: Talk, draft: DueOfAll) -> None:
        for row in await commitments.add_clauses(talk.session, draft.id, draft.due):
            await self._tell(talk, row, CommitmentAction.COMMITMENT_ADDED)
        talk.say(*await self._list(talk, draft.id, 0))

    async def show(self, talk: Talk, commitment_id: CommitmentId) -> None:
        talk.edit(*await self._page(talk, await commitments.find(talk.session, commitment_id)))

    async def _page(self, talk: Talk, row: Commitment) -> Page:
        answers = await askings.answers_of(talk.session, row.campaign_id)
        text = words.commitment(talk.view, row, answers.get(row.id))
        states = [
            presses.STATE.button(f"{talk._(label)} …", row.id, state)
            for state, label in words.STATES.items()
            if state is not row.state
        ]
        changing = [
            presses.REWORD.button(talk._("✎ Wording"), row.id),
            presses.SET_DUE.button(talk._("📅 Date"), row.id),
        ]
        remove = [presses.ASK_TO_REMOVE.button(talk._("🗑 Remove …"), row.id)]
        back = [presses.RUN.button(talk._("◀ Back"), row.campaign_id, 0)]
        return text, [*([one] for one in states), changing, remove, back]

    async def state(self, talk: Talk, commitment_id: CommitmentId, state: str) -> None:
        """Asks why it is said."""
        if state not in list(CommitmentState):
            raise InvalidCallback
        row = await commitments.find(talk.session, commitment_id)
        await commitments.require_result_phase(talk.session, row.campaign_id)
        await forms.begin(talk, self._forms.stating, Stated(id=row.id, state=CommitmentState(state)))

    async def _stated(self, talk: Talk, draft: Stated) -> None:
        row = await commitments.set_state(talk.session, draft.id, draft.state, draft.note)
        await self._tell(talk, row, CommitmentAction.COMMITMENT_STATED)
        talk.say(*await self._page(talk, row))

    async def reword(self, talk: Talk, commitment_id: CommitmentId) -> None:
        row = await commitments.find(talk.session, commitment_id)
        await forms.begin(talk, self._forms.rewording, NewWords(id=row.id))

    async def _reworded(self, talk: Talk, draft: NewWords) -> None:
        row = await commitments.reword(talk.session, draft.id, draft.what)
        await self._note(talk, row, CommitmentAction.COMMITMENT_CHANGED)
        talk.say(*await self._page(talk, row))

    async def set_due(self, talk: Talk, commitment_id: CommitmentId) -> None:
        row = await commitments.find(talk.session, commitment_id)
        await forms.begin(talk, self._forms.dating, NewDue(id=row.id))

    async def _dated(self, talk: Talk, draft: NewDue) -> None:
        row = await commitments.set_due(talk.session, draft.id, draft.due)
        await self._note(talk, row, CommitmentAction.COMMITMENT_CHANGED)
        talk.say(*await self._page(talk, row))

    async def ask_to_remove(self, talk: Talk, commitment_id: CommitmentId) -> None:
        row = await commitments.find(talk.session, commitment_id)
        go = presses.REMOVE.button(talk._("🗑 Remove it"), row.id)
        asks = Markup(talk._("Remove this commitment? {what}")).format(what=row.what)
        talk.edit(asks, confirming(go, presses.SHOW.button(talk._("Keep it"), row.id)))

    async def remove(self, talk: Talk, commitment_id: CommitmentId) -> None:
        row = await commitments.find(talk.session, commitment_id)
        await self._note(talk, row, CommitmentAction.COMMITMENT_REMOVED)
        campaign_id = await commitments.remove(talk.session, commitment_id)
        talk.edit(*await self._list(talk, campaign_id, 0))

    async def _tell(self, talk: Talk, row: Commitment, action: CommitmentAction) -> None:
        """Notes it, and lets those know who wait to hear of the demands behind its clause."""
        await self._note(talk, row, action)
        if row.clause_id is not None:
            demands = await reading.demands_behind(talk.session, [row.clause_id])
            if demands:
                await self._connections.tell_demands(talk, demands, row.state, row.note or row.what)

    async def _note(self, talk: Talk, row: Commitment, action: CommitmentAction) -> None:
        about = f"campaign {row.campaign_id}: commitment {row.id}, {row.state}"
        await audit.note(talk.session, talk.person.id, action, talk.now, about=about)


def _label(talk: Talk, row: Commitment) -> str:
    return f"{talk._(words.STATES[row.state]).split(' ')[0]} {row.what[:40]}"
