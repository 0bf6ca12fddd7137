"""Broadcasts: the manifest."""

from __future__ import annotations

from handlers.broadcasts import audience, compose, correcting, figures, panel, scheduled, staff_notices, topics
from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from storage.broadcasts import reads
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import BroadcastInDoubt, NotNow, OwnApproval
from storage.people import topics as muted_topics


def register(routes: Routes, others: AllFeatures) -> None:
    compose.register(routes, others.audience)
    for part in (panel, scheduled, correcting, topics, staff_notices):
        part.register(routes)


FEATURE = Feature(
    name="broadcasts",
    register=register,
    refusals={
        NotNow: N_("This is no longer possible."),
        OwnApproval: N_("Someone else has to approve what you wrote."),
        BroadcastInDoubt: N_(
            "Something other than the bot has changed this broadcast in the database, so it can't be sent. Please tell "
            "an admin."
        ),
    },
    audit_details={
        BroadcastAction.URGENT_BROADCAST: (N_("broadcast {id}: {reason}"),),
        BroadcastAction.AUDIENCE_COUNTED: (N_("broadcast {id}: {segment}"), N_("new broadcast: {segment}")),
        BroadcastAction.BROADCAST_CORRECTED: (N_("broadcast {id}, approved by {person}"), N_("broadcast {id}")),
    },
    audit_labels={
        BroadcastAction.URGENT_BROADCAST: N_("urgent broadcast sent"),
        BroadcastAction.BROADCAST_CORRECTED: N_("broadcast corrected"),
        BroadcastAction.AUDIENCE_COUNTED: N_("audience of a broadcast counted"),
    },
    personal_data=(
        PersonalData("muted_topics", muted_topics.erase, N_("Muted topics"), muted_topics.copy_of),
        PersonalData("read_broadcasts", reads.erase, N_("Messages you confirmed as read"), reads.copy_of),
    ),
    privacy=PrivacyPart(lines=topics.privacy_lines),
    overview=topics.overview,
    duties=scheduled.duties,
    audience=audience.AUDIENCE,
    figures=figures.FIGURES,
)
