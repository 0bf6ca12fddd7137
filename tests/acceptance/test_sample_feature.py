"""A feature that only these tests know: it is registered by its manifest, and nothing else was edited for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from handlers import features
from handlers.chat.feature import AllFeatures
from handlers.chat.routes import Routes
from handlers.features import FEATURES, IncompleteManifest
from schedules.jobs import jobs
from storage import audit
from storage.database import Database
from tests.support.config import configured
from tests.support.privacy import erases_everything
from tests.support.sample_feature.feature import FEATURE, JOB
from tests.support.sample_feature.tips import KEPT, Tip, TipAction
from tests.support.simulator import ADMIN, NOON, Rider, Town, running, telegram
from tests.support.words.broadcasts import ASKED_FOR_MESSAGE, ASKED_FOR_TOPIC, NEWS
from tests.support.words.chat import STAFF_ONLY
from tests.support.words.forms import REVIEW_PAGE

ALL = (FEATURE, *FEATURES)


@pytest.fixture
async def tipping(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """The bot with one feature more, whose migration is one table."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Tip.metadata.create_all)
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address), all_features=ALL, all_jobs=(*jobs(), JOB))
        async with running(town.app):
            yield town


async def kept(town: Town) -> int:
    async with town.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Tip)) or 0


@pytest.mark.both_databases
async def test_it_is_asked_refused_thanked_shown_copied_and_erased(tipping: Town) -> None:
    rider = tipping.rider(5)
    await rider.says("/help")
    assert "/tip" in (await rider.hears())["text"]
    await rider.says("/tip")
    await rider.hears_of("Message")
    await rider.says("The tap behind the hall works")
    await rider.hears_of("Thank you.")

    await rider.says("/tip")
    await rider.hears_of("Message")
    await rider.says("Another one")
    await rider.hears_of("try again tomorrow")
    await rider.says("/cancel")

    await tipping.tick("tips")
    await rider.hears_of("Thank you.")
    await rider.says("/my")
    await rider.hears_of("Message: 1")
    await rider.says("/privacy")
    await rider.hears_of("• Message")
    await rider.presses("Download a copy")
    copy = await rider.hears_of("Everything stored")
    file = tipping.world.files.get(copy["document"]["file_id"])
    assert file is not None and b"The tap behind the hall works" in file.content
    await erases_everything(rider)
    assert await kept(tipping) == 0


async def test_it_speaks_the_language_of_whoever_uses_it(tipping: Town) -> None:
    rider = tipping.rider(7, "zh-hans")
    await rider.says("/tip")
    await rider.hears_of("消息内容")
    await rider.says("大厅后面的水龙头能用")
    await rider.hears_of("谢谢。")
    await tipping.tick("tips")
    await rider.hears_of("谢谢。")


@pytest.mark.both_databases
async def test_it_is_guarded_audited_watched_and_forgotten(tipping: Town) -> None:
    rider, admin = tipping.rider(6), tipping.rider(ADMIN)
    await rider.says("/tip")
    await rider.hears_of("Message")
    await rider.says("Ask for hot water")
    await rider.hears_of("Thank you.")
    await rider.presses("All tips")
    assert STAFF_ONLY in await rider.is_answered()
    await admin.forges("sampletips")
    await admin.hears_of("Ask for hot water")
    await admin.says("/audit")
    await admin.hears_of("tips read")
    async with tipping.database.reading() as session:
        assert (await audit.newest(session))[1].act == TipAction.TIPS_READ
    await admin.says("/system")
    await admin.hears_of("tips: 1")
    await shown_to_staff(admin)
    tipping.now = NOON + KEPT + timedelta(hours=1)
    await tipping.tick("retention")
    assert await kept(tipping) == 0


async def shown_to_staff(admin: Rider) -> None:
    """Its figures, its files, and its question about whom a broadcast is for."""
    await admin.says("/stats")
    await admin.hears_of("Tips: 1")
    await admin.presses("Tips")
    await admin.hears_of("Tips · Week 48")
    await admin.says("/export")
    await admin.hears_of("personal data")
    await admin.presses("Tips as text")
    await admin.hears_of("Tips as text")
    await admin.presses("Tippers")
    await admin.hears_of("Tippers: this is personal data")
    await admin.says("To thank them all")
    await admin.hears_of(REVIEW_PAGE)
    await admin.presses("Create the file")
    await admin.hears_of("Encrypted")
    await admin.says("/broadcast")
    await admin.hears_of(ASKED_FOR_MESSAGE)
    await admin.says("Thank you for your tips")
    await admin.hears_of(ASKED_FOR_TOPIC)
    await admin.presses(NEWS)
    await admin.hears_of(REVIEW_PAGE)
    await admin.changes("Tips")
    await admin.hears_of("Only those who left a tip?")


def test_a_forgotten_sentence_is_found_when_the_program_starts() -> None:
    forgetful = replace(FEATURE, refusals={}, audit_labels={})
    with pytest.raises(IncompleteManifest, match="OneTipADay"):
        features.refusals((*FEATURES, forgetful))
    with pytest.raises(IncompleteManifest, match="tips_read"):
        features.routes((*FEATURES, forgetful), {})


def test_a_notice_without_words_is_found_when_the_program_starts() -> None:
    def register(routes: Routes, others: AllFeatures) -> None:
        FEATURE.register(routes, others)
        del routes.notices["sample_thanks"]

    register.__module__ = FEATURE.register.__module__  # as if the feature itself had forgotten it
    with pytest.raises(IncompleteManifest, match="sample_thanks"):
        features.routes((*FEATURES, replace(FEATURE, register=register)), {})


def test_two_notices_of_one_kind_are_found_when_the_program_starts() -> None:
    def register_twice(routes: Routes, others: AllFeatures) -> None:
        FEATURE.register(routes, others)
        FEATURE.register(routes, others)

    with pytest.raises(ValueError, match="taken"):
        features.routes((*FEATURES, replace(FEATURE, register=register_twice)), {})


def test_a_condition_without_a_question_is_found_when_the_program_starts() -> None:
    with pytest.raises(IncompleteManifest, match="LeftATip"):
        features.routes((*FEATURES, replace(FEATURE, audience=None)), {})
