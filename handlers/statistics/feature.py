"""Statistics: the manifest."""

from __future__ import annotations

from handlers.chat.feature import Feature, PersonalData
from handlers.chat.routes import Routes
from handlers.statistics import csv_export, overview, views
from storage.cases.desks import Desks
from storage.statistics import searches, statistics


def register(routes: Routes, _desks: Desks) -> None:
    for part in (overview, views, csv_export):
        part.register(routes)


FEATURE = Feature(
    name="statistics",
    register=register,
    personal_data=(PersonalData("search_statistics", searches.erase),),
    archive=(statistics.archive,),
)
