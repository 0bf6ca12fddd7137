"""Riders with a pay book."""

from __future__ import annotations

from handlers.i18n.translations import translator
from tests.support.activities import at_home
from tests.support.simulator import Rider, Town

RIDER, OTHER = 530, 531


async def begun(town: Town, person_id: int = RIDER, language: str = "en") -> Rider:
    """Somebody who has agreed, at the question for their shift."""
    _ = translator(language)
    rider = await at_home(town, person_id, language)
    await rider.says("/pay")
    await rider.hears_of("📒")
    await rider.presses(_("✅ I agree, start my book"))
    await rider.hears_of(_("How was your shift? Write hours, orders and money in one line: 9h 42 318"))
    return rider


async def file_of(town: Town, rider: Rider) -> tuple[str, bytes]:
    """The next document."""
    while True:
        heard = await rider.hears()
        if "document" in heard:
            file = town.world.files.get(heard["document"]["file_id"])
            assert file is not None
            return heard["document"]["file_name"], bytes(file.content)
