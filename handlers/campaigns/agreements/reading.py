"""/agreement: the draft clause by clause, why each clause is there, and what has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.agreements import presses, words
from handlers.campaigns.agreements.paging import page_of, turning
from handlers.campaigns.connections import Connections
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.i18n.formatting import bracketed
from handlers.i18n.translations import N_, number
from storage.campaigns import campaigns
from storage.campaigns.agreements import comment_lists, differences, reading
from storage.campaigns.agreements.reading import Draft
from storage.campaigns.agreements.table import ClauseText, NoSuchClause
from storage.campaigns.ids import CampaignId, ClauseId

_ON_A_PAGE = 8
AGREEMENT = Subject(
    N_("📄 Draft agreement"),
    {"zh_Hans": "协议条款、合同条款、集体合同草案", "en": "clause, clauses, draft agreement"},
)


class ReadingPages:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def register(self, routes: Routes) -> None:
        routes.command("agreement", self.command, about=N_("Read the draft agreement"), writes=False, subject=AGREEMENT)
        routes.press(presses.OPEN, self.open, writes=False)
        routes.press(presses.CLAUSE, self.clause, writes=False)
        routes.press(presses.CLAUSES, self.clauses, writes=False)
        routes.press(presses.WHY, self.why, writes=False)
        routes.press(presses.CHANGED, self.changed, writes=False)

    async def command(self, talk: Talk) -> None:
        """The first clause at once where there is one draft to read, else which one."""
        found = await reading.readable(talk.session, talk.person.id, talk.now)
        if not found:
            talk.say(talk._("There is no draft agreement to read right now. See what is open: /voice"))
        elif len(found) == 1:
            talk.say(*await self._first(talk, found[0]))
        else:
            rows = [campaigns.find(talk.session, one) for one in found[:_ON_A_PAGE]]
            buttons = [[presses.OPEN.button(row.title[:40], row.id)] for row in [await one for one in rows]]
            talk.say(talk._("Which draft agreement?"), buttons)

    async def open(self, talk: Talk, campaign_id: CampaignId) -> None:
        talk.edit(*await self._first(talk, campaign_id))

    async def _first(self, talk: Talk, campaign_id: CampaignId) -> Page:
        draft = await self._draft(talk, campaign_id)
        return await clause_page(talk, draft, draft.texts[0].clause_id)

    async def _draft(self, talk: Talk, campaign_id: CampaignId) -> Draft:
        campaign = await campaigns.find_for(talk.session, campaign_id, talk.person.id, talk.now)
        draft = await reading.draft_of(talk.session, campaign)
        if draft is None:
            raise NoSuchClause
        return draft

    async def clause(self, talk: Talk, clause_id: ClauseId) -> None:
        draft = await reading.draft_for(talk.session, clause_id, talk.person.id, talk.now)
        talk.edit(*await clause_page(talk, draft, clause_id))

    async def clauses(self, talk: Talk, campaign_id: CampaignId, page: int) -> None:
        """All of them, each with how many comments it has; those that are gone last."""
        draft = await self._draft(talk, campaign_id)
        counts = await comment_lists.counts_on(talk.session, campaign_id)
        here, page, pages = page_of(draft.texts, page, _ON_A_PAGE)
        rows: list[Sequence[Button]] = [
            [presses.CLAUSE.button(_entry(talk, draft, text, counts.get(text.clause_id, 0)), text.clause_id)]
            for text in here
        ]
        if page == pages - 1:
            rows += [
                [presses.CLAUSE.button(f"➖ {words.label(talk.view, text)}", text.clause_id)]
                for text in draft.changes.gone[:_ON_A_PAGE]
            ]
        rows.append(turning(page, pages, lambda sign, at: presses.CLAUSES.button(sign, campaign_id, at)))
        rows.append([campaign_presses.SHOW.button(talk._("◀ Back"), campaign_id)])
        talk.edit(_list_words(talk, draft), rows)

    async def why(self, talk: Talk, clause_id: ClauseId) -> None:
        """A coordinator's sentence, and the demands behind it."""
        draft = await reading.draft_for(talk.session, clause_id, talk.person.id, talk.now)
        row = await reading.find_clause(talk.session, clause_id)
        behind = await reading.demands_behind(talk.session, [clause_id])
        demands = await self._connections.demand_words(talk.session, behind) if behind else ()
        text = await _shown(talk, draft, clause_id)
        lines = [Markup("❓ <b>{}</b>").format(words.title(talk.view, text)), Markup("")]
        lines.append(Markup("{}").format(row.why or talk._("The coordinators haven't said why yet.")))
        if demands:
            lines += [Markup(""), Markup("<b>{}</b>").format(talk._("What riders asked for"))]
            lines += [words.spaced("•", one.text, words.backers(talk.view, one.support)) for one in demands]
        talk.edit(Markup("\n").join(lines), [[back_to_clause(talk, clause_id)]])

    async def changed(self, talk: Talk, clause_id: ClauseId, since: int) -> None:
        """Against an earlier version; the next ones back are offered. Comparing is done apart: it may take a while."""
        draft = await reading.draft_for(talk.session, clause_id, talk.person.id, talk.now)
        text = await _shown(talk, draft, clause_id)
        earlier = await reading.texts_over_versions(talk.session, clause_id)
        old = next((earlier[number] for number in reversed(earlier) if number <= since), None)
        if old is None:
            raise NoSuchClause
        pieces = await asyncio.to_thread(differences.difference, old.text, text.text)
        said = talk._("⚖ What changed since version {n}").format(n=since)
        lines = [
            Markup("<b>{}</b>").format(said),
            Markup("<b>{}</b>").format(words.title(talk.view, text)),
            Markup(""),
            words.difference(differences.shortened(pieces)),
            Markup(""),
            Markup("<i>{}</i>").format(talk._("Struck through: no longer there. Bold: new.")),
        ]
        others = [
            presses.CHANGED.button(talk._("⚖ Since version {n}").format(n=one), clause_id, one)
            for one in _comparable(draft, earlier, text)
            if one != since
        ]
        talk.edit(Markup("\n").join(lines), [*([one] for one in others[:3]), [back_to_clause(talk, clause_id)]])


async def clause_page(talk: Talk, draft: Draft, clause_id: ClauseId) -> Page:
    """A clause as riders read it, with what can be done there."""
    view, at = talk.view, draft.at(clause_id)
    text = await _shown(talk, draft, clause_id)
    place = "" if at is None else f" · {at + 1}/{len(draft.texts)}"
    version = talk._("Draft, version {n}").format(n=draft.version.number)
    lines = [Markup("📄 {}{}").format(version, place)]
    if text.chapter:
        lines.append(Markup("<i>{}</i>").format(text.chapter))
    title = Markup("<b>{}</b>").format(words.title(view, text))
    lines += [words.spaced(title, words.mark(view, draft.changes, text)), Markup("")]
    if at is None:
        gone = talk._("This clause is no longer in the draft. It was in version {n}:")
        since = await reading.number_of(talk.session, text)
        lines += [Markup("➖ {}").format(gone.format(n=since)), Markup("<s>{}</s>").format(text.text)]
    else:
        lines.append(Markup("{}").format(text.text))
    return Markup("\n").join(lines), await _clause_buttons(talk, draft, text, at)


async def _clause_buttons(talk: Talk, draft: Draft, text: ClauseText, at: int | None) -> Buttons:
    clause_id, rows = text.clause_id, list[list[Button]]()
    if at is not None:
        before, after = draft.texts[at - 1].clause_id, draft.texts[(at + 1) % len(draft.texts)].clause_id
        rows.append([presses.CLAUSE.button("◀", before), presses.CLAUSE.button("▶", after)])
    count = (await comment_lists.counts_on(talk.session, draft.campaign.id)).get(clause_id, 0)
    said = talk._("💬 Comments")
    if count:
        said = bracketed(talk._, said, number(count, talk.language))
    rows.append([presses.COMMENTS.button(said, clause_id, 0)])
    if await reading.is_explained(talk.session, clause_id):
        rows.append([presses.WHY.button(talk._("❓ Why this clause"), clause_id)])
    earlier = await reading.texts_over_versions(talk.session, clause_id)
    since = next(iter(_comparable(draft, earlier, text)), None) if at is not None else None
    if since is not None:
        what = talk._("⚖ What changed since version {n}").format(n=since)
        rows.append([presses.CHANGED.button(what, clause_id, since)])
    page = 0 if at is None else at // _ON_A_PAGE
    rows.append([presses.CLAUSES.button(talk._("☰ All clauses"), draft.campaign.id, page)])
    return rows


def _comparable(draft: Draft, earlier: dict[int, ClauseText], text: ClauseText) -> list[int]:
    """Versions before this one in which the clause had another text, the last one first: of each text the last version
    that had it."""
    last, numbers = draft.version.number or 0, sorted(earlier)
    ends = [*(following - 1 for following in numbers[1:]), last]
    return [end for start, end in reversed(list(zip(numbers, ends, strict=True))) if earlier[start].text != text.text]


async def _shown(talk: Talk, draft: Draft, clause_id: ClauseId) -> ClauseText:
    """The clause in this version, or in the last one that had it."""
    at = draft.at(clause_id)
    text = draft.texts[at] if at is not None else await reading.last_text(talk.session, clause_id)
    if text is None:
        raise NoSuchClause
    return text


def back_to_clause(talk: Talk, clause_id: ClauseId) -> Button:
    return presses.CLAUSE.button(talk._("◀ Back to the clause"), clause_id)


def _entry(talk: Talk, draft: Draft, text: ClauseText, comments: int) -> str:
    changed = words.mark(talk.view, draft.changes, text).split(" ")[0]
    said = f"💬 {number(comments, talk.language)}" if comments else ""
    return " ".join(filter(None, [words.label(talk.view, text), changed, said]))


def _list_words(talk: Talk, draft: Draft) -> Markup:
    count = len(draft.texts)
    clauses = talk.plural("{n} clause", "{n} clauses", count).format(n=count)
    version = talk._("Draft, version {n}").format(n=draft.version.number)
    lines = [Markup("📄 <b>{}</b> · {}").format(draft.campaign.title, version), Markup("{}").format(clauses)]
    changed = sum(map(draft.changes.is_changed, draft.texts))
    if changed or draft.changes.new or draft.changes.gone:
        lines.append(words.changes(talk.view, changed, len(draft.changes.new), len(draft.changes.gone)))
    return Markup("\n").join(lines)
