"""Evidence holds nobody up and fills nothing up: bundles are made in pieces and once, files are taken up to a quota."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.process import served
from bot.telegram.transport import AiohttpRequest
from handlers.cases import presses as cases_presses
from handlers.cases.evidence_bundle import Index, Kept, groups_of, write_zip
from handlers.chat.bundles import AT_ONCE, Bundles, NotSent
from handlers.chat.replies import File, Outgoing
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.desks import EvidenceQuota
from storage.cases.files import evidence
from storage.cases.files.evidence import PIECE, Evidence, EvidenceFile, EvidencePiece
from storage.cases.files.evidence_quota import EvidenceFull, Full
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import Said
from storage.cases.table import Case, CaseContent, Side
from storage.database import Database
from storage.scratch import Scratch
from storage.telegram_ids import MessageId, PersonId
from tests.support.case_scripts import AtDesk, at_desk, brings_pay, keep_evidence
from tests.support.cases import all_fetched, case_of
from tests.support.config import configured
from tests.support.simulator import NOON, Town, free_port, running, telegram
from tests.support.words.cases import AGREE_AT_DESK, BUNDLE, IN_CONVERSATION, WRITE_IN_CASE
from tests.support.words.forms import CONSENT_PAGE, NO_MORE, REVIEW_PAGE, SEND

MB = 1 << 20
FEW_PIECES = 32 * PIECE
"""A quarter of what is sent. What measures the coverage takes some of it too."""
RIDER = PersonId(1)


async def a_case(
    session: AsyncSession, person_id: PersonId | None = RIDER, desk: str = "legal", prefix: str = "L"
) -> Case:
    return await cases.open_case(session, desk, prefix, person_id, CaseContent(), 1, 2026, NOON, NOON)


async def test_a_bundle_takes_no_more_memory_than_a_few_pieces(database: Database, tmp_path: Path) -> None:
    """12 files of 3 MB, made and sent over HTTP."""
    group = await _twelve_files(database)
    received = SimpleNamespace(length=0)

    async def take(request: web.Request) -> web.Response:
        async for chunk in request.content.iter_chunked(1 << 16):
            received.length += len(chunk)
        return web.json_response({"ok": True, "result": {"message_id": 1}})

    telegram_like = web.Application(client_max_size=64 * MB)
    telegram_like.router.add_post("/sendDocument", take)
    index = Index("<p>page</p>", "table")
    async with served(telegram_like, free_port(), leaves_within=0.1) as address, AiohttpRequest() as transport:
        with Scratch(tmp_path) as file:
            await transport.call(f"{address}/sendDocument", {"chat_id": 1}, {"document": File("a.txt", b"x")})
            received.length = 0  # what is imported and compiled for the first time is there now
            async with database.reading(apart=True) as session:
                tracemalloc.start()
                await write_zip(session, file, group, index)
            await transport.call(f"{address}/sendDocument", {"chat_id": 1}, {"document": File("a.zip", file)})
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert received.length > file.size > 36 * MB
            assert peak < FEW_PIECES
            archive = zipfile.ZipFile(io.BytesIO(file.view().read()))
            assert archive.testzip() is None and len(archive.namelist()) == 15
            assert archive.read(archive.namelist()[-1]) == bytes([11]) * (3 * MB)


async def _twelve_files(database: Database) -> list[Kept]:
    async with database.writing(apart=True) as session:
        case = await a_case(session)
        for number in range(12):
            row = await evidence.add(
                session, case.id, CaseMessageId(number), Side.RIDER, EvidenceFile(f"{number}.bin", "", "x"), 0, NOON
            )
            await keep_evidence(session, row.id, bytes([number]) * (3 * MB))
        return [(row, evidence.file_of(session, row)) for row in await evidence.of_case(session, case.id)]


def test_parts_stay_below_what_telegram_takes() -> None:
    kept = [(Evidence(id=number, size=19 * MB), EvidenceFile("a", "", "")) for number in range(12)]
    groups = groups_of(kept)
    assert [len(group) for group in groups] == [2] * 6 and [one for group in groups for one in group] == kept


async def test_twenty_presses_make_one_bundle_and_a_later_one_sends_the_same_file(town: Town) -> None:
    rider = await at_desk(town, 440)
    row = await case_of(town, await brings_pay(rider))
    await town.until_true(lambda: all_fetched(town))
    bundles, sent = town.context.ports.bundles, []
    send, may_go = bundles.send, asyncio.Event()

    async def held(outgoing: Outgoing) -> None:
        sent.append(outgoing)
        await may_go.wait()
        await send(outgoing)

    bundles.send = held
    for _ in range(20):
        await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await rider.rider.until(lambda: sum("is being prepared" in one["text"] for one in rider.rider.answers) == 19)
    assert [one.method for one in sent] == ["sendChatAction"], "which says that something is coming"
    assert not any("document" in one for one in rider.rider.heard)
    may_go.set()
    first = await rider.hears(BUNDLE, number=row.number)
    await town.until(lambda: not bundles.is_busy_for(PersonId(440)))

    await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    again = await rider.hears(BUNDLE, number=row.number)
    assert not sent[-1].files and again["document"]["file_id"] == first["document"]["file_id"]
    await town.until(lambda: not bundles.is_busy_for(PersonId(440)))

    await rider.presses(WRITE_IN_CASE)
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.sends_document("more.pdf", b"%PDF more")
    await town.until_true(lambda: _has_evidence(town, row.id, 5))
    await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await rider.hears(BUNDLE, number=row.number)
    assert sent[-1].files, "there is more in it now"


async def _has_evidence(town: Town, case_id: CaseId, count: int) -> bool:
    async with town.database.reading() as session:
        rows = await evidence.of_case(session, case_id)
    return len([row for row in rows if row.fetched_at is not None]) == count


async def test_a_bundle_that_cannot_be_sent_is_told_and_can_be_asked_for_again(town: Town) -> None:
    rider = await at_desk(town, 441)
    row = await case_of(town, await brings_pay(rider))
    await town.until_true(lambda: all_fetched(town))
    bundles = town.context.ports.bundles
    send = bundles.send

    async def fails(_outgoing: Outgoing) -> None:
        raise NotSent

    bundles.send = fails
    await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await rider.hears("I couldn't send you the evidence bundle. Please press the button again later.")
    bundles.send = send
    await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await rider.hears(BUNDLE, number=row.number)


async def test_few_bundles_are_made_at_once(tmp_path: Path) -> None:
    async def not_sent(_outgoing: Outgoing) -> None:
        raise NotSent

    bundles = Bundles(lambda: Scratch(tmp_path), not_sent)
    begun: list[int] = []
    may_end = asyncio.Event()

    async def make(person_id: int) -> None:
        async with bundles.turn(PersonId(person_id)):
            begun.append(person_id)
            await may_end.wait()

    async with asyncio.TaskGroup() as group:
        for person_id in range(10):
            bundles.claim(PersonId(person_id))
            group.create_task(make(person_id))
        for _ in range(50):
            await asyncio.sleep(0)
        assert begun == list(range(AT_ONCE))
        may_end.set()
    assert begun == list(range(10)) and not any(map(bundles.is_busy_for, map(PersonId, range(10))))


def test_a_scratch_file_has_no_name_and_says_nothing_on_the_disk(tmp_path: Path) -> None:
    told = b"the payslip of September"
    with Scratch(tmp_path / "data") as file:
        file.write(b"x" * 5)
        file.write(told)
        file.seek(2)
        file.write(b"YZ")
        assert list((tmp_path / "data").iterdir()) == []
        on_disk = Path(f"/proc/self/fd/{file.fileno()}").read_bytes()
        assert len(on_disk) == 29 and told not in on_disk
        for _ in range(2):
            view = file.view()
            assert (view.read(3), view.read()) == (b"xxY", b"Zx" + told)
            view.close()
        assert file.seek(-4, io.SEEK_END) == 25 and file.read() == b"mber"


async def test_a_file_whose_storing_broke_off_leaves_nothing(database: Database) -> None:
    async with database.writing() as session:
        row = await evidence.add(session, CaseId(1), CaseMessageId(1), Side.RIDER, EvidenceFile("a", "", "x"), 0, NOON)
        storing = await evidence.begin_storing(session, row.id)
        assert storing is not None and await evidence.store_piece(session, storing, b"half") is storing
    async with database.writing() as session:
        await keep_evidence(session, row.id, b"whole")
    async with database.writing() as session:
        row = await session.get_one(evidence.Evidence, row.id)
        assert b"".join([piece async for piece in evidence.pieces(session, row)]) == b"whole"
        assert await evidence.begin_storing(session, row.id) is None, "it is here already"
        other = await evidence.add(
            session, CaseId(1), CaseMessageId(2), Side.RIDER, EvidenceFile("b", "", "x"), 0, NOON
        )
        storing = await evidence.begin_storing(session, other.id)
        assert storing is not None
        await evidence.store_piece(session, storing, b"half")
        await evidence.put_off(session, other.id, NOON)
        assert await session.scalar(select(func.count(EvidencePiece.id))) == 1
        await evidence.strip(session, CaseId(1))
        assert await evidence.store_piece(session, storing, b"late") is None, "the case is gone"


# Quotas

QUOTA = EvidenceQuota(case_files=3, case_bytes=10 * MB, person_bytes=15 * MB, desk_bytes=30 * MB)


def a_file(size: int) -> Said:
    return Said("document", "caption", file_id="x", file_name="a.pdf", size=size)


async def is_full(
    session: AsyncSession, case: Case, megabytes: float, side: Side = Side.RIDER, later: timedelta = timedelta()
) -> Full | None:
    """What has no room for a file of this size; None, and it is kept, if there is room."""
    said = a_file(int(megabytes * MB))
    try:
        await case_messages.say(session, case, side, PersonId(1), None, said, NOON + later, QUOTA)
    except EvidenceFull as full:
        return full.what
    return None


async def test_a_case_a_person_and_a_desk_have_their_quota(database: Database) -> None:
    async with database.writing() as session:
        first, second, third = [await a_case(session) for _ in range(3)]
        assert await is_full(session, first, 9) is None
        assert await is_full(session, first, 2) is Full.CASE
        await case_messages.say(session, first, Side.RIDER, PersonId(1), None, Said(text="goes on"), NOON, QUOTA)
        assert [await is_full(session, first, 0.1) for _ in range(3)] == [None, None, Full.CASE], "three files"

        assert await is_full(session, second, 7) is Full.PERSON
        assert await is_full(session, second, 5) is None
        assert await is_full(session, third, 5) is Full.PERSON
        assert await is_full(session, third, 1, Side.HANDLER) is None, "the handler's is not the rider's"
        assert await is_full(session, third, 5, later=timedelta(days=1, seconds=1)) is None

        others = [await a_case(session, person_id) for person_id in (PersonId(2), None)]
        assert await is_full(session, others[0], 9.5) is None
        assert await is_full(session, others[1], 2) is Full.DESK, "an anonymous case too"
        assert await is_full(session, await a_case(session, PersonId(3), "care", "C"), 2) is None, "another desk"


async def test_a_file_is_not_moved_into_a_full_case(database: Database) -> None:
    async with database.writing() as session:
        wrong, full = await a_case(session), await a_case(session)
        assert await is_full(session, full, 9) is None
        kept = await case_messages.say(
            session, wrong, Side.RIDER, PersonId(1), MessageId(5), a_file(2 * MB), NOON, QUOTA
        )
        with pytest.raises(EvidenceFull):
            await case_messages.move(session, kept, wrong, full, NOON, QUOTA)
        assert kept.case_id == wrong.id


async def begins_aid(rider: AtDesk) -> str:
    """Up to the question that takes files; returns what it says."""
    await rider.says("/aid")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of("What do you need help with?")
    await rider.rider.presses("Housing")
    return str((await rider.rider.hears_of("your situation"))["text"])


async def test_the_quota_is_told_before_and_when_it_is_reached(database: Database, tmp_path: Path) -> None:
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        few = config.desks["aid"].model_copy(update={"evidence_files_per_case": 2, "evidence_mb_per_day": 1})
        town = Town(database, api, config.model_copy(update={"desks": {**config.desks, "aid": few}}))
        async with running(town.app):
            rider = await at_desk(town, 442)
            assert "Files: up to 2, 100 MB in total; 20 MB each, 1 MB a day" in await begins_aid(rider)
            await rider.sends_document("large.pdf", b"%PDF" + bytes(MB))
            await rider.rider.hears_of("today's limit of 1 MB")
            await rider.sends_document("1.pdf")
            await rider.rider.hears_of("Received (1 so far)")
            await rider.rider.sees_noted(await rider.sends_document("2.pdf"))
            await rider.sends_document("3.pdf")
            await rider.rider.hears_of("the case is full (up to 2 files")
            await rider.presses(NO_MORE)
            await rider.rider.hears_of(REVIEW_PAGE)
            await rider.presses(SEND)
            await rider.rider.hears_of("W-2026-000001")
            await rider.presses(WRITE_IN_CASE)
            assert "Files: up to 2" in (await rider.rider.hears_of(IN_CONVERSATION))["text"]
            await rider.sends_document("4.pdf")
            await rider.rider.hears_of("the case is full (up to 2 files")
            said = await rider.says("It shows the cold radiator")
            await town.until_true(lambda: _is_kept(town, said["message_id"]))
            row = await case_of(town, "W-2026-000001")
            assert len(await _evidence(town, row.id)) == 2


async def _is_kept(town: Town, message_id: MessageId) -> bool:
    async with town.database.reading() as session:
        return len(await case_messages.of_source(session, PersonId(442), message_id)) == 1


async def _evidence(town: Town, case_id: CaseId) -> list[Evidence]:
    async with town.database.reading() as session:
        return list(await evidence.of_case(session, case_id))
