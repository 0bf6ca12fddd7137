"""The secret ballot: what it brings to the pages of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns.ballots import notices, observing, paper, presses, report, running, words
from handlers.campaigns.ballots.results import ResultPages
from handlers.campaigns.ballots.running import RunningBallots
from handlers.campaigns.ballots.typed_receipts import TypedReceipts
from handlers.campaigns.parts import CampaignPart, Section
from handlers.chat.feature import AllFeatures, PersonalData, PrivacyPart
from handlers.chat.press import Button
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.ballots import ballots, papers, retention
from storage.campaigns.ballots.audited import BallotAction
from storage.campaigns.ballots.ballots import BallotMovedOn, ClosesTooSoon, KeyUsedBefore, NoSuchBallot, TooFewEntitled
from storage.campaigns.ballots.papers import NotEntitled, NotOpen, PaperChanged
from storage.campaigns.ballots.publishing import BadResult
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.campaigns import Campaign
from storage.campaigns.moves import BallotRuns


def register(routes: Routes, _others: AllFeatures) -> None:
    paper.register(routes)
    RunningBallots().register(routes)
    pages = ResultPages()
    pages.register(routes)
    TypedReceipts(pages).register(routes)
    observing.register(routes)
    notices.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await papers.copy_of(talk.session, talk.person.id):
        return []
    return [talk._("that you have a paper in a secret ballot, and whether you voted; nobody can see how: /voice")]


async def _warnings(talk: Talk) -> Sequence[str]:
    if not await papers.holds_open(talk.session, talk.person.id):
        return []
    return [
        talk._(
            "⚠️ A secret ballot is open. Your paper in it would be gone: a vote that you have cast wouldn't count, and "
            "you couldn't vote again."
        )
    ]


async def for_riders(talk: Talk, campaign: Campaign) -> Section:
    """The ballots that are open or over, on the riders' page."""
    lines: list[str] = []
    rows: list[list[Button]] = []
    for row in await ballots.of_campaign(talk.session, campaign.id):
        if row.state in (State.PREPARED, State.FREEZING):
            continue
        lines.append(Markup("🗳 <b>{}</b>").format(row.as_said.question))
        lines.append(await _line(talk, row))
        lines += await _own_part(talk, row)
        if row.state is State.OPEN and await papers.is_entitled(talk.session, row.id, talk.person.id):
            rows.append([presses.PAPER.button(talk._("🗳 My ballot paper"), row.id)])
        if row.state is State.PUBLISHED:
            rows.append([presses.RESULT.button(talk._("📊 Result, and how to check it"), row.id)])
            if row.as_said.lists_votes:
                rows.append([presses.FIND.button(talk._("🔎 Find my receipt"), row.id, "")])
    return Section(lines, rows)


async def _own_part(talk: Talk, row: Ballot) -> list[str]:
    """What the list of voters says of them after the close: nobody can vote in their name without their seeing it."""
    took_part = await papers.took_part(talk.session, row.id, talk.person.id)
    if took_part is None:
        return []
    if took_part:
        return [talk._("The list of voters says that you took part. If you didn't, tell a scrutineer.")]
    return [talk._("The list of voters says that you didn't take part. If you did, tell a scrutineer.")]


async def _line(talk: Talk, row: Ballot) -> str:
    if row.state is State.PUBLISHED:
        return talk._("The result is here.")
    if row.state is State.NOT_OPENED:
        return words.too_few(talk.view)
    if row.state is State.CLOSED:
        said = talk._("Closed. In the box: {papers}. The trustees will now open it. You'll hear the result from me.")
        return said.format(papers=words.papers(talk.view, row))
    if not await papers.is_entitled(talk.session, row.id, talk.person.id):
        return talk._("You are not on the roll, which was fixed when the ballot opened.")
    return talk._("You can vote until {moment}.").format(moment=talk.view.end(row.closes_at))


PART = CampaignPart(
    register=register,
    for_riders=for_riders,
    for_coordinators=running.section,
    report=report.report,
    refusals={
        NoSuchBallot: N_("There is no such ballot."),
        KeyUsedBefore: N_("This key belongs to another ballot. Each ballot needs a key of its own: ballot keygen"),
        BallotMovedOn: N_("This ballot has moved on in the meantime. Please open it again."),
        ClosesTooSoon: N_("Its closing time has passed. Delete it and prepare another one."),
        TooFewEntitled: N_(
            "Fewer than 20 people are entitled to vote. Such a box would never be opened, since the result could "
            "show how someone voted."
        ),
        NotEntitled: N_("You are not on the roll, which was fixed when the ballot opened."),
        NotOpen: N_("This ballot is not open."),
        PaperChanged: N_("That was a second tap. To vote again, open your ballot paper again."),
        BadResult: N_("This isn't the result of a ballot."),
        BallotRuns: N_("People are voting. Close the ballot first."),
    },
    audit_labels={
        BallotAction.BALLOT_PREPARED: N_("ballot prepared"),
        BallotAction.BALLOT_DELETED: N_("ballot deleted before it opened"),
        BallotAction.BALLOT_OPENED: N_("ballot opened"),
        BallotAction.BALLOT_ROLL_FROZEN: N_("roll of a ballot fixed"),
        BallotAction.BALLOT_CLOSED: N_("ballot closed"),
        BallotAction.BALLOT_NOT_OPENED: N_("box of a ballot destroyed unopened"),
        BallotAction.BALLOT_PUBLISHED: N_("result of a ballot published"),
    },
    audit_details={
        BallotAction.BALLOT_PREPARED: (N_("ballot {id}: terms {hash}"),),
        BallotAction.BALLOT_DELETED: (N_("ballot {id}"),),
        BallotAction.BALLOT_OPENED: (N_("ballot {id}: terms {hash}"),),
        BallotAction.BALLOT_ROLL_FROZEN: (N_("ballot {id}: {people} people, roll {hash}"),),
        BallotAction.BALLOT_CLOSED: (N_("ballot {id}: {papers} papers, box {hash}"),),
        BallotAction.BALLOT_NOT_OPENED: (N_("ballot {id}: too few votes; its box is destroyed"),),
        BallotAction.BALLOT_PUBLISHED: (N_("ballot {id}: result {hash}"),),
    },
    personal_data=(PersonalData("ballots", papers.erase, N_("Secret ballots"), papers.copy_of),),
    privacy=PrivacyPart(lines=_privacy_lines, warnings=_warnings),
    retention=(retention.forget,),
)
