"""The result and the follow-up: a part of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.campaigns.commitments import asking, running
from handlers.campaigns.commitments.report import reporting
from handlers.campaigns.commitments.results import ResultPages
from handlers.campaigns.commitments.running import RunningPages
from handlers.campaigns.connected import CONNECTIONS
from handlers.campaigns.connections import Connections
from handlers.campaigns.parts import CampaignPart
from handlers.chat.feature import AllFeatures, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.campaigns.commitments import askings
from storage.campaigns.commitments.audited import CommitmentAction
from storage.campaigns.commitments.table import (
    AnsweredAlready,
    AskingOver,
    NoResultYet,
    NoSuchCommitment,
    NotOnTheRoll,
    ResultIsOut,
    TooManyCommitments,
    WasAsked,
)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if not await askings.copy_of(talk.session, talk.person.id):
        return []
    return [talk._("about which commitments you have answered whether they are kept, not what: /voice")]


def commitments_part(connections: Connections) -> CampaignPart:
    """The part, with the ballot of the campaign and its demands as the other parts know them."""

    def register(routes: Routes, _others: AllFeatures) -> None:
        ResultPages(connections).register(routes)
        RunningPages(connections).register(routes)
        asking.register(routes)

    return CampaignPart(
        register=register,
        for_riders=asking.for_riders,
        for_coordinators=running.for_coordinators,
        report=reporting(connections),
        refusals={
            NoResultYet: N_("This is possible only from the result until the end of the campaign."),
            ResultIsOut: N_("Someone else has just published the result."),
            NoSuchCommitment: N_("This commitment is no longer there."),
            TooManyCommitments: N_("That is more commitments than a campaign can have."),
            WasAsked: N_("Riders have been asked about it, so it stays. Change its state instead."),
            AskingOver: N_("This question has closed. See what is open: /voice"),
            NotOnTheRoll: N_("This question went to those who were here when it was asked."),
            AnsweredAlready: N_("You have answered this already."),
        },
        audit_labels={
            CommitmentAction.RESULT_PUBLISHED: N_("result of a campaign published"),
            CommitmentAction.RESULT_CORRECTED: N_("result of a campaign corrected"),
            CommitmentAction.COMMITMENT_ADDED: N_("commitment added"),
            CommitmentAction.COMMITMENT_CHANGED: N_("commitment changed"),
            CommitmentAction.COMMITMENT_STATED: N_("state of a commitment changed"),
            CommitmentAction.COMMITMENT_REMOVED: N_("commitment removed"),
        },
        audit_details={
            action: (
                (N_("campaign {id}: {outcome}"),)
                if action in (CommitmentAction.RESULT_PUBLISHED, CommitmentAction.RESULT_CORRECTED)
                else (N_("campaign {id}: commitment {commitment}, {state}"),)
            )
            for action in CommitmentAction
        },
        privacy=PrivacyPart(lines=_privacy_lines),
        personal_data=(
            PersonalData("commitment_rolls", askings.erase, N_("Questions about commitments"), askings.copy_of),
        ),
    )


PART = commitments_part(CONNECTIONS)
