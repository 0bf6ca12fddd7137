"""What coordinators and admins do."""

from __future__ import annotations

from tests.support.journeys.phone import ADMIN, COORDINATOR, SECOND_RIDER, Phone

NEWS = {"zh": "周六篮球赛改到下午三点", "en": "Saturday's basketball starts at three"}
TITLE = {"zh": "茶话会", "en": "Tea party"}


async def make_activity(phone: Phone, starts: str, places: str = "") -> None:
    """From /activity to the published activity, by the coordinator."""
    await phone.is_taken_by(COORDINATOR)
    await phone.writes("/activity")
    await phone.picture("mine")
    async with phone.first_answer():
        await phone.presses("➕ New activity")
    await phone.picture("title")
    await phone.writes(TITLE[phone.language])
    await phone.picks("✨")
    await phone.picture("starts")
    await phone.writes(starts)
    await phone.writes("暖新之家")
    await phone.picture("places")
    if places:
        await phone.writes(places)
    else:
        await phone.picks("20")
    await phone.picture("review")
    await phone.presses("✅ Publish")
    await phone.picture("published")


async def new_activity(phone: Phone) -> None:
    await make_activity(phone, {"zh": "明天 19:00", "en": "tomorrow 19:00"}[phone.language])


async def broadcast(phone: Phone) -> None:
    with phone.aside():
        await phone.is_taken_by(SECOND_RIDER)
        await phone.starts()
        await phone.is_taken_by(COORDINATOR)
    async with phone.first_answer():
        await phone.writes("/broadcast")
    await phone.picture("message")
    await phone.writes(NEWS[phone.language])
    await phone.picture("topic")
    await phone.presses("📰 News")
    await phone.picture("review")
    await phone.presses("👁 Preview")
    await phone.picture("preview")
    await phone.presses("✔ Send to {n}")
    await phone.picture("panel")
    with phone.aside():
        await phone.is_taken_by(SECOND_RIDER)
        await phone.hears(NEWS[phone.language])
        await phone.picture("arrived")


async def door(phone: Phone) -> None:
    with phone.aside():
        await make_activity(phone, {"zh": "今天 11:00", "en": "today 11:00"}[phone.language])
    async with phone.first_answer():
        await phone.writes("/checkin")
        await phone.hears("Riders scan this to check in. It changes every minute.")
    await phone.picture("code")


async def admin(phone: Phone) -> None:
    with phone.aside():
        await phone.is_taken_by(SECOND_RIDER)
        await phone.starts()
        await phone.is_taken_by(ADMIN)
    await phone.writes("/role")
    await phone.picture("who")
    await phone.presses_key("👤 Choose someone")
    await phone.picks_people(SECOND_RIDER)
    await phone.picture("roles")
