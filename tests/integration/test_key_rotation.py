"""Encryption keys: the right ones or one clear line, rotation while the bot runs, and nothing readable on the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

from bot.sandbox.params import Upload
from bot.sandbox.people import Person
from storage import audit, dialogues, keys, sealed_columns
from storage.column_types import Sealed
from storage.database import Base, Database
from storage.encryption import CannotDecrypt, Vault, WrongKey, read_keys
from storage.membership import applications, memberships
from storage.telegram_ids import PersonId
from tests.support.applications import ID_NUMBER, applied, begins_to_join, picture
from tests.support.databases import KEY, new_database, opened
from tests.support.disk import DISTRICT, NAME, PHONE, filled, search_disk, talkative
from tests.support.processes import bot, bot_settings, ends_within_10_s, logged, waits
from tests.support.simulator import NOON, Rider, telegram
from tests.support.words.chat import WELCOME
from tests.support.words.forms import REVIEW_PAGE, SEND
from tests.support.words.membership import (
    APPLICATIONS_WAITING,
    APPROVE,
    ASKED_FOR_DISTRICT,
    ASKED_FOR_ID_NUMBER,
    ASKED_FOR_INSURANCE,
    ASKED_FOR_PHONE,
    ASKED_FOR_PLATFORM,
    IS_MEMBER,
    TAKE_OLDEST,
)

pytestmark = waits

NEW = bytes(reversed(range(32)))
UNSEALED = {
    "audit.subject",
    "audit.commitment",
    "audit.hash",
    "applications.phone_index",
    "applications.id_index",
    "memberships.phone_index",
    "memberships.id_index",
    "memberships.platform_index",
    "memberships.district_index",
    "memberships.card_index",
    "people.username_index",
    "calendar_feeds.token_index",
    "search_figures.people",
    "case_allowances.digest",
    "comment_aliases.key",
    "comment_backings.key",
    "ballots.roll_hash",
    "ballots.key",
    "ballot_papers.envelope",
    "ballot_files.content",
    "contest_entries.certificate_index",
    "contest_teams.invitation_index",
    "contest_votes.alias",
    "honoured.entry_index",
    "honoured.name_index",
    "honoured.id_index",
    "honoured.phone_index",
    "honoured.employer_index",
    "honoured.link_index",
    "browser_passes.digest",
    "browser_passes.source",
}
"""Digests: keyed ones, and those of the audit chain and of a ballot's roll. And what is of the trustees' key: its
public half, what is sealed to it, and what is published."""


def test_every_column_of_bytes_is_sealed_or_a_digest() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not isinstance(column.type, Sealed)
    }
    assert found == UNSEALED
    assert len(sealed_columns.sealed_columns()) >= 10


async def test_replicas_that_start_together_on_a_new_database_agree_on_its_key(database: Database) -> None:
    """Each begins to look before any has written."""
    async with database.writing() as session:
        await session.execute(Base.metadata.tables["key_checks"].delete())
    ready = asyncio.Barrier(3 if database.is_postgresql else 1)

    async def starts() -> None:
        async with database.writing() as session:
            assert await session.get(keys.KeyCheck, 1) is None or not database.is_postgresql
            await ready.wait()
            await keys.check(session)

    await asyncio.gather(*(starts() for _ in range(3 if database.is_postgresql else 1)))
    async with database.writing() as session:
        await keys.check(session)


async def test_a_rotation_can_be_interrupted_and_goes_on(migrated_url: str) -> None:
    old = opened(migrated_url)
    await filled(old)
    await old.close()
    both = opened(migrated_url, NEW, KEY)
    async with both.reading() as session:
        before = await keys.count_old(session)
    assert before > 500
    batches = keys.rotate(both)
    first = await anext(batches)  # and then the machine goes down
    await batches.aclose()
    async with both.reading() as session:
        assert await keys.count_old(session) == before - first
    async with both.writing() as session:  # the bot goes on meanwhile, and finds what either key has sealed
        assert await dialogues.current(session, PersonId(250), NOON) is not None
        assert await applications.doubles(session, await applied(session, 600)) == ["A-2026-000001", 1]
    assert sum([done async for done in keys.rotate(both)]) >= before - first
    await both.close()

    only_new = opened(migrated_url, NEW)
    async with only_new.writing() as session:
        await keys.check(session)
        assert await keys.count_old(session) == 0
        for person_id in (1, 250, 500):
            found = await dialogues.current(session, PersonId(person_id), NOON)
            assert found is not None and found.filled.answers == {"name": "李雷"}
        member = await memberships.of(session, PersonId(1))
        assert member is not None
        card = memberships.content_of(session, member)["card"]
        assert await memberships.by_card(session, card) is member
        assert (await applications.doubles(session, await applied(session, 601)))[-1] == 1
        assert (await audit.verify(session)).fault == ""
        assert [entry.about for entry in await audit.newest(session, subject=1)] == ["A-2026-000001"]
    await only_new.close()


async def test_a_wrong_key_is_one_line_and_nothing_is_overwritten(migrated_url: str) -> None:
    right = opened(migrated_url)
    await filled(right)
    wrong = opened(migrated_url, NEW)
    with pytest.raises(WrongKey, match="sealed with another key"):
        async with wrong.writing() as session:
            await keys.check(session)
    await wrong.close()
    async with right.writing() as session:
        await keys.check(session)
        await session.execute(Base.metadata.tables["key_checks"].delete())  # as in a database from before it
    wrong = opened(migrated_url, NEW)
    with pytest.raises(WrongKey):
        async with wrong.writing() as session:
            await keys.check(session)
    await wrong.close()
    await right.close()


def test_a_vault_reads_its_keys_again_before_it_gives_up() -> None:
    known = [KEY]
    vault = Vault([KEY], lambda: known)
    sealed = Vault([NEW, KEY]).seal(b"x", "people.home", 1)
    with pytest.raises(CannotDecrypt):
        vault.open(sealed, "people.home", 1)
    known.insert(0, NEW)
    assert vault.open(sealed, "people.home", 1) == b"x"
    assert vault.current == Vault([NEW]).current


async def test_a_missing_key_file_is_one_line_at_the_start(tmp_path: Path) -> None:
    settings = bot_settings("http://127.0.0.1:1", "")
    settings["NUANXIN_GEOCODING__SERVICE"] = ""
    assert await (await bot(tmp_path, "migrate")).wait() == 0
    key = tmp_path / "data" / "encryption.key"
    kept = key.read_bytes()
    key.unlink()
    assert await (await bot(tmp_path, "run", **settings)).wait() == 1
    assert not key.exists()
    said = (tmp_path / "log").read_text()
    assert "encryption.key is missing" in said and "Traceback" not in said
    key.write_bytes(kept)
    assert await (await bot(tmp_path, "audit", "verify")).wait() == 0


async def goes_on_and_applies(rider: Rider) -> None:
    """From the question for a phone number to the receipt."""
    await rider.says(PHONE)
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("美团")
    for question, answer in ((ASKED_FOR_DISTRICT, DISTRICT), (ASKED_FOR_ID_NUMBER, ID_NUMBER)):
        await rider.hears_of(question)
        await rider.says(answer)
    await rider.hears_of(ASKED_FOR_INSURANCE)
    await rider.presses("Insured")
    await rider.hears_of(REVIEW_PAGE)
    await rider.changes("Screenshot")
    await rider.hears_of("screenshot")
    await rider.sends(photo=rider.world.files.photo(Upload("profile.png", picture())))
    await rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.hears_of("A-2026-000001")


async def approves(coordinator: Rider) -> None:
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.presses(TAKE_OLDEST)
    await coordinator.hears_of(NAME)
    await coordinator.presses(APPROVE)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_nothing_personal_can_be_read_on_the_disk(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """A whole application by a program that logs at debug level; its keys are rotated meanwhile, then it is killed.
    Database file, WAL, a backup and the log are searched."""
    url = await new_database(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    async with telegram() as (api, address):
        settings = {**talkative(address, url), "NUANXIN_PEOPLE__COORDINATORS": "2"}
        rider = Rider(api.world, api.world.add(Person(1, "Rider", language_code="en")))
        coordinator = Rider(api.world, api.world.add(Person(2, "Coordinator", language_code="en")))
        running = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(became leader)")
        await coordinator.says("/start")
        await coordinator.hears_of(WELCOME)
        await begins_to_join(rider)
        await rider.says(NAME)
        await rider.hears_of(ASKED_FOR_PHONE)
        assert await (await bot(tmp_path, "keys", "rotate", **settings)).wait() == 0
        assert len(read_keys(tmp_path / "data" / "encryption.key")) == 2
        await goes_on_and_applies(rider)
        await approves(coordinator)
        await rider.hears_of(IS_MEMBER)
        running.kill()
        await running.wait()
        again = await bot(tmp_path, "run", **settings)
        await rider.says("/my")
        await rider.hears_of("You are a member")
        await ends_within_10_s(again)
    await search_disk(tmp_path, url)
    log = (tmp_path / "logs" / "nuanxin.log").read_text()
    assert "became leader" in log and "Traceback" not in log
