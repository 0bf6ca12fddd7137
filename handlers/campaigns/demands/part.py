"""Demands: what registers them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.demands import cards, deciding, moderating, notices, report, sections, showing
from handlers.campaigns.demands.bringing import Bringing
from handlers.campaigns.demands.ranking import Ranking
from handlers.campaigns.parts import CampaignPart
from handlers.chat.feature import AllFeatures, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.demands import following, gathering, stances
from storage.campaigns.demands.audited import DemandAction
from storage.campaigns.demands.decks import Decks
from storage.campaigns.demands.table import (
    AlreadyDecided,
    CannotMerge,
    NoSuchDemand,
    NotAsked,
    RankedNoMore,
    RankingIsOpen,
    RankingIsOver,
    SameOutcome,
    TooManyDemands,
)
from storage.campaigns.demands.voters import Part


def register(routes: Routes, others: AllFeatures) -> None:
    def parts(talk: Talk) -> Sequence[Part]:
        return [
            Part(breakdown.name, name, condition)
            for breakdown in others.breakdowns
            for name, condition in breakdown.parts(talk.context.settings)
        ]

    decks = Decks()
    Bringing(decks, parts).register(routes)
    Ranking(decks, parts).register(routes)
    for one in (cards, moderating, deciding, showing, notices):
        one.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    session, own = talk.session, talk.person.id
    if not (
        await gathering.copy_of(session, own)
        or await stances.copy_of(session, own)
        or await following.copy_of(session, own)
    ):
        return []
    return [talk._("the demands that you brought or follow, and about which ones you said something: /voice")]


async def _warnings(talk: Talk) -> Sequence[str]:
    if not await gathering.brings_undecided(talk.session, talk.person.id):
        return []
    return [talk._("⚠️ You have brought a demand that nobody has decided about yet; it would be removed.")]


PART = CampaignPart(
    register=register,
    for_riders=sections.for_riders,
    for_coordinators=sections.for_coordinators,
    before_moving=sections.before_moving,
    report=report.report,
    duties=moderating.duties,
    refusals={
        NoSuchDemand: N_("This demand is no longer there."),
        AlreadyDecided: N_("Someone else has just decided on it, or it has been reworded."),
        TooManyDemands: N_(
            "You have submitted 10 demands, the most that one person can. You can still support others."
        ),
        NotAsked: N_("Your demand no longer needs rewording."),
        RankedNoMore: N_("This demand has become part of another one."),
        RankingIsOpen: N_("Ranking is still open. The result comes when it is over."),
        RankingIsOver: N_("Ranking is over: demands can't be changed any more."),
        CannotMerge: N_("These two can't be put together. One of them may be part of another one already."),
        SameOutcome: N_("It already says that."),
    },
    audit_labels={
        DemandAction.DEMAND_SHOWN: N_("demand shown"),
        DemandAction.DEMAND_REFUSED: N_("demand refused"),
        DemandAction.DEMAND_QUESTIONED: N_("demand sent back for rewording"),
        DemandAction.DEMAND_WRITTEN_DOWN: N_("spoken demand written down"),
        DemandAction.DEMAND_ADDED: N_("demand added for the union"),
        DemandAction.DEMAND_MERGED: N_("demand made part of another"),
        DemandAction.DEMAND_OUTCOME: N_("outcome of a demand"),
    },
    audit_details={
        DemandAction.DEMAND_SHOWN: (N_("demand {id} of campaign {campaign}"),),
        DemandAction.DEMAND_REFUSED: (N_("demand {id} of campaign {campaign}: {text}"),),
        DemandAction.DEMAND_QUESTIONED: (N_("demand {id} of campaign {campaign}"),),
        DemandAction.DEMAND_WRITTEN_DOWN: (N_("demand {id} of campaign {campaign}"),),
        DemandAction.DEMAND_ADDED: (N_("demand {id} of campaign {campaign}: {text}"),),
        DemandAction.DEMAND_MERGED: (N_("demand {id} is part of demand {whole}"),),
        DemandAction.DEMAND_OUTCOME: (N_("demand {id}: {text}"),),
    },
    personal_data=(
        PersonalData("demands", gathering.erase, N_("Demands you submitted"), gathering.copy_of),
        PersonalData("demand_stances", stances.erase, N_("What you said about demands"), stances.copy_of),
        PersonalData("demand_followers", following.erase, N_("Demands you follow"), following.copy_of),
    ),
    privacy=PrivacyPart(lines=_privacy_lines, warnings=_warnings),
    retention=(following.forget,),
)
