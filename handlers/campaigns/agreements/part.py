"""The draft agreement: a part of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.agreements import (
    answering,
    commenting,
    coordinating,
    importing,
    notices,
    table_files,
)
from handlers.campaigns.agreements.explaining import ExplainingPages
from handlers.campaigns.agreements.reading import ReadingPages
from handlers.campaigns.connected import CONNECTIONS
from handlers.campaigns.connections import Connections
from handlers.campaigns.parts import CampaignPart
from handlers.chat.feature import AllFeatures, PersonalData, PrivacyPart, WatchedQueue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.agreements import personal_data, queues
from storage.campaigns.agreements.audited import AgreementAction
from storage.campaigns.agreements.comments import (
    BackedAlready,
    ClauseGone,
    HoldsPrivateNumber,
    NoSuchComment,
    OwnComment,
    Settled,
    TooManyComments,
)
from storage.campaigns.agreements.table import DraftComesLater, DraftOver, IsPublished, NoSuchClause, NoSuchVersion


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await personal_data.copy_of(talk.session, talk.person.id):
        return []
    return [talk._("your comments on draft agreements, shown under an alias, and those that you support: /voice")]


async def _warnings(talk: Talk) -> Sequence[str]:
    if not await personal_data.has_waiting(talk.session, talk.person.id):
        return []
    return [talk._("⚠️ A comment of yours on a draft agreement waits to be checked; it would be removed.")]


def agreement_part(connections: Connections) -> CampaignPart:
    """The part, with the demands of the campaign as the other parts know them."""

    def register(routes: Routes, _others: AllFeatures) -> None:
        ReadingPages(connections).register(routes)
        ExplainingPages(connections).register(routes)
        for part in (commenting, coordinating, importing, answering, table_files, notices):
            part.register(routes)

    return CampaignPart(
        register=register,
        for_riders=coordinating.for_riders,
        for_coordinators=coordinating.for_coordinators,
        report=table_files.report,
        refusals={
            NoSuchVersion: N_("This version is no longer there."),
            NoSuchClause: N_("This clause is no longer there."),
            DraftComesLater: N_("You can publish it once the campaign has moved on to the draft agreement."),
            IsPublished: N_("This version has already been published."),
            DraftOver: N_("A draft can be sent from the start of the campaign until its draft phase is over."),
            NoSuchComment: N_("This comment is no longer there."),
            ClauseGone: N_("This clause is no longer in the draft, so it can't be commented on."),
            HoldsPrivateNumber: commenting.NO_NUMBERS,
            TooManyComments: N_("Several of your comments are still waiting to be checked. Please write again later."),
            OwnComment: N_("This is your own comment."),
            BackedAlready: N_("You already support this comment."),
            Settled: N_("Someone else has just dealt with this comment."),
        },
        audit_labels={
            AgreementAction.VERSION_PREPARED: N_("draft agreement uploaded"),
            AgreementAction.VERSION_PUBLISHED: N_("draft agreement published"),
            AgreementAction.VERSION_DISCARDED: N_("draft agreement discarded"),
            AgreementAction.CLAUSE_EXPLAINED: N_("clause explained"),
            AgreementAction.CLAUSE_DEMANDS_CHANGED: N_("demands of a clause changed"),
            AgreementAction.COMMENT_SHOWN: N_("comment on a clause shown"),
            AgreementAction.COMMENT_REFUSED: N_("comment on a clause not shown"),
            AgreementAction.COMMENT_SETTLED: N_("comment on a clause answered"),
        },
        audit_details={
            AgreementAction.VERSION_PREPARED: (N_("campaign {id}: version {number}"),),
            AgreementAction.VERSION_PUBLISHED: (N_("campaign {id}: version {number}"),),
            AgreementAction.VERSION_DISCARDED: (N_("campaign {id}: version {number}"),),
            AgreementAction.CLAUSE_EXPLAINED: (N_("campaign {id}: clause {clause}"),),
            AgreementAction.CLAUSE_DEMANDS_CHANGED: (N_("campaign {id}: clause {clause}, demand {demand}"),),
            AgreementAction.COMMENT_SHOWN: (N_("campaign {id}: comment {comment}"),),
            AgreementAction.COMMENT_REFUSED: (N_("campaign {id}: comment {comment}, {what}"),),
            AgreementAction.COMMENT_SETTLED: (N_("campaign {id}: comment {comment}, {what}"),),
        },
        personal_data=(
            PersonalData(
                "clause_comments", personal_data.erase, N_("Your comments on draft agreements"), personal_data.copy_of
            ),
        ),
        privacy=PrivacyPart(lines=_privacy_lines, warnings=_warnings),
        retention=(personal_data.forget,),
        queues=(WatchedQueue("clause_comments", N_("Comments on draft agreements"), queues.measure),),
    )


PART = agreement_part(CONNECTIONS)
