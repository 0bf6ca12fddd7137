"""The draft for the table: every clause with what riders said and what was answered, as CSV and as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.campaigns.agreements import presses, words
from handlers.chat.reports import Block, Heading, Paragraph, Picture, Report, Table
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.csv_files import sheet
from handlers.i18n.translations import N_
from storage.campaigns import campaigns
from storage.campaigns.agreements import comment_lists, reading
from storage.campaigns.agreements.comment_lists import Shown
from storage.campaigns.agreements.comments import PUBLIC
from storage.campaigns.agreements.reading import Draft
from storage.campaigns.agreements.table import ClauseText, NoSuchVersion
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId
from storage.people.access import Right

_RIGHT = Right.RUN_CAMPAIGNS
_COLUMNS = (
    N_("Clause"),
    N_("Text"),
    N_("Rider"),
    N_("On version"),
    N_("Comment"),
    N_("Supporters"),
    N_("State"),
    N_("Adopted in version"),
    N_("Reply"),
)


def register(routes: Routes) -> None:
    routes.press(presses.TABLE_CSV, csv_file, right=_RIGHT, writes=False)
    routes.press(presses.TABLE_PDF, pdf_file, right=_RIGHT, writes=False)


async def _draft(talk: Talk, campaign_id: CampaignId) -> tuple[Draft, Sequence[Shown]]:
    draft = await reading.draft_of(talk.session, await campaigns.find(talk.session, campaign_id))
    if draft is None:
        raise NoSuchVersion
    return draft, await comment_lists.all_public(talk.session, campaign_id)


async def csv_file(talk: Talk, campaign_id: CampaignId) -> None:
    draft, said = await _draft(talk, campaign_id)
    view = talk.view
    header = [view._(name) for name in _COLUMNS]
    rows: list[Sequence[object]] = []
    for text in [*draft.texts, *await _gone(talk, draft, said)]:
        on_it = [one for one in said if one.clause_id == text.clause_id]
        rows += [_row(view, text, one) for one in on_it] or [_row(view, text, None)]
    name = f"agreement-{campaign_id}-v{draft.version.number}"
    talk.document(f"{name}.csv", sheet(header, rows), view._("The draft with comments and answers."))


async def _gone(talk: Talk, draft: Draft, said: Sequence[Shown]) -> list[ClauseText]:
    """Clauses that this version has no more, and that riders commented on."""
    here = {text.clause_id for text in draft.texts}
    gone = dict.fromkeys(one.clause_id for one in said if one.clause_id not in here)
    found = [await reading.last_text(talk.session, clause_id) for clause_id in gone]
    return [text for text in found if text is not None]


def _row(view: View, text: ClauseText, one: Shown | None) -> Sequence[object]:
    clause = [words.title(view, text), text.text]
    if one is None:
        return [*clause, *[None] * 7]
    backers = one.backers if isinstance(one.backers, int) else None
    who = words.alias(view, one.alias)
    state = view._(words.STATES[one.state])
    return [*clause, who, one.version, one.text, backers, state, one.taken_in, one.answer]


async def pdf_file(talk: Talk, campaign_id: CampaignId) -> None:
    draft, said = await _draft(talk, campaign_id)
    view = talk.view
    blocks = list(_clauses(view, draft.texts, said))
    if gone := await _gone(talk, draft, said):
        blocks += [Heading(view._("No longer in the draft")), *_clauses(view, gone, said)]
    version = view._("Draft, version {n}").format(n=draft.version.number)
    organisation = talk.context.settings.organisation.name
    report = Report(draft.campaign.title, f"{version} · {draft.campaign.counterpart}", organisation, talk.now, blocks)
    content = await talk.context.ports.reports.pdf(report)
    name = f"agreement-{campaign_id}-v{draft.version.number}.pdf"
    talk.document(name, content, view._("The draft with comments and answers."))


def _clauses(view: View, texts: Sequence[ClauseText], said: Sequence[Shown]) -> Iterator[Block]:
    for text in texts:
        yield Heading(words.title(view, text))
        yield Paragraph(text.text)
        on_it = [one for one in said if one.clause_id == text.clause_id]
        if on_it:
            header = [view._("Rider"), view._("Comment"), view._("Supporters"), view._("State")]
            yield Table(header, [_comment_row(view, one) for one in on_it], [2, 6, 2, 5])


def _comment_row(view: View, one: Shown) -> Sequence[str]:
    state = view._(words.STATES[one.state])
    if one.taken_in is not None:
        state = view._("adopted in version {n}").format(n=one.taken_in)
    answer = view._("{label}: {value}").format(label=state, value=one.answer) if one.answer else state
    backers = str(one.backers) if isinstance(one.backers, int) else ""
    return [words.alias(view, one.alias), one.text, backers, answer]


async def report(talk: Talk, campaign: Campaign) -> Sequence[Block]:
    """The section of the campaign's report: the newest version, and how many comments came to what."""
    draft = await reading.draft_of(talk.session, campaign)
    if draft is None:
        return ()
    view = talk.view
    states = await comment_lists.states_of(talk.session, campaign.id)
    counted = [(view._(words.STATES[state]), states.get(state, 0)) for state in PUBLIC]
    version = view._("Draft, version {n}").format(n=draft.version.number)
    blocks: list[Block] = [Heading(view._("Draft agreement")), Paragraph(version)]
    if any(count for _, count in counted):
        title = view._("Comments by riders")
        blocks.append(Picture(await talk.context.ports.painter.bars_png(title, counted)))
    rows = [[words.title(view, text), text.text] for text in draft.texts]
    return [*blocks, Table([view._("Clause"), view._("Text")], rows, [2, 5])]
