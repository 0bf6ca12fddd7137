"""A town where help from riders nearby is switched on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from bot.config.sections import Sos, SosArea
from handlers.i18n.translations import translator
from storage.database import Database
from storage.membership import memberships
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.config import configured
from tests.support.simulator import DEZHOU, NOON, Rider, Town, running, telegram

CALLER, VOLUNTEER, SECOND_VOLUNTEER, FAR_VOLUNTEER = 560, 561, 562, 563
FAR = (DEZHOU[0] + 0.1, DEZHOU[1])
"""Some 11 km from Dezhou."""


@contextlib.asynccontextmanager
async def helping_town(database: Database, folder: Path) -> AsyncIterator[Town]:
    async with telegram() as (api, address):
        config = configured(folder, address)
        features = config.features.model_copy(update={"sos": True})
        sos = Sos(areas={"fields": SosArea(name="Fields <east>", latitude=FAR[0], longitude=FAR[1], radius_km=12)})
        town = Town(database, api, config.model_copy(update={"features": features, "sos": sos}))
        async with running(town.app):
            yield town


async def is_member(database: Database, person_id: int, language: str = "en") -> None:
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(person_id): language}, NOON)
        await memberships.create(session, PersonId(person_id), {"name": "李雷"}, NOON)


async def on_duty(
    town: Town, person_id: int, language: str = "en", place: tuple[float, float] | None = DEZHOU, **location: int
) -> Rider:
    """A member who has agreed to volunteer and begun a shift of 4 h; without a place, in the declared area."""
    await is_member(town.database, person_id, language)
    _ = translator(language)
    rider = await at_home(town, person_id, language)
    await rider.says("/sos")
    await rider.hears_of(_("In an emergency, call first:"))
    await rider.presses(_("🤝 I want to help others"))
    await rider.hears_of("🤝")
    await rider.presses(_("✅ I agree"))
    await rider.hears_of(_("You are not on duty. Your location isn't stored."))
    await rider.presses(_("▶ Go on duty"))
    await rider.hears_of(_("How long will you be on duty?"))
    await rider.presses("4")
    await rider.hears_of(_("Your location is deleted at the end of your shift."))
    if place is None:
        await rider.presses("🗺 Fields <east>")
    else:
        await rider.shares(*place, **location)
    await rider.hears_of("🤝")
    return rider


async def calls(town: Town, person_id: int = CALLER, language: str = "en") -> Rider:
    """Somebody who has called for help from Dezhou; what they hear then is still to be heard."""
    _ = translator(language)
    rider = await at_home(town, person_id, language)
    await rider.says("/sos")
    await rider.hears_of(_("In an emergency, call first:"))
    await rider.presses(_("🆘 Tell riders nearby"))
    await rider.hears_of(_("Where are you? Send your location with the button below the chat."))
    await rider.shares(*DEZHOU)
    return rider


async def is_asked_to_help(rider: Rider) -> dict[str, object]:
    """The venue that a volunteer is sent."""
    while True:
        heard = await rider.hears()
        if "venue" in heard:
            return dict(heard["venue"])
