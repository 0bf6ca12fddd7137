"""Stations: the manifest."""

from __future__ import annotations

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.i18n.translations import N_
from handlers.stations import admin, exports, figures, import_file, live_location, maps, page, privacy, search, typed
from storage.stations import reports, retention, searches
from storage.stations.audited import StationAction
from storage.stations.reports import NotNearby, ReportedAlready
from storage.stations.stations import NoSuchStation


def register(routes: Routes, _others: AllFeatures) -> None:
    for part in (search, live_location, typed, maps, page, admin, import_file):
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
    },
    audit_labels={
        StationAction.STATION_CHANGED: N_("station changed"),
        StationAction.STATIONS_IMPORTED: N_("stations imported"),
    },
    personal_data=(
        PersonalData("searches", searches.erase, N_("Where you searched"), searches.copy_of),
        PersonalData("reports", reports.erase, N_("Your reports on stations"), reports.copy_of),
    ),
    retention=(retention.forget,),
    privacy=PrivacyPart(lines=privacy.lines),
    figures=figures.FIGURES,
    exports=exports.EXPORTS,
)
