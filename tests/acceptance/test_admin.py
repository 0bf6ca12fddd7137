"""What admins do from the chat: settings, keeping people out, the audit, the system's page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot import __version__
from bot.app import App
from handlers.chat.routes import Route
from handlers.chat.talk import Talk
from storage import audit
from storage.activities import activity_reminders, planning, reminders, sign_ups
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.broadcasts.audited import BroadcastAction
from storage.cases.audited import CaseAction
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed, Outcome
from storage.deliveries.table import State
from storage.membership.audited import MembershipAction
from storage.operations import errors, settings
from storage.operations.audited import OperationAction
from storage.people.access import Role
from storage.people.audited import PeopleAction
from storage.people.notices import RoleTaken
from storage.schema import NEWEST
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.case_scripts import at_desk
from tests.support.config import configured
from tests.support.privacy import erases_everything
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town, running, telegram
from tests.support.words.admin import BLOCKED_UNTIL, HOTLINE, SETTINGS_PAGE, SYSTEM_PAGE
from tests.support.words.chat import WELCOME
from tests.support.words.forms import FOR_HOW_LONG, REVIEW_PAGE
from tests.support.words.privacy import STORED_PAGE
from tests.support.words.stations import NEAREST_STATIONS


async def changes(admin: Rider, button: str, text: str, says: str = "✓") -> str:
    """Opens a setting and writes what it shall be."""
    await admin.says("/settings")
    await admin.hears_of(SETTINGS_PAGE)
    await admin.presses(button)
    await admin.hears_of("config file")
    await admin.presses("✎ Change")
    await admin.hears_of(button.split(" ", 1)[-1])
    await admin.says(text)
    return str((await admin.hears_of(says))["text"])


@pytest.mark.both_databases
async def test_a_setting_holds_at_once_and_goes_back(town: Town) -> None:
    admin, rider = await admin_of(town), town.rider(7)
    assert "0534-12351" in await changes(admin, HOTLINE, "0534-12351")
    await rider.says("/start")
    assert "0534-12351" in (await rider.hears_of(WELCOME))["text"]
    await changes(admin, "👋 Greeting (EN)", "Tea is on from six.")
    await rider.says("/start")
    assert "Tea is on from six." in (await rider.hears_of(WELCOME))["text"]
    await changes(admin, "🛵 Platforms", "Meituan, Ele.me\nJD")
    assert list(town.context.settings.joining.platforms) == ["Meituan", "Ele.me", "JD"]
    await changes(admin, "🗞 Digest day", "friday")
    assert town.app.services.scheduler is not None and town.app.base.settings.value("activities.digest_day") == "friday"
    await admin.says("/settings")
    await admin.hears_of(SETTINGS_PAGE)
    await admin.presses(HOTLINE)
    await admin.hears_of("Changed in the chat")
    await admin.presses("As in the config file")
    await admin.hears_of("Reset to the config")
    assert town.context.settings.organisation.hotline == "12351"
    async with town.database.reading() as session:
        (last, *_) = await audit.search(session, 1, act=OperationAction.SETTING_CHANGED)
        assert last.actor == ADMIN and "organisation.hotline" in last.about
        assert set(await settings.read_all(session)) == {
            "organisation.greeting",
            "membership.platforms",
            "activities.digest_day",
        }


@pytest.mark.parametrize(
    ("button", "wrong", "hint"),
    [
        ("🌙 Quiet hours", "22-7", "22:00-07:00"),
        ("🌙 Quiet hours", "25:00-07:00", "22:00-07:00"),
        ("⏰ Reminders", "tomorrow", "24 hours, 2 hours"),
        ("🗞 Digest time", "soon", "09:00"),
        ("🛵 Platforms", "x" * 41, "commas"),
        (HOTLINE, "1" * 61, "riders can call"),
        ("🗞 Digest day", "someday", "Choose a day"),
    ],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_the_config_file_would_refuse_is_refused_in_the_chat(
    town: Town, button: str, wrong: str, hint: str
) -> None:
    admin = await admin_of(town)
    await changes(admin, button, wrong, says=hint)
    await town.until_idle()
    async with town.database.reading() as session:
        assert await settings.read_all(session) == {}


async def test_new_lead_times_move_reminders_that_are_planned(town: Town) -> None:
    admin = await admin_of(town)
    async with town.database.writing() as session:
        plan = Plan("Check-up", Kind.HEALTH, NOON + timedelta(days=3), NOON + timedelta(days=3, hours=1), places=5)
        row = await planning.create(session, plan, COORDINATOR, NOON)
        await planning.publish(session, row.id, NOON)
        await sign_ups.sign_up(session, row.id, PersonId(7), NOON, is_member=False)
        settings = town.context.settings
        await activity_reminders.plan(session, row, settings.lead_times, NOON, settings.quiet_hours)
    await changes(admin, "⏰ Reminders", "5h")
    async with town.database.reading() as session:
        due = await reminders.next_due(session)
    assert due == NOON + timedelta(days=3) - timedelta(hours=5)


async def test_a_ready_answer_is_written_in_the_chat_and_used_at_the_desk(town: Town) -> None:
    admin = await admin_of(town)
    await admin.says("/settings")
    await admin.hears_of(SETTINGS_PAGE)
    await admin.presses("💬 Ready answers")
    await admin.hears_of("Which desk?")
    await admin.presses("⚖️")
    await admin.hears_of("💬")
    await admin.presses("➕ Add")
    await admin.hears_of("its button say?")
    await admin.says("Come by")
    await admin.hears_of("The answer in 中文")
    await admin.says("请于 {day} 来")
    await admin.hears_of("The answer in English")
    await admin.says("Please come on {day}")
    await admin.hears_of(REVIEW_PAGE)
    await admin.presses("✔ Save")
    await admin.hears_of("✓ Come by")
    answers = town.context.settings.desks["legal"].answers
    assert answers[-1].title == "Come by" and answers[-1].words["en"] == "Please come on {day}"
    await admin.presses("◀ Back")
    await admin.hears_of("💬")
    await admin.presses("Come by")
    await admin.hears_of("请于")
    await admin.presses("🗑 Remove")
    await admin.hears_of("Remove the ready answer")
    await admin.presses("🗑 Remove it")
    await admin.hears_of("Removed")
    assert town.context.settings.desks["legal"].answers == answers[:-1]


async def test_another_replica_takes_the_change_up(database: Database, tmp_path: Path) -> None:
    """The second one only watches the counter that the first one raised."""
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        town = Town(database, api, config)
        other = App(config, database, lambda: town.now)
        async with running(town.app):
            admin = await admin_of(town)
            await changes(admin, HOTLINE, "0534-1")
            await admin.says("/block 77")
            await admin.hears_of("Why?")
            await admin.says("floods")
            await admin.hears_of(FOR_HOW_LONG)
            await admin.presses("for 7 days")
            await admin.hears_of("They will be told, and can still see")
            await admin.presses("Block")
            await admin.hears_of("🚫 77")
            await other.background.changes.look()
            context = other.services.context
            assert context.settings.organisation.hotline == "0534-1" and context.blocks.is_blocked(
                PersonId(77), town.now
            )
        await other.telegram.transport.shutdown()


async def blocks(admin: Rider, person: str, how_long: str = "for 7 days", reason: str = "floods the chat") -> None:
    await admin.says(f"/block {person}")
    await admin.hears_of("Why?")
    await admin.says(reason)
    await admin.hears_of(FOR_HOW_LONG)
    await admin.presses(how_long)
    await admin.hears_of("They will be told, and can still see")
    await admin.presses("Block")


async def test_who_is_blocked_hears_the_hotline_and_keeps_their_rights(town: Town) -> None:
    admin, rider = await admin_of(town), town.rider(7)
    await rider.shares()
    await rider.hears_of(NEAREST_STATIONS)
    await blocks(admin, "7")
    assert "12351" in (await rider.hears_of(BLOCKED_UNTIL))["text"]
    await rider.shares()
    assert "12351" in (await rider.hears_of(BLOCKED_UNTIL))["text"]
    for _ in range(5):
        await rider.shares()
    await rider.presses("1")
    assert "12351" in await rider.is_answered()
    await town.until_idle()
    assert sum("can't use" in one.get("text", "") for one in rider.heard) == 2, "said once, not to each message"
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await erases_everything(rider)
    town.now += timedelta(minutes=2)
    await rider.shares()
    await rider.hears_of(BLOCKED_UNTIL)
    await admin.says("/block")
    page = await admin.hears_of("Blocked")
    assert "floods" not in page["text"], "why, is erased with them; that they are kept out stays"
    await admin.presses("Unblock 7")
    await admin.hears_of("Nobody.")
    await rider.hears_of("You can use this bot again.")
    await rider.shares()
    await rider.hears_of(NEAREST_STATIONS)


async def test_a_block_ends_by_itself_and_nobody_blocks_who_runs_the_bot(town: Town) -> None:
    admin, rider = await admin_of(town), town.rider(7)
    await blocks(admin, str(COORDINATOR))
    await admin.until(lambda: any("/role" in answer["text"] for answer in admin.answers))
    await admin.says("/cancel")
    await blocks(admin, "7", "for 1 hour")
    await admin.hears_of("🚫 7")
    await town.until(lambda: 7 in town.context.blocks.people)
    town.now += timedelta(minutes=61)
    await rider.shares()
    await rider.hears_of(NEAREST_STATIONS)
    await town.tick("blocks")
    async with town.database.reading() as session:
        (last,) = await audit.search(session, 1, act=PeopleAction.PERSON_LET_IN)
    assert (last.subject, last.actor) == (7, 0)


@pytest.mark.both_databases
async def test_the_audit_is_searched_by_person_and_by_kind(town: Town) -> None:
    admin = await admin_of(town)
    async with town.database.writing() as session:
        for at in range(25):
            await audit.note(
                session, COORDINATOR, MembershipAction.CARD_CHECKED, NOON, subject=500 + at % 2, about=f"card {at}"
            )
        await audit.note(session, ADMIN, PeopleAction.ROLE_GRANTED, NOON, subject=500, about="coordinator")
    await admin.says("/audit")
    first = await admin.hears_of("Audit")
    assert "card 24" in first["text"] and "card 15" not in first["text"] and "role given" in first["text"]
    await admin.presses("Older")
    assert "card 15" in (await admin.hears_of("Audit"))["text"]
    await admin.presses("By kind")
    kinds = await admin.hears_of("What kind?")
    while "role given" not in str(kinds["reply_markup"]):
        await admin.presses("▶")
        kinds = await admin.hears_of("What kind?")
    await admin.presses("role given")
    only = await admin.hears_of("Audit log · role given")
    assert "card" not in only["text"].replace("coordinator", "")
    await admin.says("/audit 501")
    of_one = await admin.hears_of("Audit log · 501")
    assert "card 23" in of_one["text"] and "card 24" not in of_one["text"]
    await admin.says("/audit @nobody_known")
    await admin.hears_of("I don't know this person")
    async with town.database.reading() as session:
        read = await audit.search(session, 9, act=OperationAction.AUDIT_READ)
        assert len(read) == 4, "who looked is noted, page by page"


async def test_what_the_audit_says_is_in_the_readers_language(town: Town) -> None:
    """Names of the config file, of acts and of segments are kept, and put into words for whoever reads them."""
    segment = '{"active":{"days":7},"language":{"language":"en"},"member":{}}'
    noted = [
        (OperationAction.SETTING_CHANGED, "organisation.hotline: 12351 → 0534-1", "修改设置：☎️ 热线：12351 → 0534-1"),
        (OperationAction.SETTING_CHANGED, "organisation.greeting.en: as in the config file", "👋 英文欢迎语：恢复为"),
        (
            OperationAction.SETTING_CHANGED,
            "desks.legal.answers: without “约时间”",
            "💬 常用回复（法律咨询）：删除“约时间”",
        ),
        (OperationAction.SETTING_CHANGED, "desks.legal.answers: “约时间”", "💬 常用回复（法律咨询）：“约时间”"),
        (OperationAction.SETTING_CHANGED, "web.port: 1 → 2", "修改设置：web.port：1 → 2"),
        (OperationAction.EXPORTED, "csv", "导出数据：🏠 驿站 CSV"),
        (OperationAction.EXPORTED, "members, 12 rows: 年度统计", "导出数据：🔐 会员，12 行：年度统计"),
        (OperationAction.AUDIT_READ, "case_read", "查询操作记录：管理员查看案件"),
        (CaseAction.CASE_READ, "L-2026-000001: 投诉", "管理员查看案件：L-2026-000001：投诉"),
        (BroadcastAction.AUDIENCE_COUNTED, f"broadcast 3: {segment}", "第 3 条群发：最近 7 天、英语、会员"),
        (BroadcastAction.AUDIENCE_COUNTED, "broadcast 4: {}", "第 4 条群发：所有人"),
    ]
    admin = await at_desk(town, ADMIN, "zh_Hans")
    for at in range(0, len(noted), 8):
        async with town.database.writing() as session:
            for act, about, _ in noted[at : at + 8]:
                await audit.note(session, ADMIN, act, NOON, about=about)
        await admin.says("/audit")
        page = (await admin.rider.hears_of("操作记录"))["text"]
        assert [words for _, _, words in noted[at : at + 8] if words not in page] == [], page


@pytest.mark.both_databases
async def test_the_systems_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, rider = await admin_of(town), town.rider(7)

    async def broken(_talk: Talk) -> None:
        raise RuntimeError("李雷 138 0013 8000")

    monkeypatch.setitem(town.app.services.routes.commands, "help", Route(broken))
    for _ in range(3):
        await rider.says("/help")
        await rider.hears_of("Sorry, that went wrong")
    told = await admin.hears_of("Something failed")
    assert "RuntimeError" in told["text"] and "李雷" not in told["text"]
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON))
        (one,) = [one for one in await delivery_queue.claim(session, NOON, 10) if one.recipient == 8]
        await delivery_queue.settle(session, [Outcome(one.id, State.FAILED, 5, trouble="chat is odd")], NOON)
        (row,) = await errors.newest(session)
        assert row.count == 3
    await admin.says("/system")
    page = await admin.hears_of(SYSTEM_PAGE)
    for words in (f"Nuanxin {__version__}", "👑", f"schema {NEWEST}", "undelivered: 1", "in 24 h: 1", "no backup yet"):
        assert words in page["text"], words
    await admin.presses("Errors")
    listed = await admin.hears_of("RuntimeError")
    assert row.error_id in listed["text"] and "× 3" in listed["text"]
    await admin.presses("◀ Back")
    await admin.hears_of(SYSTEM_PAGE)
    await admin.presses("Undelivered")
    assert "chat is odd" in (await admin.hears_of("role_taken"))["text"]
    await admin.presses("Discard all")
    await admin.hears_of("They will never be sent.")
    await admin.presses("Discard them")
    await admin.hears_of("Nothing is waiting.")
    await town.until_idle()
    assert sum("Something failed" in one.get("text", "") for one in admin.heard) == 1


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_no_button_can_be_made_up(town: Town) -> None:
    admin = await admin_of(town)
    for data in (
        "setting:token",
        "settingchange:__class__",
        "settingback:organisation.hotline",
        "readyanswersof:x",
        "readyanswer:legal:99",
        "readyedit:legal:-1",
        "readydrop:care:1000",
        "stationchange:1:code",
        "stationchange:1:deleted_at",
        "audit:drop:0:0",
        "export:../../etc/passwd",
        "exportpersonal:cases",
        "setting:",
        "audit:any:0",
        "unblock:x",
        "statsview:gaps:week:x",
    ):
        seen = len(admin.answers)
        await admin.forges(data)
        await admin.until(lambda seen=seen: len(admin.answers) > seen)
        assert "no longer works" in admin.answers[-1]["text"], data
    for data, words in (
        ("station:999", "no longer exists"),
        ("stationrestore:999", "no longer exists"),
        ("unblock:7", "no longer blocked"),
    ):
        seen = len(admin.answers)
        await admin.forges(data)
        await admin.until(lambda seen=seen: len(admin.answers) > seen)
        assert words in admin.answers[-1]["text"], data


async def test_all_of_it_in_chinese(town: Town) -> None:
    admin = await at_desk(town, ADMIN, "zh_Hans")
    for command, words in (
        ("/settings", "设置"),
        ("/system", "系统"),
        ("/audit", "操作记录"),
        ("/block", "已屏蔽"),
        ("/export", "需要什么"),
        ("/stats", "📊"),
    ):
        await admin.says(command)
        await admin.is_asked(words)
    await admin.says("/import")
    await admin.is_asked("坐标系")
    await admin.says("/station_add")
    await admin.is_asked("在哪里")
