"""Ranking: one demand a message, edited in place.

A stance is one statement and no form; what is answered, and kept for a moment with the update, is the next demand and
says nothing of the stance. The handler is the same for all stances, so that no figure tells them apart.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.demands import presses, words
from handlers.campaigns.demands.bringing import Parts
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import number
from storage.campaigns.campaigns import Phase
from storage.campaigns.demands import stances
from storage.campaigns.demands.decks import Card, Decks
from storage.campaigns.demands.stances import Ranked, Stance
from storage.campaigns.demands.table import find_public
from storage.campaigns.ids import CampaignId, DemandId

ENOUGH_AFTER = 10
_STANCES = {int(stance): stance for stance in Stance}


class Ranking:
    def __init__(self, decks: Decks, parts: Parts) -> None:
        self._decks, self._parts = decks, parts

    def register(self, routes: Routes) -> None:
        routes.press(presses.RANK, self.begin, writes=False)
        routes.press(presses.STAND, self.stand, shares_transaction=True)
        routes.press(presses.AGAIN, self.again, writes=False)
        routes.press(presses.ENOUGH, self.enough, writes=False)

    async def begin(self, talk: Talk, campaign_id: CampaignId) -> None:
        """The first of ten."""
        ranked = await stances.ranked(talk.session, campaign_id, talk.person.id, talk.now)
        await self._go_on(talk, ranked, 0, None)

    async def stand(self, talk: Talk, demand_id: DemandId, stance: int, count: int) -> None:
        """What somebody thinks of a demand; then the next one in its place."""
        if stance not in _STANCES or not 0 <= count < ENOUGH_AFTER:
            raise InvalidCallback
        ranked = await stances.stand(
            talk.session, demand_id, talk.person.id, _STANCES[stance], Phase.RANK, talk.now, self._parts(talk)
        )
        await self._go_on(talk, ranked, count + 1, demand_id)

    async def _go_on(self, talk: Talk, ranked: Ranked, count: int, last: DemandId | None) -> None:
        deck = await self._decks.of(talk.session, ranked.campaign_id, ranked.version, talk.now)
        card = deck.next(ranked.answered)
        if card is None:
            said = (
                talk._("🎉 You've been through all of them. Thank you! More may still come in.")
                if ranked.answered
                else talk._("There is nothing to rank yet. Please come back later.")
            )
            talk.edit(escape(said), [_leave(talk, ranked.campaign_id)])
        elif count >= ENOUGH_AFTER:
            said = talk._("That's {n}. Enough for today?").format(n=number(count, talk.language))
            more = presses.RANK.button(talk._("▶ Go on"), ranked.campaign_id)
            stop = presses.ENOUGH.button(talk._("✔ Enough for today"), ranked.campaign_id)
            talk.edit(escape(said), [[more], [stop]])
        else:
            talk.edit(*_page(talk, card, count, last, ranked.campaign_id))

    async def again(self, talk: Talk, demand_id: DemandId, count: int) -> None:
        """One that was answered a moment ago, to answer it again. What was said is not shown."""
        if not 0 <= count < ENOUGH_AFTER:
            raise InvalidCallback
        await stances.require_rankable(talk.session, demand_id, talk.person.id, talk.now)
        row = await find_public(talk.session, demand_id)
        card = Card(row.id, row.text or "", row.is_seed)
        talk.edit(*_page(talk, card, count, None, row.campaign_id))

    async def enough(self, talk: Talk, campaign_id: CampaignId) -> None:
        said = talk._("Thank you! You can go on at any time while ranking is open.")
        talk.edit(escape(said), [_leave(talk, campaign_id)])


def _leave(talk: Talk, campaign_id: CampaignId) -> list[Button]:
    return [campaign_presses.SHOW.button(talk._("◀ Back"), campaign_id)]


def _page(talk: Talk, card: Card, count: int, last: DemandId | None, campaign_id: CampaignId) -> Page:
    """A demand to be ranked. `count` were answered before it in this sitting, `last` just now."""
    place = talk._("{n} of {total}").format(n=count + 1, total=ENOUGH_AFTER)
    origin = words.origin(talk.view, is_seed=card.is_seed)
    text = Markup("<i>{} · {}</i>\n\n<b>{}</b>").format(place, origin, words.quoted(talk.view, card.text))

    def says(label: str, stance: Stance) -> Button:
        return presses.STAND.button(label, card.id, int(stance), count)

    back = [] if last is None or not count else [presses.AGAIN.button(talk._("◀ Previous one"), last, count - 1)]
    return text, [
        [says(talk._("👍 Agree"), Stance.AGREE), says(talk._("👎 Disagree"), Stance.DISAGREE)],
        [says(talk._("⏭ Pass"), Stance.PASS)],
        [presses.FOLLOW.button(talk._("🔔 Tell me what becomes of it"), card.id)],
        [*back, presses.ENOUGH.button(talk._("⏹ Enough"), campaign_id)],
    ]
