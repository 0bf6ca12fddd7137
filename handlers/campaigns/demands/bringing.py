"""Bringing a demand; supporting one that says the same; answering when a better wording is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape
from pydantic import TypeAdapter

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns import words as campaign_words
from handlers.campaigns.demands import presses, words
from handlers.campaigns.demands.inputs import DemandInput
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.translations import N_, number
from handlers.inputs.choice import ButtonInput
from storage import similar
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.demands import gathering, stances
from storage.campaigns.demands.decks import Decks
from storage.campaigns.demands.gathering import Brought
from storage.campaigns.demands.stances import Stance
from storage.campaigns.demands.table import TooManyDemands, ranking_of
from storage.campaigns.demands.voters import Part
from storage.campaigns.ids import CampaignId, DemandId

Parts = Callable[[Talk], Sequence[Part]]
"""The parts by which stances are counted, as the organisation has them now."""
DIFFERENT = DemandId(0)


@dataclass(frozen=True, slots=True)
class New:
    id: CampaignId
    brought: Brought = asked(
        Question(
            N_("Demand"),
            N_(
                "What should the union raise? Write one sentence of 5 to 120 characters, for example: No deductions "
                "for late orders in heavy rain. Or send a voice message of up to a minute."
            ),
            DemandInput(),
        )
    )


@dataclass(frozen=True, slots=True)
class Like:
    """A demand that is there already."""

    id: DemandId
    text: str


def _ask_same(talk: Talk, draft: Same) -> str:
    lines = [escape(talk._("Others have already said something like this. Does one of these mean the same?"))]
    lines += [Markup("{}. {}").format(at, one.text) for at, one in enumerate(draft.likes, start=1)]
    return Markup("\n").join(lines)


def _same_choices(talk: Talk, draft: Same) -> Sequence[Choice[DemandId]]:
    support = talk._("👍 {n}: the same, I support it")
    found = [Choice(str(at), support.format(n=at), one.id) for at, one in enumerate(draft.likes, start=1)]
    return [*found, Choice("no", talk._("✍ No, mine is different"), DIFFERENT)]


@dataclass(frozen=True, slots=True)
class Same:
    id: CampaignId
    text: str
    likes: tuple[Like, ...]
    chosen: DemandId = asked(
        Question(N_("Demand"), _ask_same, ButtonInput(TypeAdapter(DemandId)), choices=_same_choices)
    )


def _ask_again(talk: Talk, draft: Rewording) -> str:
    text = words.quoted(talk.view, draft.text) if draft.text else escape(talk._("🎤 voice message"))
    return Markup("{}\n❓ {}\n\n{}").format(
        text, draft.question, talk._("Please reword it in one sentence, or send a voice message.")
    )


@dataclass(frozen=True, slots=True)
class Rewording:
    id: DemandId
    text: str
    question: str
    brought: Brought = asked(Question(N_("Demand"), _ask_again, DemandInput()))


async def _rewording_over(talk: Talk, draft: Rewording) -> str:
    """A coordinator has decided meanwhile, or demands are no longer looked at."""
    if not await gathering.waits_for_wording(talk.session, draft.id):
        return talk._("This demand no longer needs rewording, so I have closed this form; nothing from it was sent.")
    return ""


class Bringing:
    def __init__(self, decks: Decks, parts: Parts) -> None:
        self._decks, self._parts = decks, parts
        self._new = replace(one_question("demand", New, self._said), over=self._over)
        self._same = replace(one_question("demand_same", Same, self._compared), over=self._over)
        self._rewording = replace(one_question("demand_wording", Rewording, self._reworded), over=_rewording_over)

    def register(self, routes: Routes) -> None:
        routes.press(presses.BRING, self.begin)
        routes.press(presses.REWORD, self.begin_rewording)
        for form in (self._new, self._same, self._rewording):
            routes.form(form)

    async def begin(self, talk: Talk, campaign_id: CampaignId) -> None:
        row = await self._open(talk, campaign_id)
        if await gathering.left_for(talk.session, row.id, talk.person.id) <= 0:
            raise TooManyDemands
        await forms.begin(talk, self._new, New(campaign_id))

    async def _open(self, talk: Talk, campaign_id: CampaignId) -> Campaign:
        row = await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)
        await campaigns.require_phase(talk.session, row, Phase.GATHER, talk.now)
        return row

    async def _over(self, talk: Talk, draft: New | Same) -> str:
        row = await campaigns.find(talk.session, draft.id)
        return await campaign_words.over(talk, row, Phase.GATHER)

    async def _said(self, talk: Talk, draft: New) -> None:
        """Those that say something like it are offered first."""
        row = await self._open(talk, draft.id)
        likes = await self._likes(talk, row.id, draft.brought.text) if draft.brought.text else ()
        if likes:
            await forms.begin(talk, self._same, Same(draft.id, draft.brought.text, likes))
        else:
            await self._bring(talk, row, draft.brought)

    async def _likes(self, talk: Talk, campaign_id: CampaignId, text: str) -> tuple[Like, ...]:
        version = (await ranking_of(talk.session, campaign_id)).version
        cards = (await self._decks.of(talk.session, campaign_id, version, talk.now)).cards
        found = similar.most_similar(text, [card.text for card in cards])
        return tuple(Like(cards[one.at].id, cards[one.at].text) for one in found)

    async def _compared(self, talk: Talk, draft: Same) -> None:
        row = await self._open(talk, draft.id)
        if draft.chosen == DIFFERENT:
            await self._bring(talk, row, Brought(draft.text))
            return
        await stances.stand(
            talk.session,
            draft.chosen,
            talk.person.id,
            Stance.AGREE,
            Phase.GATHER,
            talk.now,
            self._parts(talk),
        )
        said = talk._("👍 Your support is counted. To hear what becomes of this demand, open it under “All demands”.")
        talk.say(escape(said), self._ways_on(talk, row.id))

    async def _bring(self, talk: Talk, row: Campaign, brought: Brought) -> None:
        await gathering.bring(talk.session, row, talk.person.id, brought, talk.now)
        left = await gathering.left_for(talk.session, row.id, talk.person.id)
        lines = [
            talk._("Thank you. A coordinator will check it first, and I'll let you know. Nobody will see whose it is."),
            talk._("Demands you can still submit: {n}").format(n=number(left, talk.language)),
        ]
        talk.say(Markup("\n").join(map(escape, lines)), self._ways_on(talk, row.id))

    def _ways_on(self, talk: Talk, campaign_id: CampaignId) -> Buttons:
        return [
            [presses.BRING.button(talk._("✍ Submit another one"), campaign_id)],
            [presses.LIST.button(talk._("📋 All demands"), campaign_id, 0)],
            [campaign_presses.SHOW.button(talk._("◀ Back"), campaign_id)],
        ]

    async def begin_rewording(self, talk: Talk, demand_id: DemandId) -> None:
        row = await gathering.asked(talk.session, demand_id, talk.person.id)
        content = gathering.content_of(talk.session, row)
        await forms.begin(talk, self._rewording, Rewording(demand_id, content.text, content.question))

    async def _reworded(self, talk: Talk, draft: Rewording) -> None:
        await gathering.reword(talk.session, draft.id, talk.person.id, draft.brought)
        talk.say(escape(talk._("Thank you. A coordinator will check it again, and I'll let you know.")))
