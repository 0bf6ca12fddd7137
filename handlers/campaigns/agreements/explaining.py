"""Coordinators say why there is a clause: a sentence, and the demands that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handlers.campaigns.agreements import presses, words
from handlers.campaigns.agreements.paging import page_of, turning
from handlers.campaigns.connections import Connections
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.agreements import reading, versions
from storage.campaigns.agreements.audited import AgreementAction
from storage.campaigns.agreements.table import LONGEST_WHY, ClauseRow, NoSuchClause
from storage.campaigns.ids import CampaignId, ClauseId, DemandId
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS
_ON_A_PAGE = 8


class ExplainingPages:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._form = one_question("clause_why", Why, self._explained, _RIGHT)

    def register(self, routes: Routes) -> None:
        routes.press(presses.EXPLAINED, self.list, right=_RIGHT, writes=False)
        routes.press(presses.EXPLAIN, self.explain, right=_RIGHT)
        routes.press(presses.DEMANDS, self.demands, right=_RIGHT, writes=False)
        routes.press(presses.LINK_DEMAND, self.link_demand, right=_RIGHT)
        routes.press(presses.UNLINK_DEMAND, self.unlink_demand, right=_RIGHT)
        routes.form(self._form)

    async def list(self, talk: Talk, campaign_id: CampaignId, page: int) -> None:
        """Which clauses are explained (✓), of the version that is prepared or else the newest."""
        await campaigns.find(talk.session, campaign_id)
        row = await versions.prepared(talk.session, campaign_id) or await versions.published(talk.session, campaign_id)
        if row is None:
            raise NoSuchClause
        here, page, pages = page_of(await versions.texts_of(talk.session, row.id), page, _ON_A_PAGE)
        rows: list[Sequence[Button]] = []
        for text in here:
            sign = "✓" if (await reading.find_clause(talk.session, text.clause_id)).why else "▫️"
            rows.append([presses.DEMANDS.button(f"{sign} {words.label(talk.view, text)}", text.clause_id, 0)])
        rows.append(turning(page, pages, lambda to_sign, at: presses.EXPLAINED.button(to_sign, campaign_id, at)))
        back = presses.RUN.button(talk._("◀ Draft agreement"), campaign_id)
        talk.edit(talk._("Why is each clause there? Riders can read the reason under the clause."), [*rows, [back]])

    async def demands(self, talk: Talk, clause_id: ClauseId, page: int) -> None:
        """The sentence, and the demands of the campaign: those with ✓ are answered by the clause."""
        row = await reading.find_clause(talk.session, clause_id)
        behind = set(await reading.demands_behind(talk.session, [clause_id]))
        found = await self._connections.demands_of(talk.session, row.campaign_id)
        here, page, pages = page_of(found, page, _ON_A_PAGE)
        lines = [Markup("❓ {}").format(row.why or talk._("The coordinators haven't said why yet."))]
        if here:
            lines += [Markup(""), Markup("{}").format(talk._("Press the demands that this clause answers."))]
        rows: list[Sequence[Button]] = [[presses.EXPLAIN.button(talk._("✎ Why this clause"), clause_id)]]
        for one in here:
            sign, press = ("✓ ", presses.UNLINK_DEMAND) if one.id in behind else ("", presses.LINK_DEMAND)
            rows.append([press.button(f"{sign}{one.text[:40]}", clause_id, one.id, page)])
        rows.append(turning(page, pages, lambda to_sign, at: presses.DEMANDS.button(to_sign, clause_id, at)))
        back = presses.EXPLAINED.button(talk._("◀ Back"), row.campaign_id, 0)
        talk.edit(Markup("\n").join(lines), [*rows, [back]])

    async def link_demand(self, talk: Talk, clause_id: ClauseId, demand_id: DemandId, page: int) -> None:
        row = await reading.find_clause(talk.session, clause_id)
        if demand_id not in {one.id for one in await self._connections.demands_of(talk.session, row.campaign_id)}:
            raise NoSuchClause
        await self._set_demand(talk, row, demand_id, answered=True)
        await self.demands(talk, clause_id, page)

    async def unlink_demand(self, talk: Talk, clause_id: ClauseId, demand_id: DemandId, page: int) -> None:
        row = await reading.find_clause(talk.session, clause_id)
        await self._set_demand(talk, row, demand_id, answered=False)
        await self.demands(talk, clause_id, page)

    async def _set_demand(self, talk: Talk, row: ClauseRow, demand_id: DemandId, *, answered: bool) -> None:
        await reading.set_demand(talk.session, row.id, demand_id, answered=answered)
        about = f"campaign {row.campaign_id}: clause {row.id}, demand {demand_id}"
        await audit.note(talk.session, talk.person.id, AgreementAction.CLAUSE_DEMANDS_CHANGED, talk.now, about=about)

    async def explain(self, talk: Talk, clause_id: ClauseId) -> None:
        await reading.find_clause(talk.session, clause_id)
        await forms.begin(talk, self._form, Why(id=clause_id))

    async def _explained(self, talk: Talk, draft: Why) -> None:
        row = await reading.explain(talk.session, draft.id, draft.text)
        about = f"campaign {row.campaign_id}: clause {row.id}"
        await audit.note(talk.session, talk.person.id, AgreementAction.CLAUSE_EXPLAINED, talk.now, about=about)
        back = presses.EXPLAINED.button(talk._("◀ Back"), row.campaign_id, 0)
        talk.say(Markup("❓ {}").format(row.why), [[back]])


@dataclass(frozen=True, slots=True)
class Why:
    id: ClauseId
    text: str = asked(
        Question(
            N_("Why this clause"),
            N_("Why is this clause there? One sentence; riders can read it under the clause."),
            TextInput(2, LONGEST_WHY),
        )
    )
