"""Heat, cold and storm: the manifest."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.feature import AllFeatures, Feature, PersonalData, PrivacyPart
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.heat import figures, page, warning
from handlers.i18n.translations import N_
from storage.heat import days, wishes
from storage.heat.audited import WeatherAction
from storage.heat.days import AlreadyTold, TooLateToday


def register(routes: Routes, _others: AllFeatures) -> None:
    page.register(routes)
    warning.register(routes)


async def _privacy_lines(talk: Talk) -> Sequence[str]:
    if await wishes.of(talk.session, talk.person.id) is None:
        return []
    return [talk._("that you want to hear about heat, cold and storms, and where: /heat")]


FEATURE = Feature(
    name="heat",
    switch="heat",
    register=register,
    refusals={
        AlreadyTold: N_("Everyone who wants to hear about it has been told of this rule today."),
        TooLateToday: N_("It is too late for today."),
    },
    audit_labels={WeatherAction.WEATHER_SET: N_("weather rule announced")},
    personal_data=(PersonalData("weather_wishes", wishes.erase, N_("Heat and storm notices"), wishes.copy_of),),
    retention=(days.forget,),
    privacy=PrivacyPart(lines=_privacy_lines),
    figures=figures.FIGURES,
    case_facts=warning.case_facts,
    count_case=warning.count_report,
)
