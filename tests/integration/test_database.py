"""What is kept: encryption, reports, group commit, the schema."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import dialogues, schema
from storage.coordination.batching import Batcher
from storage.database import Base, Database
from storage.database_errors import DatabaseAway, is_outage
from storage.dialogues import Filled, OpenForm
from storage.encryption import BadKey, CannotDecrypt, Vault, read_or_make_keys
from storage.people import people
from storage.stations import reports, searches
from storage.stations.ids import SearchId, StationKey
from storage.stations.reports import Kind, ReportedAlready
from storage.stations.searches import Search
from storage.telegram_ids import PersonId
from storage.updates import batched_writes, updates, user_state
from storage.updates.batched_writes import Seen
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done, Kept
from tests.support.databases import new_file, opened

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_a_sealed_value_opens_only_in_its_own_row() -> None:
    vault = Vault([b"a" * 32])
    sealed = vault.seal(b"Li", "people.name", 1)
    assert b"Li" not in sealed
    assert vault.open(sealed, "people.name", 1) == b"Li"
    for column, row in (("people.name", 2), ("people.phone", 1)):
        with pytest.raises(CannotDecrypt):
            vault.open(sealed, column, row)
    assert Vault([b"b" * 32, b"a" * 32]).open(sealed, "people.name", 1) == b"Li"
    with pytest.raises(CannotDecrypt):
        Vault([b"b" * 32]).open(sealed, "people.name", 1)


def test_a_first_run_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    found, made = read_or_make_keys(tmp_path / "key")
    assert made
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert read_or_make_keys(tmp_path / "key") == (found, False)
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(BadKey):
        read_or_make_keys(tmp_path / "key")
    assert (tmp_path / "key").read_text() == "nonsense"


async def test_two_riders_confirm_and_reports_fade(database: Database) -> None:
    async with database.writing() as session:
        first = await reports.report(session, StationKey(1), PersonId(10), Kind.NO_WATER, NOW)
        assert first.confirmed is None
        with pytest.raises(ReportedAlready):
            await reports.report(session, StationKey(1), PersonId(10), Kind.NO_WATER, NOW + timedelta(minutes=59))
        again = await reports.report(session, StationKey(1), PersonId(10), Kind.NO_WATER, NOW + timedelta(minutes=61))
        assert again.confirmed is None, "the same rider twice is no confirmation"
        second = await reports.report(session, StationKey(1), PersonId(11), Kind.NO_WATER, NOW + timedelta(hours=2))
        assert second.confirmed is Kind.NO_WATER
        assert await reports.believed(session, NOW + timedelta(hours=7, minutes=59))
        assert not await reports.believed(session, NOW + timedelta(hours=8))


async def test_two_riders_who_find_all_fine_clear_a_report(database: Database) -> None:
    async with database.writing() as session:
        for rider in (1, 2):
            await reports.report(session, StationKey(5), PersonId(rider), Kind.CLOSED, NOW)
        await reports.report(session, StationKey(5), PersonId(3), Kind.FINE, NOW)
        assert await reports.believed(session, NOW)
        assert (await reports.report(session, StationKey(5), PersonId(4), Kind.FINE, NOW)).cleared
        assert not await reports.believed(session, NOW)


async def test_a_search_handed_over_again_is_kept_once_and_encrypted(database: Database) -> None:
    search = Search(SearchId(7), PersonId(1), NOW, 37.43, 116.36)
    for _ in range(2):
        async with database.writing() as session:
            await batched_writes.write(session, [search, Seen(PersonId(1), "en"), Seen(PersonId(1), "en")], NOW)
    async with database.reading() as session:
        assert await searches.find(session, SearchId(7), PersonId(1)) == search
        assert await searches.find(session, SearchId(7), PersonId(2)) is None
        assert await searches.was_near(session, PersonId(1), 37.44, 116.36, NOW + timedelta(minutes=119))
        assert not await searches.was_near(session, PersonId(1), 37.44, 116.36, NOW + timedelta(minutes=121))
        assert not await searches.was_near(session, PersonId(1), 38.43, 116.36, NOW)
        (known, unknown) = await user_state.standings(session, [PersonId(1), PersonId(2)], NOW)
        assert known.known and not unknown.known


async def test_an_open_form_is_seen_by_every_process_until_it_expires(database: Database) -> None:
    form = OpenForm(PersonId(1), "address", "address", Filled({"name": "李雷"}), ["name"])
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(1): "en"}, NOW)
        await dialogues.keep(session, form, NOW, timedelta(hours=24))
    async with database.reading() as session:
        assert await dialogues.current(session, PersonId(1), NOW + timedelta(hours=23)) == form
        assert (await user_state.standings(session, [PersonId(1)], NOW))[0].form == "address"
        assert await dialogues.current(session, PersonId(1), NOW + timedelta(hours=24)) is None


async def test_an_update_is_marked_once_and_its_answers_wait(database: Database) -> None:
    async with database.writing() as session:
        assert await updates.mark_done(session, UpdateKey(1), NOW)
        await updates.keep_answers(session, [Kept(UpdateKey(1), b"hello", NOW)], NOW)
    async with database.writing() as session:
        assert not await updates.mark_done(session, UpdateKey(1), NOW)
        assert await updates.done(session, [UpdateKey(1), UpdateKey(2)]) == [Done(b"hello", NOW), None]
        (claimed,) = await updates.claim_unanswered(session, NOW, timedelta(minutes=1), 100)
        assert claimed.answers == b"hello"
        assert not await updates.claim_unanswered(session, NOW, timedelta(minutes=1), 100)
        await updates.answered(session, [UpdateKey(1)])
        assert await updates.done(session, [UpdateKey(1)]) == [Done()]


async def test_what_comes_together_is_done_together() -> None:
    groups: list[list[int]] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        groups.append(list(numbers))
        await asyncio.sleep(0)
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]

    grouped = Batcher(double)
    assert await asyncio.gather(*map(grouped, range(10))) == [2 * number for number in range(10)]
    assert len(groups) <= 2
    with pytest.raises(ValueError, match="unlucky"):
        await grouped(13)
    assert await grouped(4) == 8


async def test_what_comes_one_by_one_is_gathered_between_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first item is processed at once. The test decides when the pause ends."""
    groups: list[list[int]] = []
    is_over = asyncio.Event()

    async def rests(seconds: float) -> None:
        assert seconds == 0.25
        await is_over.wait()
        is_over.clear()

    async def kept(numbers: Sequence[int]) -> list[int]:
        groups.append(list(numbers))
        return list(numbers)

    gathered = Batcher(kept, rest=0.25)
    with monkeypatch.context() as patch:
        patch.setattr("storage.coordination.batching.asyncio.sleep", rests)
        assert await gathered(1) == 1
        later = [asyncio.ensure_future(gathered(number)) for number in (2, 3, 4)]
        for _ in range(5):
            await asyncio.wait(later, timeout=0)
        assert groups == [[1]]
        is_over.set()
        assert await asyncio.gather(*later) == [2, 3, 4]
        is_over.set()
    assert groups == [[1], [2, 3, 4]]


async def test_the_migrations_lead_to_the_tables_of_the_code(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    async with database.engine.connect() as connection:
        assert await schema.revision(connection) == schema.NEWEST
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Base.metadata)
        )
    assert differences == []


async def test_sqlites_log_is_moved_into_the_file_once_it_is_long(tmp_path: Path) -> None:
    database = opened(new_file(tmp_path / "x.db"))
    assert not await database.checkpoint()
    before = (tmp_path / "x.db").stat().st_size
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 3_001)), "en"), NOW)
    assert await database.checkpoint(above=1)
    assert (tmp_path / "x.db").stat().st_size > before
    async with database.reading() as session:
        assert (await user_state.standings(session, [PersonId(3_000)], NOW))[0].known
    await database.close()


async def test_who_is_cancelled_while_waiting_for_sqlite_holds_it_up_for_nobody(tmp_path: Path) -> None:
    """Another process writes; a task that waits for it is cancelled, and its BEGIN succeeds only then."""
    url = new_file(tmp_path / "x.db")
    database, other = opened(url), opened(url)
    for apart in (True, False):
        async with other.writing():
            async with database.reading() as session:  # so that the connection is there
                await user_state.standings(session, [PersonId(1)], NOW)

            async def writes(*, apart: bool) -> None:
                async with database.writing(apart=apart):
                    raise AssertionError("the other one is still writing")

            waiting = asyncio.create_task(writes(apart=apart))
            await asyncio.sleep(0.1)
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([waiting], timeout=0.2)
        await asyncio.wait([waiting], timeout=5)
        for one in (other, database):
            async with asyncio.timeout(5), one.writing(apart=apart) as session:
                await people.seen_all(session, {PersonId(1): "en"}, NOW)
    await other.close()
    await database.close()


@pytest.mark.parametrize("place", ["127.0.0.1:1/nuanxin", "/nuanxin?host=/nonexistent"])
async def test_a_database_that_is_away_is_an_outage_whatever_the_driver_says(place: str) -> None:
    away = opened(f"postgresql+asyncpg://nobody@{place}", bytes(32))
    for session in (away.reading, away.writing):
        with pytest.raises(DatabaseAway) as raised:
            async with session():
                pass
        assert is_outage(raised.value)
    with pytest.raises(DatabaseAway):
        await schema.migrate(away)
    await away.close()


async def test_a_write_that_outlives_the_closing_leaves_no_connection_open(tmp_path: Path) -> None:
    database = opened(new_file(tmp_path / "test.db"))
    async with database.writing() as session:
        connection = session.info["connection"]
        await database.close()
    assert connection.closed
    async with database.writing() as session:
        assert session.info["connection"] is not connection
    await database.close()


@pytest.mark.parametrize("ended_by", [None, asyncio.CancelledError])
async def test_a_connection_that_reads_while_its_database_is_closed_is_closed_when_it_comes_back(
    database: Database, ended_by: type[BaseException] | None
) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        async with database.reading() as session:
            driver = (await session.info["connection"].get_raw_connection()).driver_connection
            await database.close()
            if ended_by is not None:
                raise ended_by
    assert _is_closed(driver)
    async with database.reading() as session:
        again = (await session.info["connection"].get_raw_connection()).driver_connection
    assert again is not driver
    assert not _is_closed(again)
    await database.close()


def _is_closed(driver: Any) -> bool:
    """Of either database."""
    if hasattr(driver, "is_closed"):
        return bool(driver.is_closed())
    try:
        return bool(driver.total_changes < 0)
    except ValueError:
        return True
