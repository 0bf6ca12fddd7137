"""A receipt that is typed into the chat: it is taken out of the chat, and the way to the list is offered.

Whoever reads a receipt in somebody's chat can look up how they voted. So it goes nowhere else (to no case, say), and
what is answered is the same whatever vote it belongs to, and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns.ballots import presses
from handlers.campaigns.ballots.receipt_places import Place
from handlers.campaigns.ballots.results import ResultPages
from handlers.chat.press import Button
from handlers.chat.routes import Meant, Routes
from handlers.chat.talk import Talk
from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots, receipts
from storage.campaigns.ballots.table import Ballot, State

_OFFERED = 3


class TypedReceipts:
    def __init__(self, pages: ResultPages) -> None:
        self._pages = pages

    def register(self, routes: Routes) -> None:
        routes.stray_first(self.offer)

    async def offer(self, talk: Talk, _meant: Meant) -> bool:
        """Of what only looks like a receipt nothing is made, unless it is one of a list."""
        meant = () if talk.incoming.is_of_others else receipts.meant(talk.text)
        if not meant:
            return False
        rows = await _listed(talk)
        found = {row: one for row in rows for one in meant if await self._is_listed(talk, row, one)}
        if not found and not receipts.is_surely_about_one(talk.text):
            return False
        talk.call_api("deleteMessage", {"chat_id": talk.chat_id, "message_id": talk.incoming.message_id})
        lines = [talk._("I've removed your message from this chat: a receipt shows how you voted.")]
        if found:
            lines.append(talk._("It is in the published list. Check whether the vote next to it is yours:"))
        elif rows:
            lines.append(
                talk._(
                    "It is not in a published list. A receipt has no 0, 1, I, L, O or U in it, and if you voted again, "
                    "only the last one counts. You can look through the list:"
                )
            )
        else:
            lines.append(
                talk._("Keep your receipt until the result is published. Then you can find it in the list: /voice")
            )
        offered = found or dict.fromkeys(rows, "")
        buttons = [[await self._button(talk, row, receipt)] for row, receipt in list(offered.items())[:_OFFERED]]
        talk.say(Markup("\n").join(map(Markup.escape, lines)), buttons)
        talk.leave_no_trace()
        return True

    async def _is_listed(self, talk: Talk, row: Ballot, receipt: str) -> bool:
        return (await self._pages.of(talk.session, row)).choice_of(receipt) is not None

    async def _button(self, talk: Talk, row: Ballot, receipt: str) -> Button:
        place = Place()
        if receipt:
            place = place.narrowed(await self._pages.of(talk.session, row), receipt)
        return presses.FIND.button(f"🔎 {row.as_said.question[:40]}", row.id, place.text)


async def _listed(talk: Talk) -> Sequence[Ballot]:
    """The ballots of this person's campaigns of which single votes are published, the newest first."""
    theirs = await campaigns.concerning(talk.session, talk.person.id, talk.now)
    rows = [row for one in theirs for row in await ballots.of_campaign(talk.session, one.id)]
    found = [row for row in rows if row.state is State.PUBLISHED and row.as_said.lists_votes]
    return sorted(found, key=lambda row: row.id, reverse=True)
