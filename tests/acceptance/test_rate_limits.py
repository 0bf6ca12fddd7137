"""What one person may ask for, with one polite word; limits of forms and files; the webhook's own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.params import Upload
from bot.updates.rate_limiter import SAID_AGAIN_AFTER, RateLimiter, RateLimitResult
from bot.web.webhook import MOST_GUESSES
from storage.cases import cases
from storage.cases.cases import TooManyCases
from storage.cases.table import CaseContent
from storage.database import Database
from storage.membership import applications
from storage.membership.applications import MOST_PER_DAY, TooManyApplications
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.applications import ANSWERS
from tests.support.case_scripts import at_desk
from tests.support.config import configured
from tests.support.simulator import Town, running, telegram
from tests.support.webhook import HEADER, SECRET, Hooked
from tests.support.words.cases import AGREE_AT_DESK
from tests.support.words.chat import NOT_UNDERSTOOD
from tests.support.words.forms import CONSENT_PAGE


@pytest.fixture
async def strict(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the limits of the default."""
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        town = Town(database, api, config.model_copy(update={"limits": type(config.limits)()}))
        async with running(town.app):
            yield town


async def test_a_flood_is_answered_politely_once(strict: Town) -> None:
    flooder, other = strict.rider(7), strict.rider(8)
    for at in range(250):
        await flooder.says(f"spam {at}")
    await strict.until_idle()
    assert sum("wait a minute" in one["text"] for one in flooder.heard) == 1
    assert sum(NOT_UNDERSTOOD in one["text"] for one in flooder.heard) <= 130
    await other.shares()
    await other.hears_of("No station found")  # since there is none


async def test_who_runs_the_bot_may_ask_on(strict: Town) -> None:
    admin = await admin_of(strict)
    for _ in range(115):
        await admin.says("/audit")
    await strict.until_idle()
    assert not any("wait a minute" in one["text"] for one in admin.heard)


@given(st.lists(st.floats(0, 5), max_size=300))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    limiter = RateLimiter(per_minute=60, burst=10, messages_per_second=30)
    at, taken, warned = 0.0, 0, []
    for pause in pauses:
        at += pause
        result = limiter.check(PersonId(1), at)
        taken += result is RateLimitResult.TAKEN
        if result is RateLimitResult.WARNED:
            warned.append(at)
    assert taken <= 10 + at + 1e-6
    assert all(b - a >= SAID_AGAIN_AFTER for a, b in itertools.pairwise(warned))
    assert limiter.check(PersonId(2), at) is RateLimitResult.TAKEN, "nobody pays for somebody else"


def test_what_waited_during_an_outage_is_all_taken() -> None:
    """It counts when it was written, not when it comes."""
    limiter = RateLimiter(per_minute=60, burst=5, messages_per_second=30)
    assert all(limiter.check(PersonId(1), 1_000.0 + at) is RateLimitResult.TAKEN for at in range(500))


async def test_so_many_cases_a_day_to_a_desk_and_no_more(town: Town) -> None:
    rider = await at_desk(town, 7)
    async with town.database.writing() as session:
        for _ in range(5):
            await cases.open_case(session, "legal", "L", PersonId(7), CaseContent("pay"), 1, 2026, town.now, town.now)
        with pytest.raises(TooManyCases):
            await cases.check_room(session, PersonId(7), "legal", 5, town.now)
        await cases.check_room(session, PersonId(7), "care", 5, town.now)
        await cases.check_room(session, PersonId(8), "legal", 5, town.now)
        await cases.check_room(session, PersonId(7), "legal", 5, town.now + timedelta(days=1))
    await rider.says("/legal")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.until(lambda: any("several cases" in one["text"] for one in rider.rider.answers))


async def test_so_many_applications_a_day_and_no_more(database: Database) -> None:
    from tests.support.simulator import NOON

    async with database.writing() as session:
        for _ in range(MOST_PER_DAY):
            await applications.apply(session, PersonId(7), dict(ANSWERS), 1, NOON)
            await applications.withdraw(session, PersonId(7), NOON)
        with pytest.raises(TooManyApplications):
            await applications.apply(session, PersonId(7), dict(ANSWERS), 1, NOON)
        await applications.apply(session, PersonId(7), dict(ANSWERS), 1, NOON + timedelta(days=1))


@pytest.mark.parametrize("name", ["payslip.exe", "Salary.PDF.apk", "x.LNK", "run.sh"])
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_case_takes_no_programs(town: Town, name: str) -> None:
    rider = await at_desk(town, 7)
    async with town.database.writing() as session:
        from storage.cases import contexts as case_contexts

        row = await cases.open_case(session, "legal", "L", PersonId(7), CaseContent("pay"), 1, 2026, town.now, town.now)
        await case_contexts.enter(session, PersonId(7), row.id, town.now)
    await rider.rider.sends(document=town.world.files.document(Upload(name, b"MZ")))
    await rider.is_asked("I can't accept program files")


async def test_the_webhook_takes_no_guesses_no_other_types_and_no_long_headers(hooked: Hooked) -> None:
    codes = [await hooked.post(b"{}", secret=f"guess {at}") for at in range(MOST_GUESSES + 5)]
    assert codes == [401] * MOST_GUESSES + [429] * 5
    async with aiohttp.ClientSession() as session:

        async def asks(**headers: str) -> int:
            body = b'{"update_id": 1}'
            async with session.post(hooked.url, data=body, headers={HEADER: SECRET, **headers}) as answer:
                return answer.status

        assert await asks(**{"Content-Type": "application/json"}) == 200, "who has the secret is taken all the same"
        assert await asks(**{"Content-Type": "text/html"}) == 415
        assert await asks(**{"Content-Type": "application/json", "X-Long": "x" * 9_000}) == 400
        many = {f"X-{at}": "x" for at in range(100)}
        assert await asks(**{"Content-Type": "application/json", **many}) == 400
