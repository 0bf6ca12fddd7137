"""What the report of a campaign tells of the secret ballot, once its result is published."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.ballots import words
from handlers.chat.reports import Block, Heading, Paragraph
from handlers.chat.talk import Talk
from storage.campaigns.ballots import ballots, publishing
from storage.campaigns.ballots.table import State
from storage.campaigns.campaigns import Campaign


async def report(talk: Talk, campaign: Campaign) -> Sequence[Block]:
    """The question, the outcome with the rule, and how the box can be recounted."""
    blocks: list[Block] = []
    for row in await ballots.of_campaign(talk.session, campaign.id):
        if row.state is not State.PUBLISHED:
            continue
        found = await publishing.published(talk.session, row)
        said = [words.result(talk.view, found), words.how_to_check(talk.view, row, found)]
        blocks.append(Heading(talk._("Secret ballot")))
        blocks += [Paragraph(words.plain(one)) for one in said]
    return blocks
