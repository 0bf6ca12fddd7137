"""Pooled pay: agreed to by itself, counted once a week, shown against one's own; and nothing certain about anybody."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.i18n.translations import translator
from handlers.pay import presses
from storage.database import Database
from storage.pay import entries
from storage.pay.pool import counting, figures, members
from storage.pay.pool.cells import EVERYBODY
from storage.pay.pool.classes import CLASSES, border, class_of
from storage.pay.pool.counting import Offered, PoolCount
from storage.pay.pool.members import PoolMember
from storage.pay.shifts import Shift
from storage.people import blocks
from storage.privacy import consents
from storage.telegram_ids import PersonId
from tests.support.activities import at_home
from tests.support.config import configured
from tests.support.databases import new_file, opened
from tests.support.languages import LANGUAGES
from tests.support.pay import RIDER, begun, file_of
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Town, running, telegram

MONDAY = date(2026, 11, 23)
"""Of the week of NOON."""
OFFERED = Offered(("美团",), ("德城区",))


async def sharing(town: Town, people: range, pays: Sequence[int], platform: str = "美团") -> None:
    """These share, and earned so much an hour, in whole units, in this week and those that follow."""
    async with town.database.writing() as session:
        for person in map(PersonId, people):
            await members.join(session, person, town.now.date(), town.now)
            for at, pay in enumerate(pays):
                day = MONDAY + timedelta(weeks=at)
                await entries.add(session, person, day, Shift(600, 40, pay * 1_000, platform=platform), day, NOON)


async def counted(town: Town, week: date) -> None:
    """The clock after the end of the week that begins there."""
    town.now = NOON + (week - MONDAY) + timedelta(days=8)
    await town.tick("pay_pool")


@LANGUAGES
async def test_who_shares_sees_how_they_stand_and_stops_at_any_time(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9h 42 180")
    await rider.hears_of("✓")
    await sharing(town, range(900, 911), [30])
    await rider.presses(_("📒 My pay book"))
    await rider.hears_of(_("This week"))
    await rider.presses(_("🤝 Compare with others"))
    await rider.hears_of("🤝")
    await rider.presses(_("✅ I agree, count me in"))
    if town.context.settings.joining.districts:
        await rider.hears_of(_("Which district do you mostly work in? Your pay is then counted there, too."))
        await rider.presses(_("I'd rather not say"))
    await rider.hears_of(_("How you stand"))
    town.now = NOON + timedelta(days=7)
    await town.tick("pay_pool")
    await rider.forges(presses.POOL.data())
    page = await rider.hears_of(_("How you stand"))
    assert _("nothing noted") not in page["text"] and _("Everyone who shares") not in page["text"], "too early"
    await counted(town, MONDAY)
    await rider.forges(presses.POOL.data())
    page = await rider.hears_of(_("Everyone who shares"))
    assert _("Week {n}, you: {pay}").format(n=48, pay=_("{amount} an hour").format(amount="¥20")) in page["text"]
    await rider.presses(_("🤝 Stop sharing my pay"))
    await rider.hears_of("要退出时薪统计吗" if language == "zh_Hans" else "Stop sharing your pay?")
    await rider.presses(_("🤝 Stop sharing"))
    await rider.hears_of(_("Nothing of your book is counted any more. Your book itself stays as it is."))
    async with town.database.reading() as session:
        assert await session.get(PoolMember, PersonId(RIDER)) is None
        assert await consents.version_of(session, PersonId(RIDER), members.PURPOSE) is None
        assert await session.scalar(text("SELECT sum(count) FROM pay_pool_counts WHERE by = 'all'")) == 12
        assert await entries.count(session, PersonId(RIDER)) == 1


async def test_a_coordinator_reads_that_rates_fell_once_it_is_sound(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await sharing(town, range(900, 960), [30, 20])
    for week in (MONDAY, MONDAY + timedelta(weeks=1)):
        await counted(town, week)
        await coordinator.says("/stats")
        await coordinator.hears_of("Previous period in brackets")
        await coordinator.presses("◀ Previous")
        await coordinator.hears_of("Previous period in brackets")
        await coordinator.presses("📒 Pay")
        page = await coordinator.hears_of("Everyone who shares: median ¥")
        assert "about 60 people" in page["text"]
        assert ("No change that is more than chance." in page["text"]) == (week == MONDAY)
        name, content = await file_of(town, coordinator)
        assert name == f"pay-2026-W{48 + (week - MONDAY).days // 7}.pdf" and content.startswith(b"%PDF-")
    assert "% since week 48: Everyone who shares" in page["text"] and "Rates have fallen by" in page["text"]
    await coordinator.presses("📄 As CSV")
    _, content = await file_of(town, coordinator)
    assert "pay_people,2026-W49 all,60," in content.decode()


async def test_nobody_is_counted_without_agreeing_and_a_week_counts_once(town: Town) -> None:
    await sharing(town, range(900, 905), [30])
    async with town.database.writing() as session:
        await entries.add(session, PersonId(800), MONDAY, Shift(600, 40, 30_000), MONDAY, NOON)
        await members.leave(session, PersonId(904), NOON)
    await counted(town, MONDAY)
    async with town.database.reading() as session:
        assert (await session.scalars(select(PoolCount))).all() == [], "four people are too few to be kept"
    await sharing(town, range(910, 916), [30, 30])
    for _ in range(2):
        await counted(town, MONDAY + timedelta(weeks=1))
    async with town.database.reading() as session:
        found = await counting.tallies(session, MONDAY, MONDAY + timedelta(weeks=1))
    assert [sorted((cell.by, cell.name, tally.people) for cell, tally in week.items()) for week in found.values()] == [
        [("all", "", 6), ("platform", "美团", 6)]
    ]


async def test_nothing_is_counted_or_offered_where_the_pay_book_is_switched_off(
    database: Database, tmp_path: Path
) -> None:
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        off = config.features.model_copy(update={"pay": False})
        town = Town(database, api, config.model_copy(update={"features": off}))
        async with running(town.app):
            await sharing(town, range(900, 911), [30])
            town.now = NOON + timedelta(days=8)
            with pytest.raises(LookupError):
                await town.tick("pay_pool")
            coordinator = await at_home(town, COORDINATOR)
            await coordinator.says("/stats")
            page = await coordinator.hears_of("Previous period in brackets")
            assert "📒 Pay" not in str(page["reply_markup"])


class Scripted(Random):
    """One person is told for at random with this class; everybody else tells the truth."""

    def __init__(self, place: int, pay_class: int) -> None:
        super().__init__(0)
        self._before, self._pay_class = place, pay_class

    def random(self) -> float:
        self._before -= 1
        return 0.0 if self._before == -1 else 1.0

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        assert (start, stop, step) == (CLASSES, None, 1)
        return self._pay_class


PAYS = st.integers(3, 480).map(lambda pay: pay * 100)
TARGET = PersonId(77)


@given(others=st.lists(PAYS, min_size=3, max_size=11), pay=PAYS, another=PAYS, platform=st.sampled_from(["", "美团"]))
@settings(max_examples=7, deadline=None)
def test_who_knows_all_others_can_not_be_certain_about_one(
    others: list[int], pay: int, another: int, platform: str
) -> None:
    """Whatever is kept and shown when one earned this much may as well be shown when they earned any other amount."""
    asyncio.run(_same_for_any(others, pay, another, platform))


async def _same_for_any(others: list[int], pay: int, another: int, platform: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = opened(new_file(Path(folder) / "pool.db"))
        try:
            async with database.writing() as session:
                for at, one in enumerate(others):
                    await _shares(session, PersonId(900 + at), one, "美团")
                await _shares(session, TARGET, pay, platform)
                order = list(await session.scalars(select(PoolMember.person_id).order_by(PoolMember.person_id)))
                place, unlike = order.index(TARGET), class_of(another)
                seen = await _seen(session, Scripted(place, unlike))
                (entry,) = await entries.all_of(session, TARGET)
                shift = Shift(600, 40, round(border(unlike + 0.5)) * 10, platform=platform)
                await entries.change(session, TARGET, entry.id, shift, NOON)
                assert await _seen(session, Scripted(-1, 0)) == seen
        finally:
            await database.close()


async def _shares(session: AsyncSession, person: PersonId, pay: int, platform: str) -> None:
    await members.join(session, person, MONDAY, NOON)
    await entries.add(session, person, MONDAY, Shift(600, 40, pay * 10, platform=platform), MONDAY, NOON)


async def _seen(session: AsyncSession, chance: Random) -> Any:
    """Counts the week afresh; all that stands in the tables and is shown then."""
    await session.execute(delete(PoolCount))
    await session.execute(update(PoolMember).values(looked_to=MONDAY - timedelta(weeks=1)))
    session.expire_all()
    assert not await counting.carry_on(session, MONDAY + timedelta(days=10), OFFERED, chance)
    rows = (
        await session.execute(select(*PoolCount.__table__.columns).order_by(*PoolCount.__table__.primary_key))
    ).all()
    return rows, await figures.report(session, MONDAY, MONDAY)


async def test_who_is_blocked_is_not_counted(town: Town) -> None:
    """Whoever made accounts to move the figures goes on moving them otherwise; nor are their weeks counted later."""
    await sharing(town, range(900, 906), [30, 30])
    async with town.database.writing() as session:
        for person in (904, 905):
            await blocks.block(session, PersonId(person), "made up", ADMIN, NOON, NOON + timedelta(days=10))
    await counted(town, MONDAY)
    async with town.database.reading() as session:
        assert await counting.newest(session, MONDAY) is None, "four are left"
    await counted(town, MONDAY + timedelta(weeks=1))
    async with town.database.reading() as session:
        weeks = await counting.tallies(session, MONDAY, MONDAY + timedelta(weeks=1))
        assert {week: found[EVERYBODY].people for week, found in weeks.items()} == {MONDAY + timedelta(weeks=1): 6}
