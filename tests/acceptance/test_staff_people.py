"""Admins choose people in Telegram, are offered what makes sense, and are asked in words; unblocking is told."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.sharing import shares_users
from handlers.i18n.translations import translator
from storage import audit
from storage.activities.audited import ActivityAction
from storage.people import blocks, roles
from storage.people.access import Role
from storage.people.audited import PeopleAction
from storage.stations.audited import StationAction
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.languages import LANGUAGES
from tests.support.simulator import ADMIN, NOON, Town


@LANGUAGES
async def test_a_role_is_given_to_somebody_chosen_in_telegram(town: Town, language: str) -> None:
    _ = translator(language)
    admin, wang = await at_home(town, ADMIN, language), await at_home(town, 320)
    wang.person.first_name = "Wang"
    coordinator, counsel = _("coordinator"), _("case handler")
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(320), Role.COUNSEL.value, ADMIN, NOON)
    await admin.says("/role")
    await admin.hears_of(_("Or press “👤 Choose someone” below the chat."))
    await shares_users(town.world, admin.person, 1, [320])
    page = await admin.hears_of(_("What do you want to change?"))
    assert "Wang" in page["text"] and counsel in page["text"]
    buttons = str(page["reply_markup"])
    assert _("➖ Remove: {role}").format(role=counsel) in buttons
    assert _("➕ Give: {role}").format(role=counsel) not in buttons, "they have it"
    assert _("➖ Remove: {role}").format(role=coordinator) not in buttons, "they lack it"

    await admin.presses(_("➕ Give: {role}").format(role=coordinator))
    await admin.hears_of(_("For how long? Choose, or write the last day, for example “30 June”."))
    await admin.presses(_("No end date"))
    await admin.hears_of(_("Give {who} this role: {role}?").format(who="Wang", role=coordinator))
    await admin.presses(_("✔ Give: {role}").format(role=coordinator))
    await admin.hears_of(_("{who} is now: {role}.").format(who="Wang", role=coordinator))
    await wang.hears_of("You are now: coordinator")


async def test_whose_block_has_ended_is_told(town: Town) -> None:
    rider = await at_home(town, 321, "zh_Hans")
    async with town.database.writing() as session:
        await blocks.block(session, rider.id, "floods", ADMIN, NOON, NOON + timedelta(hours=1))
    town.now += timedelta(hours=2)
    await town.tick("blocks")
    town.deliver()
    await rider.hears_of("您可以重新使用这个机器人了")


async def test_the_details_of_the_audit_log_are_read_in_chinese(town: Town) -> None:
    admin = await at_home(town, ADMIN, "zh_Hans")
    async with town.database.writing() as session:
        for act, about in (
            (StationAction.STATION_CHANGED, "hall: closed until 2026-11-30T12:00:00+00:00: 装修"),
            (StationAction.STATIONS_IMPORTED, "gbkfull.csv: 1 stations"),
            (ActivityAction.ATTENDANCE_READ, "activity 6 as a file"),
            (PeopleAction.ROLE_GRANTED, "coordinator until 2026-11-30T12:00:00+00:00"),
        ):
            await audit.note(session, ADMIN, act, NOON, about=about)
    await admin.says("/audit")
    page = (await admin.hears_of("🧾"))["text"]
    assert "hall：关闭，至 " in page and "20:00：装修" in page
    assert "gbkfull.csv：1 个驿站" in page and "活动 6，导出文件" in page and "协调员，至 " in page
