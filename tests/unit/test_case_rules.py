"""Rules of the desks with many cases: time limits, working days, figures, long messages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import desks as config_desks
from bot.config.config import load
from handlers.cases.evidence_bundle import name_in_zip
from handlers.cases.messages.message_content import CAPTION_UNITS, HEAD_UNITS, TEXT_UNITS, headed, parts_of, units
from schedules import retention
from storage import disclosure
from storage.cases import access as case_access
from storage.cases import cases, time_limits
from storage.cases import contexts as case_contexts
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.cases import queue as case_queue
from storage.cases import statistics as case_statistics
from storage.cases.cases import TooLateToReopen
from storage.cases.files.evidence import Evidence, EvidenceFile
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import Case, CaseContent, CaseState, Outcome, Side
from storage.database import Database
from storage.dialogues import Filled
from storage.hours import working_time
from storage.telegram_ids import MessageId, PersonId
from tests.support.settings import clock_context
from tests.support.simulator import NOON

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("arbitration", date(2025, 11, 24), date(2026, 11, 24)),
        ("arbitration", date(2024, 2, 29), date(2025, 2, 28)),
        ("injury_employer", date(2026, 11, 24), date(2026, 12, 24)),
        ("injury_worker", date(2026, 1, 31), date(2027, 1, 31)),
        ("civil", date(2023, 11, 24), date(2026, 11, 24)),
    ],
)
def test_time_limits_of_china(key: str, start: date, end: date) -> None:
    limit = time_limits.of_country("cn")[key]
    assert limit.ends_on(start) == end
    assert "条" in limit.source["zh_Hans"] and "art." in limit.source["en"]


def test_every_kind_of_the_desks_names_limits_that_are_in_the_file() -> None:
    known = time_limits.of_country("CN")
    desks = config_desks.desks(load(Path("none.toml")).desks)
    assert {limit for desk in desks.values() for kind in desk.kinds for limit in kind.limits} <= set(known)
    assert time_limits.that_may_apply("XX", ["arbitration"]) == []


def test_every_word_of_the_desks_is_there_in_both_languages() -> None:
    for desk in config_desks.desks(load(Path("none.toml")).desks).values():
        words = [desk.title, desk.about, desk.intro, desk.next_steps, *([desk.emergency] if desk.emergency else [])]
        words += [one.words for one in desk.kinds] + [one.words for one in desk.answers]
        for ask in desk.asks:
            words += [ask.title, ask.words, *(one.words for one in ask.choices)]
        assert all(set(one) == {"zh_Hans", "en"} for one in words), desk.key


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20 18:00", 24, "2026-11-23 18:00"),  # Friday to Monday
        ("2026-11-21 10:00", 24, "2026-11-24 00:00"),  # Saturday: it counts from Monday on
        ("2026-11-24 12:00", 24, "2026-11-25 12:00"),
        ("2026-09-30 12:00", 24, "2026-10-08 12:00"),  # over the National Day
        ("2026-10-09 12:00", 24, "2026-10-10 12:00"),  # Saturday, 10 October is a working day by the yearly notice
    ],
)
def test_working_days_of_china(start: str, hours: int, end: str) -> None:
    begun = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI).astimezone(UTC)
    found = working_time.after(begun, timedelta(hours=hours), SHANGHAI, "CN")
    assert f"{found.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == end


def test_working_days_over_a_change_of_the_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begun = datetime(2026, 10, 23, 12, tzinfo=berlin).astimezone(UTC)
    found = working_time.after(begun, timedelta(hours=24), berlin, "DE")
    assert found.astimezone(berlin) == datetime(2026, 10, 26, 12, tzinfo=berlin)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(1, 12)), max_size=12))
def test_no_cell_below_five_is_shown_or_can_be_worked_out(cells: list[tuple[str, int]]) -> None:
    shown = disclosure.shown(cells)
    counts = {key: sum(count for one, count in cells if one == key) for key, _ in cells}
    assert set(shown) == {key for key, count in counts.items() if count >= disclosure.MIN_CELL_SIZE}
    assert all(count % disclosure.MIN_CELL_SIZE == 0 and abs(count - counts[key]) <= 2 for key, count in shown.items())


async def test_figures_by_month(database: Database) -> None:
    async with database.writing() as session:
        for kind, platform, times in (("pay", "美团", 6), ("pay", "饿了么", 5), ("ban", "美团", 2), ("ban", "京东", 3)):
            for _ in range(times):
                await case_statistics.add(session, "legal", "2026-11", kind, platform)
        for _ in range(4):
            await case_statistics.add(session, "legal", "2026-10", "pay", "美团")
        (found,) = await case_statistics.by_month(session, "legal", ["2026-10", "2026-11"])
    assert found.month == "2026-11" and found.total == 15
    assert found.kinds == {"pay": 10, "ban": 5}
    assert found.platforms == {"美团": 10, "饿了么": 5}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=9_000)


@given(TEXT, st.booleans(), st.data())
def test_long_messages_are_parted_without_losing_a_letter(text: str, is_file: bool, data: st.DataObject) -> None:
    length = units(text)
    offset = data.draw(st.integers(0, max(0, length - 1)))
    entities = [{"type": "bold", "offset": offset, "length": data.draw(st.integers(0, length - offset))}]
    said = Said("photo" if is_file else "text", text, entities, file_id="x" if is_file else "")
    parts = parts_of(said)
    assert "".join(part.text for part in parts) == text
    assert [bool(part.file_id) for part in parts] == [is_file, *(False for _ in parts[1:])]
    for part in parts:
        limit = CAPTION_UNITS if part.file_id else TEXT_UNITS
        shown, marks = headed(part, "h" * HEAD_UNITS)
        assert units(shown) <= limit + 1
        for mark in marks:
            assert mark["offset"] >= 0 and mark["offset"] + mark["length"] <= units(shown)


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "a b\n;rm -rf.pdf", "", ".hidden", "工资条.pdf", "x" * 500),
        *(
            "C:\\Windows\\x",
            "/etc/passwd",
            "CON",
            "nul.txt",
            "COM1.pdf",
            "-rf",
            "a:$DATA",
            "...",
            "x. ",
            "\\\\server\\x",
        ),
        *("工" * 300, "\U00020000" * 300, "e\u0301" * 300),
    ],
)
def test_names_in_the_bundle_do_no_harm(name: str) -> None:
    found = name_in_zip(Evidence(id=7), EvidenceFile(name, "", ""))
    folder, _, rest = found.partition("/")
    assert folder == "files" and "/" not in rest and ".." not in rest.removeprefix("000007-")[:2]
    assert len(found) < 110 and len(rest.encode()) <= 255
    assert re.fullmatch(r"000007-[\w.-]+\.bin", rest), "its number first: no switch of a command, no device of Windows"


# What is kept how long


async def a_case(database: Database, person_id: int = 1, said: str = "secret") -> CaseId:
    async with database.writing() as session:
        row = await cases.open_case(
            session, "legal", "L", PersonId(person_id), CaseContent("pay"), 1, 2026, NOON + timedelta(hours=24), NOON
        )
        await case_messages.say(session, row, Side.RIDER, PersonId(person_id), MessageId(5), Said(text=said), NOON)
        return row.id


async def test_a_closed_case_loses_its_personal_part_but_not_while_somebody_writes(database: Database) -> None:
    clock = clock_context()
    kept = clock.settings.retention.closed_cases
    case_id = await a_case(database)
    async with database.writing() as session:
        row = await case_access.find(session, case_id)
        assert row is not None
        cases.close(row, Outcome.SETTLED, NOON)
    for now, writes, is_there in (
        (NOON + kept - timedelta(days=1), False, True),
        (NOON + kept + timedelta(hours=1), True, True),
        (NOON + kept + timedelta(hours=20), False, True),
        (NOON + kept + timedelta(hours=26), False, False),
    ):
        async with database.writing() as session:
            row = await case_access.find(session, case_id)
            assert row is not None
            if writes:
                cases.note_writing(row, now)
        async with database.writing() as session:
            await retention.run(session, now, clock)
        async with database.reading() as session:
            row = await case_access.find(session, case_id)
            assert row is not None and row.number == "L-2026-000001" and row.outcome == "settled"
            assert (row.content is not None, row.person_id) == ((True, 1) if is_there else (False, None))
            assert bool(await case_messages.talk_of(session, case_id)) is is_there


async def test_an_open_case_is_never_cleared_away(database: Database) -> None:
    case_id = await a_case(database)
    async with database.reading() as session:
        assert await case_queue.to_forget(session, NOON + timedelta(days=5_000), timedelta(days=1), 100) == []
        row = await case_access.find(session, case_id)
        assert row is not None and row.state == CaseState.OURS


async def test_a_case_can_be_reopened_for_30_days(database: Database) -> None:
    case_id = await a_case(database)
    async with database.writing() as session:
        row = await case_access.find(session, case_id)
        assert row is not None
        cases.close(row, Outcome.ADVISED, NOON)
        with pytest.raises(TooLateToReopen):
            cases.reopen(row, NOON + timedelta(days=31))
        cases.reopen(row, NOON + timedelta(days=29))
        assert row.state == CaseState.OURS and row.closed_at is None


async def test_drafts_are_forgotten_after_30_days(database: Database) -> None:
    async with database.writing() as session:
        await case_drafts.save(session, PersonId(1), "legal", Filled({"kind": "pay"}), NOON)
        await case_drafts.forget(session, NOON + timedelta(days=29))
        assert await case_drafts.find(session, PersonId(1), "legal", NOON + timedelta(days=29)) == Filled(
            {"kind": "pay"}
        )
        await case_drafts.forget(session, NOON + timedelta(days=31))
        assert await case_drafts.copy_of(session, PersonId(1)) == []


async def test_a_context_is_entered_and_left(database: Database) -> None:
    case_id = await a_case(database)
    async with database.writing() as session:
        await case_contexts.enter(session, PersonId(1), case_id, NOON)
        await case_contexts.enter_if_free(session, PersonId(1), CaseId(case_id + 1), NOON)
        assert await case_contexts.current(session, PersonId(1)) == case_id
        assert not await case_contexts.leave(session, PersonId(1), CaseId(case_id + 1))
        assert await case_contexts.leave_all(session, case_id) == [1]
        assert await case_contexts.current(session, PersonId(1)) is None


async def test_numbers_are_given_once(database: Database) -> None:
    ids = [await a_case(database, person) for person in (1, 2, 3)]
    async with database.reading() as session:
        rows = [await session.get(Case, case_id) for case_id in ids]
    assert [row.number for row in rows if row] == ["L-2026-000001", "L-2026-000002", "L-2026-000003"]
