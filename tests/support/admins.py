"""An admin with a private chat."""

from __future__ import annotations

from tests.support.simulator import ADMIN, Rider, Town
from tests.support.words.chat import WELCOME


async def admin_of(town: Town) -> Rider:
    admin = town.rider(ADMIN)
    await admin.says("/start")
    await admin.hears_of(WELCOME)
    return admin
