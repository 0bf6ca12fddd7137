"""Statistics: the manifest."""

from __future__ import annotations

from handlers.chat.feature import AllFeatures, Feature, PersonalData
from handlers.chat.routes import Routes
from handlers.statistics import overview
from storage.statistics import searches, statistics


def register(routes: Routes, others: AllFeatures) -> None:
    overview.register(routes, others.figures)


FEATURE = Feature(
    name="statistics",
    register=register,
    personal_data=(PersonalData("search_statistics", searches.erase),),
    archive=(statistics.archive,),
)
