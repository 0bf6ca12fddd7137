"""Demo honours: a register of people who do not exist, and two nominations on their way through the levels."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.desks import built_in
from storage.cases import cases, levels
from storage.cases.table import CaseContent
from storage.database import Database
from storage.dialogues import Answers
from storage.honours import register
from storage.honours.table import Entry, HonourState
from storage.people import roles
from storage.people.access import Role
from storage.telegram_ids import PersonId

DESK = "honours"
_MERITS = "2024 年 7 月暴雨，连续三天给 40 户老人送药；两年零差评。（演示数据）"
_REGISTER = (
    ("演示·张兰", "劳动模范", 2019, "德州好运配送有限公司", HonourState.ACTIVE),
    ("演示·王建国", "五一劳动奖章", 2015, "德州市公交总公司", HonourState.RETIRED),
    ("演示·刘洋", "先进工作者", 2023, "鲁北快递有限公司", HonourState.ACTIVE),
    ("演示·陈秀英", "劳动模范", 2008, "德州纺织厂", HonourState.RETIRED),
    ("演示·孙志强", "五一劳动奖章", 2021, "德州好运配送有限公司", HonourState.ACTIVE),
)


async def add(
    database: Database, now: datetime, zone: str, nominee: PersonId, nominator: PersonId, reviewer: PersonId
) -> None:
    """Adds them to what `demo.fill` made. `nominee` is in the register and has nominated themselves anew, `nominator`
    somebody else; `reviewer` is another reviewer beside counsel, since three levels need three people."""
    async with database.writing() as session:
        await roles.grant(session, reviewer, Role.REVIEWER, reviewer, now)
        for at, (name, title, year, employer, state) in enumerate(_REGISTER):
            entry = Entry(name, title, year, employer, phone=f"+861380000010{at}", note="演示数据，并无此人")
            await register.add(session, entry, None if at else nominee, now, state)
        year = now.astimezone(ZoneInfo(zone)).year
        for person, name, whom, kind in (
            (nominee, "演示·张兰", "self", "medal"),
            (nominator, "演示·赵小勇", "other", "advanced"),
        ):
            answers: Answers = {
                "whom": whom,
                "name": name,
                "phone": "+8613800000100",
                "employer": "德州好运配送有限公司",
                "since": 2019,
                "merits": _MERITS,
            }
            content = CaseContent(kind, answers=answers)
            due = now + timedelta(days=5)
            row = await cases.open_case(session, DESK, built_in()[DESK]["prefix"], person, content, 1, year, due, now)
            levels.begin(row, "", now)
