"""The published result: a picture and counts to everybody, the file with what recounts it, and one's own receipt.

Looking for a receipt leaves no trace either: whose it is can be guessed from who looks for it. It needs no typing, and
shows many receipts at once, so that even the running bot is not told which one is meant. (Whoever types it all the same
is helped by typed_receipts.)
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from cachetools import LRUCache
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.ballots import presses, words
from handlers.campaigns.ballots.receipt_places import Place
from handlers.campaigns.voice import opening_buttons
from handlers.chat.incoming import Json
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.replies import File, Outgoing, buttons_markup
from handlers.chat.routes import Routes
from handlers.chat.rows import packed
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots, receipts, verify
from storage.campaigns.ballots.ballots import BallotMovedOn
from storage.campaigns.ballots.notices import BallotPublished
from storage.campaigns.ballots.publishing import Result, read
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.ids import BallotId
from storage.deliveries.queue import Claimed

_IN_A_ROW = 3
_KEPT = 16
VERIFY = "verify.py"


class ResultPages:
    """Keeps the last results read, and the pictures that Telegram has already."""

    def __init__(self) -> None:
        self._results: LRUCache[BallotId, Result] = LRUCache(_KEPT)
        self._pictures: LRUCache[tuple[BallotId, str], str] = LRUCache(_KEPT)
        """By ballot and language, the file_id."""

    def register(self, routes: Routes) -> None:
        routes.press(presses.RESULT, self.show, writes=False)
        routes.press(presses.FIND, self.find, writes=False)
        routes.compose(BallotPublished.kind, self.compose)

    async def of(self, session: AsyncSession, row: Ballot) -> Result:
        """The result of a ballot, recounted once.

        Raises:
            BallotMovedOn: there is none yet.
        """
        if row.state is not State.PUBLISHED:
            raise BallotMovedOn
        found = self._results.get(row.id)
        if found is None:
            content = await ballots.file_of(session, row.id)
            assert content is not None
            found = self._results[row.id] = await asyncio.to_thread(read, content)
        return found

    async def show(self, talk: Talk, ballot_id: BallotId) -> None:
        """The picture, and the two files with which anybody recounts it."""
        row = await self._theirs(talk, ballot_id)
        found = await self.of(talk.session, row)
        content = await ballots.file_of(talk.session, row.id)
        assert content is not None
        talk.photo(await self._painted(talk.view, found), words.result(talk.view, found), self._buttons(talk.view, row))
        talk.document(VERIFY, await asyncio.to_thread(Path(verify.__file__).read_bytes), "")
        talk.document(words.file_name(row), content, words.how_to_check(talk.view, row, found))

    async def _theirs(self, talk: Talk, ballot_id: BallotId) -> Ballot:
        """Raises NoSuchBallot, NoSuchCampaign: it is not for them."""
        row = await ballots.find(talk.session, ballot_id)
        await campaigns.find_for(talk.session, row.campaign_id, talk.person.id, talk.now)
        return row

    async def _painted(self, view: View, found: Result) -> bytes:
        title = view._("Result of the secret ballot")
        return await view.context.ports.painter.bars_png(title, words.bars(view, found))

    def _buttons(self, view: View, row: Ballot) -> Buttons:
        finding = [[presses.FIND.button(view._("🔎 Find my receipt"), row.id, "")]]
        return finding if row.as_said.lists_votes else []

    async def find(self, talk: Talk, ballot_id: BallotId, at: str) -> None:
        """The published votes of a place; as long as these are many, the places below it."""
        row = await self._theirs(talk, ballot_id)
        found = await self.of(talk.session, row)
        place = Place.read(at)
        if place is None:
            raise InvalidCallback
        keys = [presses.FIND.button(part.label, ballot_id, part.text) for part in place.parts(found)]
        text = talk._("How does your receipt begin?") if keys else _listed(talk, found, place)
        back = talk._("◀ Back")
        shorter = presses.FIND.button(back, ballot_id, place.prefix)
        rows = packed(keys, _IN_A_ROW)
        rows.append([shorter if place.first else campaign_presses.SHOW.button(back, row.campaign_id)])
        talk.edit(text, rows)
        talk.leave_no_trace()

    async def compose(self, session: AsyncSession, view: View, delivery: Claimed) -> Outgoing | None:
        """The picture is uploaded once for each language; Telegram knows it by its file_id then."""
        row = await ballots.find(session, BallotId(delivery.subject or 0))
        found = await self.of(session, row)
        buttons = [
            *self._buttons(view, row),
            [presses.RESULT.button(view._("📄 The list, and how to check it"), row.id)],
            *opening_buttons(view, row.campaign_id),
        ]
        params: Json = {
            "chat_id": delivery.recipient,
            "caption": words.result(view, found),
            "parse_mode": "HTML",
            "reply_markup": buttons_markup(buttons),
        }
        key = (row.id, view.language)
        if key in self._pictures:
            return Outgoing("sendPhoto", {**params, "photo": self._pictures[key]})

        async def remember(sent: Json) -> None:
            if sent.get("photo"):
                self._pictures[key] = sent["photo"][-1]["file_id"]

        picture = File("result.png", await self._painted(view, found))
        return Outgoing("sendPhoto", params, files={"photo": picture}, after=remember)


def _listed(talk: Talk, found: Result, place: Place) -> Markup:
    options = [words.option(talk.view, one) for one in found.terms.options]
    lines = [
        Markup("<code>{}</code>  {}").format(receipts.shown(vote[: receipts.LENGTH]), options[found.choice_in(vote)])
        for vote in place.votes_in(found)
    ]
    return Markup("<b>{}</b>\n{}").format(
        talk._("The published votes. Is yours as you cast it? If not, tell a scrutineer."),
        Markup("\n").join(lines) or talk._("No receipt begins like that."),
    )
