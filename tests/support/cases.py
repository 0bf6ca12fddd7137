"""Cases as they are kept."""

from __future__ import annotations

from sqlalchemy import select

from bot.sandbox.params import Json
from storage.cases.files.evidence import Evidence
from storage.cases.table import Case
from tests.support.case_scripts import AtDesk, brings_pay
from tests.support.simulator import Town
from tests.support.words.cases import TAKE


async def takes(counsel: AtDesk, number: str) -> Json:
    """Takes a case from the notice of it; returns its page."""
    await counsel.rider.hears_of(number)
    await counsel.presses(TAKE)
    return await counsel.rider.hears_of(number)


async def in_hand(town: Town, rider: AtDesk, counsel: AtDesk) -> Case:
    """A case without evidence that counsel has taken."""
    number = await brings_pay(rider, evidence=False)
    row = await case_of(town, number)
    await takes(counsel, number)
    return row


async def case_of(town: Town, number: str) -> Case:
    async with town.database.reading() as session:
        row = await session.scalar(select(Case).where(Case.number == number))
    assert row is not None
    return row


async def all_fetched(town: Town) -> bool:
    async with town.database.reading() as session:
        rows = (await session.scalars(select(Evidence))).all()
        return bool(rows) and all(row.fetched_at is not None for row in rows)
