"""Joining the union, and the review."""

from __future__ import annotations

from tests.support.journeys.phone import COORDINATOR, Phone
from tests.support.journeys.riders import begins

DISTRICT = {"zh": "德城区", "en": "Decheng"}


async def join(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.writes("/join")
    await phone.picture("consent")
    await phone.presses("✅ I agree")
    await phone.writes("李雷")
    await phone.picture("phone")
    await phone.presses_key("📱 Share my phone number")
    await phone.picture("platform")
    await phone.picks("美团")
    await phone.picture("district")
    await phone.writes(DISTRICT[phone.language])
    await phone.picture("id")
    await phone.presses("Skip")
    await phone.presses("Not insured")
    await phone.picture("review")
    await phone.presses("✔ Send application")
    await phone.picture("receipt")


async def review(phone: Phone) -> None:
    with phone.aside():
        await phone.is_taken_by(COORDINATOR)
        await phone.writes("/start")
        async with phone.first_answer():
            await join(phone)
            await phone.is_taken_by(COORDINATOR)
            await phone.hears("📝")
    await phone.picture("waiting")
    await phone.presses("▶ Take the oldest")
    await phone.picture("application")
    await phone.presses("✔ Approve")
    await phone.picture("approved")
