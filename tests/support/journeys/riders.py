"""What riders do for themselves: stations, activities, language, privacy."""

from __future__ import annotations

from tests.support.journeys.office import make_activity
from tests.support.journeys.phone import RIDER, SECOND_RIDER, Phone

NEAREST, SIGN_UP, GIVE_BACK = "📍 Nearest station", "✅ Sign up", "↩ Give up my place"
BASKETBALL, CHECK_UP = "1", "3"
"""Their buttons in the list of this week's activities."""


async def begins(phone: Phone) -> None:
    await phone.is_taken_by(RIDER)
    await phone.starts()


async def first_start(phone: Phone) -> None:
    await phone.is_taken_by(RIDER)
    async with phone.first_answer():
        await phone.starts()
    await phone.picture("welcome")
    await phone.presses_key(NEAREST)
    await phone.sends_place()
    await phone.picture("list")


async def filtered(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
        await phone.presses_key(NEAREST)
        await phone.sends_place()
    async with phone.first_answer():
        await phone.presses("🔎 Filter")
    await phone.picture("filter")
    await phone.picks("🚻")
    await phone.picture("filtered")
    await phone.presses("ℹ️ More")
    await phone.picture("page")
    await phone.picks("💧")
    await phone.picture("report")
    with phone.aside():
        await phone.presses("📌 Map")
        await phone.picture("map")
        await phone.presses("🖼 Picture")
        await phone.picture("as-picture")


async def live_location(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.presses_key(NEAREST)
        await phone.sends_place(live=True)
    await phone.picture("live")


async def activity(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.writes("/activities")
    await phone.picture("list")
    await phone.presses(BASKETBALL)
    await phone.picture("card")
    await phone.picks("+1")
    await phone.picture("signed-up")
    with phone.aside():
        await phone.writes("/activities")
        await phone.presses(CHECK_UP)
        await phone.presses(SIGN_UP)
        await phone.picture("question")
        await phone.writes({"zh": "没有", "en": "No"}[phone.language])
        await phone.picture("answered")
        await phone.writes("/my")
        await phone.picture("my")


async def full_activity(phone: Phone) -> None:
    with phone.aside():
        await make_activity(phone, {"zh": "明天 19:00", "en": "tomorrow 19:00"}[phone.language], places="1")
        await begins(phone)
        await phone.writes("/activities")
        await phone.presses("2")
        await phone.presses(SIGN_UP)
        await phone.is_taken_by(SECOND_RIDER)
        await phone.starts()
    async with phone.first_answer():
        await phone.writes("/activities")
    await phone.picture("list")
    await phone.presses("2")
    await phone.picture("full")
    await phone.presses("⏳ Join the waiting list")
    await phone.picture("waiting")
    with phone.aside():
        await phone.is_taken_by(RIDER)
        await phone.presses(GIVE_BACK)
        await phone.presses("↩ Give it up")
        await phone.picture("given-back")
        await phone.is_taken_by(SECOND_RIDER)
        await phone.hears("A place is free for you!")
    await phone.picture("offer")
    await phone.presses("🎁 Take the place")
    await phone.picture("taken")
    await phone.presses(GIVE_BACK)
    await phone.picture("declined")


async def reminder(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
        await phone.writes("/activities")
        await phone.presses(BASKETBALL)
        await phone.presses(SIGN_UP)
        await phone.presses("Just me")
        await phone.waits_until(6)
        await phone.picture("day-before")
    async with phone.first_answer():
        await phone.waits_until(21.1)
        await phone.hears("⏰")
    await phone.picture("two-hours-before")


async def language(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.writes("/language")
    await phone.picture("languages")
    await phone.picks({"zh": "中文", "en": "English"}[phone.language])
    await phone.picture("chosen")
    with phone.aside():
        await phone.opens_chat("Riders")
        await phone.writes({"zh": "大家好", "en": "hello everybody"}[phone.language])
        await phone.writes("/station")
        await phone.picture("group")


async def privacy(phone: Phone) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.writes("/privacy")
    await phone.picture("page")
    await phone.presses("📄 Download a copy")
    await phone.picture("copy")
    await phone.presses("🗑 Erase everything about me")
    await phone.picture("erase")
    await phone.presses("🗑 Yes, erase")
    await phone.picture("sure")
    await phone.presses("🗑 Erase permanently")
    await phone.picture("erased")
