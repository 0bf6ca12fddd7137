"""/my: what is mine, in one place; each feature says its part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from handlers.chat.feature import AllFeatures, Feature
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_


def register(routes: Routes, others: AllFeatures) -> None:
    ordered = sorted(others.features, key=lambda feature: feature.overview_order)
    routes.command("my", partial(my, ordered), about=N_("My activities, cases and membership"), writes=False)


async def my(features: Sequence[Feature], talk: Talk) -> None:
    for feature in features:
        if feature.overview is not None:
            for text, buttons in await feature.overview(talk):
                talk.say(text, buttons or None)


FEATURE = Feature(name="overview", register=register)
