"""Stations: the manifest."""

from __future__ import annotations

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart, WatchedQueue
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from handlers.stations import (
    admin,
    exports,
    figures,
    import_file,
    live_location,
    maps,
    page,
    privacy,
    proposal_review,
    proposing,
    search,
    typed,
)
from storage.stations import proposals, reports, retention, searches
from storage.stations.audited import StationAction
from storage.stations.proposals import NothingProposed, OwnProposal, ProposalDecided, TooManyProposals
from storage.stations.reports import NotNearby, ReportedAlready
from storage.stations.stations import NoSuchStation
from storage.stations.together import TooManyStations


def register(routes: Routes, _others: AllFeatures) -> None:
    for part in (search, live_location, typed, maps, page, admin, import_file, proposing, proposal_review):
        part.register(routes)


FEATURE = Feature(
    name="stations",
    register=register,
    refusals={
        NotNearby: N_(
            "Only riders who searched near this station in the last 2 hours can report. Please send your "
            "location first."
        ),
        NoSuchStation: N_("This station no longer exists."),
        NothingProposed: N_("The station is already listed like that. Thank you for checking!"),
        OwnProposal: N_("Someone else has to decide on your own proposal."),
        ProposalDecided: N_("Someone else has just decided on this proposal."),
        TooManyProposals: N_("Thank you! Please wait until a coordinator has looked at your other proposals."),
        TooManyStations: N_("That's too many stations at once. Please draw a smaller area."),
        ReportedAlready: N_("You have already reported this. Thank you!"),
    },
    audit_details={
        StationAction.STATION_CHANGED: (
            N_("{id}: closed until {until}: {reason}"),
            N_("{id}: open again"),
            N_("{id}: deleted"),
            N_("{id}: brought back"),
            N_("{id}: added"),
            N_("{id}: {column}: {before} → {after}"),
        ),
        StationAction.STATIONS_IMPORTED: (N_("{file}: {number} stations"),),
        StationAction.PROPOSAL_ACCEPTED: (N_("{id}: added"), N_("{id}: {difference}")),
    },
    audit_labels={
        StationAction.STATION_CHANGED: N_("station changed"),
        StationAction.STATIONS_IMPORTED: N_("stations imported"),
        StationAction.PROPOSAL_ACCEPTED: N_("rider's proposal about a station accepted"),
        StationAction.PROPOSAL_REFUSED: N_("rider's proposal about a station not accepted"),
    },
    personal_data=(
        PersonalData("searches", searches.erase, N_("Where you searched"), searches.copy_of),
        PersonalData("reports", reports.erase, N_("Your reports on stations"), reports.copy_of),
        PersonalData("station_proposals", proposals.erase, N_("Your proposals about stations"), proposals.copy_of),
    ),
    retention=(retention.forget,),
    privacy=PrivacyPart(lines=privacy.lines),
    duties=proposal_review.duties,
    reviews=proposal_review.duties,
    queues=(WatchedQueue("station_proposals", N_("proposals about stations"), proposals.to_review),),
    figures=figures.FIGURES,
    exports=exports.EXPORTS,
)
