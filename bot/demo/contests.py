"""Demo contests: one that takes entries of teams, one that is voted on and judged then, one with its winners. The
people who entered do not exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.figures import PEOPLE
from storage.contests import contests, judges, moves, teams
from storage.contests.carrying_over import carry_over
from storage.contests.contests import Contest, Phase, Plan, Settings
from storage.contests.entries import Content, EntryState, Kind
from storage.database import Database
from storage.deliveries import retention as deliveries
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

_RULES = "每人（队）一件作品，内容真实，不抄袭。获奖作品会编成集子公开，署您选的名字。（演示数据）"
_IDEAS = (
    ("保温箱分隔板", "用旧泡沫板隔开冷热，汤不再洒。", "老周"),
    ("雨天手机袋", "透明密封袋加一根橡皮筋，接单不停。", "阿强"),
    ("换电地图", "把全城换电柜按路线排了序，一天少跑八公里。", "小刘"),
    ("楼栋口诀", "把三个大小区的楼号编成顺口溜。", "丽丽"),
    ("夜光袖套", "旧反光衣裁的袖套，转弯时后车看得见。", "大鹏"),
    ("暖手挡风", "保温杯套改的把套，冬天手不僵。", "梅姐"),
)


async def add(database: Database, now: datetime, coordinator: PersonId, jury: Sequence[PersonId]) -> None:
    """Adds them to what `demo.fill` made; `jury` judges."""
    async with database.writing() as session:
        await _takes_entries(session, now, coordinator)
        await _is_voted_on(session, now, coordinator, jury)
        await _has_winners(session, now, coordinator)
        # What the moves tell the entrants is for people who have no phone here.
        for person in PEOPLE:
            await deliveries.erase(session, person)


async def _takes_entries(session: AsyncSession, now: datetime, coordinator: PersonId) -> None:
    """Teams can enter; one entry waits to be checked."""
    settings = Settings(
        categories=("短视频", "图文"), by_team=True, criteria=("实用", "创意"), prizes=("奖金 1000 元",)
    )
    until = {Phase.ENTRY: now + timedelta(days=14), Phase.VOTE: None, Phase.JUDGING: None}
    row = await _begun(session, "安全骑行团队赛（演示）", settings, until, coordinator, now)
    team = await teams.found(session, row, PEOPLE[20], "夜骑队", "老马")
    said = "停、看、再走：我们队把三个路口编成了口诀。"
    content = Content(Kind.TEXT, "路口三看", said, "夜骑队", members=("老马",))
    await carry_over(session, row, PEOPLE[20], 1, content, EntryState.WAITING, now, team.id)


async def _is_voted_on(session: AsyncSession, now: datetime, coordinator: PersonId, jury: Sequence[PersonId]) -> None:
    """Whoever comes to the sandbox may vote: the contest is dated a day ahead, so they were here before it."""
    settings = Settings(
        categories=("小发明", "小改进"), criteria=("实用", "创意"), shortlist=2, prizes=("电动车一辆", "头盔一顶")
    )
    phases = {Phase.ENTRY: None, Phase.VOTE: now + timedelta(days=7), Phase.JUDGING: None}
    row = await _begun(session, "“五小”创新征集（演示）", settings, phases, coordinator, now + timedelta(days=1))
    await _shown(session, row, now)
    for judge in jury:
        await judges.name(session, row.id, judge)
    await moves.move(session, row.id, Phase.ENTRY, coordinator, now, None)


async def _has_winners(session: AsyncSession, now: datetime, coordinator: PersonId) -> None:
    """By a draw that can be repeated; with the book of all entries."""
    settings = Settings(categories=("随手拍",), is_drawn=True, prizes=("雨衣一套", "保温杯", "手套"))
    row = await _begun(session, "我身边的暖新驿站（演示）", settings, {Phase.ENTRY: None}, coordinator, now)
    await _shown(session, row, now)
    await moves.move(session, row.id, Phase.ENTRY, coordinator, now, None)


async def _begun(
    session: AsyncSession,
    title: str,
    settings: Settings,
    phases: dict[Phase, datetime | None],
    coordinator: PersonId,
    now: datetime,
) -> Contest:
    row = await contests.create(session, Plan(title, _RULES, Segment(), settings, phases))
    await moves.move(session, row.id, None, coordinator, now, None)
    return row


async def _shown(session: AsyncSession, row: Contest, now: datetime) -> None:
    categories = len(contests.settings_of(row).categories)
    for at, (title, said, by) in enumerate(_IDEAS):
        content = Content(Kind.TEXT, title, said, by)
        await carry_over(session, row, PEOPLE[at], at % categories, content, EntryState.SHOWN, now)
