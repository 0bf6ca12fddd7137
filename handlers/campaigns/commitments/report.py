"""What the report of a campaign tells of the result, and of what was promised."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handlers.campaigns.commitments import words
from handlers.campaigns.connections import Connections
from handlers.chat.reports import Block, Heading, Paragraph, Picture, Table
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.few import figure_words
from handlers.i18n.translations import N_
from storage.campaigns.campaigns import Campaign
from storage.campaigns.commitments import askings, commitments
from storage.campaigns.commitments.askings import Answers
from storage.campaigns.commitments.table import Commitment

_COLUMNS = (N_("Commitment"), N_("State"), N_("Riders: kept"), N_("not kept"), N_("can't tell"))


def reporting(connections: Connections) -> Callable[[Talk, Campaign], Awaitable[Sequence[Block]]]:
    """The section, with the counts of the ballot as that part knows them."""

    async def report(talk: Talk, campaign: Campaign) -> Sequence[Block]:
        return [*await _result(talk, campaign, connections), *await _commitments(talk, campaign)]

    return report


async def _result(talk: Talk, campaign: Campaign, connections: Connections) -> list[Block]:
    row = await commitments.result_of(talk.session, campaign.id)
    if row is None:
        return []
    said = talk._("{label}: {value}").format(label=_plain(talk._(words.OUTCOMES[row.outcome])), value=row.sentence)
    blocks: list[Block] = [Heading(talk._("Result")), Paragraph(said)]
    counts = await connections.ballot_counts(talk.session, talk.view, campaign.id)
    if counts:
        blocks.append(Picture(await talk.context.ports.painter.bars_png(talk._("Secret ballot"), counts)))
    return blocks


async def _commitments(talk: Talk, campaign: Campaign) -> list[Block]:
    found = await commitments.all_of(talk.session, campaign.id)
    if not found:
        return []
    answers = await askings.answers_of(talk.session, campaign.id)
    states = [(_plain(talk._(said)), sum(row.state is state for row in found)) for state, said in words.STATES.items()]
    title = talk._("Commitments")
    header = [talk._(name) for name in _COLUMNS]
    rows = [_row(talk.view, row, answers.get(row.id)) for row in found]
    return [
        Heading(title),
        Picture(await talk.context.ports.painter.bars_png(title, states)),
        Table(header, rows, [5, 3, 1.4, 1.4, 1.4]),
    ]


def _row(view: View, row: Commitment, found: Answers | None) -> Sequence[str]:
    what = f"{row.what}\n{words.due(view, row.due)}"
    counts = ["", "", ""]
    if found is not None:
        counts = [figure_words(count, view.language) for count in (found.kept, found.not_kept, found.cannot_tell)]
    return [what, _plain(words.state(view, row)), *counts]


def _plain(said: str) -> str:
    """Without the sign in front, which the font of a report does not have."""
    return said.split(" ", 1)[1] if said[0] in "⏳✅❌✎🤝" else said
