"""What the report of a campaign tells of the demands."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.demands import words
from handlers.chat.reports import Block, Heading, Paragraph, Table
from handlers.chat.talk import Talk
from handlers.i18n.few import figure_words
from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands import results
from storage.campaigns.demands.results import Result
from storage.disclosure import MIN_CELL_SIZE

_MOST, _COMMON = 40, 10


async def report(talk: Talk, campaign: Campaign) -> Sequence[Block]:
    """What many want, with what has become of each; and what everybody wants."""
    if not await results.is_known(talk.session, campaign.id):
        return []
    outline = await results.outline(talk.session, campaign.id)
    many = await results.by_support(talk.session, campaign.id, limit=_MOST)
    if not many:
        return []
    people = figure_words(outline.people, talk.language)
    note = talk._("Numbers below {n} are hidden; others are rounded to multiples of {n}.").format(n=MIN_CELL_SIZE)
    header = [talk._("Demand"), talk._("Agree"), talk._("Disagree"), talk._("What became of it")]
    blocks: list[Block] = [
        Heading(talk._("What many want")),
        Paragraph(talk._("Riders who ranked: {n}").format(n=people) + "\n" + note),
        Table(header, [_row(talk, one) for one in many], (6, 1.2, 1.2, 2)),
    ]
    common = await results.wanted_by_everybody(talk.session, campaign.id, limit=_COMMON)
    if common:
        said = [[one.text, words.in_every_group(talk.view, one.common)] for one in common]
        header = [talk._("Demand"), talk._("Agree")]
        blocks += [Heading(talk._("What everybody wants")), Table(header, said, (6, 3))]
    return blocks


def _row(talk: Talk, one: Result) -> Sequence[str]:
    became = talk._(words.OUTCOMES[one.state]).split(" ", 1)[1] if one.state in words.OUTCOMES else ""
    figures = (figure_words(figure, talk.language) for figure in (one.figures.agree, one.figures.disagree))
    return [one.text, *figures, became]
