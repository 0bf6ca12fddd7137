"""The end of everything that is stored about somebody."""

from __future__ import annotations

from bot.sandbox.params import Json
from tests.support.simulator import Rider
from tests.support.words.privacy import ERASE, ERASE_PAGE, ERASE_PERMANENTLY, ERASED, IS_SURE, YES_ERASE


async def erases_everything(rider: Rider) -> Json:
    """From the page of /privacy past both warnings; returns the first of them."""
    await rider.presses(ERASE)
    warning = await rider.hears_of(ERASE_PAGE)
    await rider.presses(YES_ERASE)
    await rider.hears_of(IS_SURE)
    await rider.presses(ERASE_PERMANENTLY)
    await rider.hears_of(ERASED)
    return warning
