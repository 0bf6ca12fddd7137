"""The desks: a lawyer, somebody to talk to, hardship aid, suggestions."""

from __future__ import annotations

from tests.support.journeys.phone import COUNSEL, SECOND_RIDER, Phone
from tests.support.journeys.riders import begins

AGREE, SEND = "✅ I agree, let's start", "✔ Send"
TOLD = {
    "zh": {
        "pay": "上周扣了我三百元",
        "danger": "真的不想活了",
        "aid": "摔断了腿，房租交不上",
        "suggestion": "派单太密",
    },
    "en": {
        "pay": "They cut 300 yuan from my pay last week",
        "danger": "I don't want to live any more",
        "aid": "I broke my leg and can't pay the rent",
        "suggestion": "Too many orders at once",
    },
}


async def _begins(phone: Phone, command: str, agree: str = AGREE) -> None:
    with phone.aside():
        await begins(phone)
    async with phone.first_answer():
        await phone.writes(command)
    await phone.picture("consent")
    await phone.presses(agree)


async def legal(phone: Phone) -> None:
    await _begins(phone, "/legal")
    await phone.picture("kind")
    await phone.picks("💰")
    await phone.picks("美团")
    await phone.picture("when")
    await phone.presses("Not sure")
    await phone.picture("story")
    await phone.writes(TOLD[phone.language]["pay"])
    await phone.picture("told")
    await phone.presses(SEND)
    await phone.picture("sent")
    with phone.aside():
        await phone.is_taken_by(COUNSEL)
        await phone.picture("counsel")


async def care(phone: Phone) -> None:
    await _begins(phone, "/care")
    await phone.picks("😮‍💨")
    await phone.writes(TOLD[phone.language]["danger"])
    await phone.picture("danger")
    await phone.presses("📨 Send now")
    await phone.picture("sent")
    with phone.aside():
        await phone.is_taken_by(COUNSEL)
        await phone.picture("alarm")


async def aid(phone: Phone) -> None:
    with phone.aside():
        await phone.is_taken_by(SECOND_RIDER)
        await phone.starts()
    async with phone.first_answer():
        await phone.writes("/aid")
    await phone.picture("consent")
    await phone.presses(AGREE)
    await phone.picks("🏠")
    await phone.presses("💾 Save for later")
    await phone.picture("saved")
    await phone.writes("/aid")
    await phone.picture("resumed")
    await phone.presses("💾 Continue my saved form")
    await phone.writes(TOLD[phone.language]["aid"])
    await phone.picture("review")
    await phone.presses(SEND)
    await phone.picture("sent")


async def suggestion(phone: Phone) -> None:
    await _begins(phone, "/suggestion", "🙈 I agree, anonymously: no reply")
    await phone.picks("📲")
    await phone.picks("美团")
    await phone.writes(TOLD[phone.language]["suggestion"])
    await phone.picture("review")
    await phone.presses(SEND)
    await phone.picture("sent")
