"""A step of a form is written with the mark of its update, or not at all, without a transaction around its reading."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.support.in_process import InProcess, in_process
from handlers.inputs.consent import JOIN
from handlers.membership.presses import AGREE
from handlers.pay.book import CONSENT
from handlers.pay.presses import AGREE as START_BOOK
from storage import dialogues
from storage.database import Database
from storage.dialogues import OpenForm
from storage.form_session import BeyondForm, FormRow, FormSession, kept_by
from storage.people import people
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId
from storage.updates import form_steps, updates, user_state
from storage.updates.form_steps import Step
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done, Kept
from storage.updates.user_state import Standing
from tests.support.databases import KEY
from tests.support.simulator import NOON

RIDER, UPDATE = PersonId(7), UpdateKey(70)
FAST = "[telegram]\nmessages_per_second = 1000\nmessages_per_second_per_chat = 1000\n"
KEPT_FOR = timedelta(hours=1)
DUE = NOON + timedelta(minutes=1)


@pytest.fixture
async def in_form(database: Database) -> Database:
    """With a rider who is asked for a name."""
    async with database.writing() as session:
        await people.seen_all(session, {RIDER: "en"}, NOON)
        await dialogues.keep_step(session, OpenForm(RIDER, "join", "name"), NOON, KEPT_FOR)
    return database


async def read(database: Database) -> FormRow:
    """What is looked up of the rider before the update is handled."""
    async with database.reading(at_once=True) as session:
        ((standing, done),) = await user_state.looked_up(session, [(RIDER, UPDATE)], NOON)
    assert standing.form_row is not None and done is None
    return standing.form_row


async def steps(database: Database, row: FormRow, step: str, key: UpdateKey = UPDATE) -> bool:
    """Goes on from the form as it was read."""
    own = FormSession(database.vault, row)
    form = await dialogues.current(own, RIDER, NOON)
    assert form is not None
    await dialogues.keep_step(own, replace(form, step=step), NOON, KEPT_FOR)
    assert own.kept is not None
    async with database.writing(at_once=True) as session:
        return await form_steps.write(session, Step(row, own.kept, key, NOON, b"[]", DUE))


async def left(database: Database) -> tuple[str | None, Done | None]:
    """The step at which the rider is, and what is known of the update."""
    async with database.reading() as session:
        form = await dialogues.current(session, RIDER, NOON)
        (done,) = await updates.done(session, [UPDATE])
    return None if form is None else form.step, done


async def test_the_step_and_its_mark_are_written_together(in_form: Database) -> None:
    assert await steps(in_form, await read(in_form), "phone")
    assert await left(in_form) == ("phone", Done(b"[]", DUE))


async def test_nothing_is_written_once_somebody_else_has_changed_the_form(in_form: Database) -> None:
    row = await read(in_form)
    assert await steps(in_form, row, "phone", UpdateKey(71))
    assert not await steps(in_form, row, "platform")
    assert await left(in_form) == ("phone", None)


async def test_nothing_is_written_of_a_form_that_was_closed(in_form: Database) -> None:
    row = await read(in_form)
    async with in_form.writing() as session:
        await dialogues.close(session, RIDER)
    assert not await steps(in_form, row, "phone")
    assert await left(in_form) == (None, None)


async def test_nothing_is_written_of_an_update_that_is_marked(in_form: Database) -> None:
    row = await read(in_form)
    async with in_form.writing() as session:
        assert await updates.mark_done(session, UPDATE, NOON)
    assert not await steps(in_form, row, "phone")
    assert await left(in_form) == ("name", Done())


async def test_of_those_that_share_a_transaction_each_has_its_own_outcome(in_form: Database) -> None:
    row = await read(in_form)
    kept = {"form": row.form, "answers": row.answers, "expires_at": row.expires_at}
    assert await steps(in_form, row, "phone", UpdateKey(71))
    changed = await read(in_form)
    async with in_form.writing() as session:
        done = [
            await form_steps.write(session, Step(read, kept, key, NOON, b"[]", DUE))
            for read, key in ((row, UPDATE), (changed, UpdateKey(71)), (changed, UpdateKey(72)))
        ]
    assert done == [False, False, True]
    assert await left(in_form) == ("name", None)


async def test_of_many_at_once_one_goes_on(in_form: Database) -> None:
    row = await read(in_form)
    done = await asyncio.gather(*(steps(in_form, row, f"step {n}", UpdateKey(100 + n)) for n in range(6)))
    assert done.count(True) == 1
    assert (await left(in_form))[0] == f"step {done.index(True)}"
    async with in_form.reading() as session:
        assert await session.scalar(select(func.count()).select_from(updates.DoneUpdate)) == 1


async def test_whoever_needs_more_than_the_form_is_told_to_begin_a_transaction(in_form: Database) -> None:
    own = FormSession(in_form.vault, await read(in_form))
    for asking in (
        own.scalar(select(func.count()).select_from(PersonRow)),
        own.get(PersonRow, RIDER),
        dialogues.close(own, RIDER),
        dialogues.current(own, PersonId(8), NOON),
        people.home_of(own, RIDER),
    ):
        with pytest.raises(BeyondForm):
            await asking
    assert kept_by(own) is None
    own.add(PersonRow(id=PersonId(9), first_seen=NOON, last_seen=NOON))
    with pytest.raises(BeyondForm):
        kept_by(own)


async def test_what_is_looked_up_by_one_statement_is_what_two_find(in_form: Database) -> None:
    stranger = PersonId(8)
    async with in_form.writing() as session:
        await updates.mark_done(session, UPDATE, NOON, b"[]", DUE)
    async with in_form.reading() as session:
        asked = [(stranger, UpdateKey(1)), (RIDER, UPDATE), (RIDER, UpdateKey(2))]
        found = await user_state.looked_up(session, asked, NOON)
        ids, keys = zip(*asked, strict=True)
        standings, done = await user_state.standings(session, ids, NOON), await updates.done(session, keys)
    assert [standing for standing, _ in found] == standings
    assert [one for _, one in found] == done
    assert found[0][0] == Standing(known=False)


async def test_a_mark_that_goes_with_the_commit_fails_it_where_there_is_one(in_form: Database) -> None:
    """The effect is rolled back, and the connection is as good as before."""
    if not in_form.is_postgresql:
        pytest.skip("on SQLite a mark is a statement of its own")
    async with in_form.writing() as session:
        await dialogues.keep_step(session, OpenForm(RIDER, "join", "phone"), NOON, KEPT_FOR)
        assert await updates.mark_last(session, [Kept(UPDATE, b"[1]", DUE)], NOON)
    assert await left(in_form) == ("phone", Done(b"[1]", DUE))
    with pytest.raises(IntegrityError):
        async with in_form.writing() as session:
            await dialogues.keep_step(session, OpenForm(RIDER, "join", "platform"), NOON, KEPT_FOR)
            await updates.mark_last(session, [Kept(UPDATE, b"[2]", DUE)], NOON)
    assert await left(in_form) == ("phone", Done(b"[1]", DUE))


async def test_of_two_replicas_that_have_the_same_answer_only_one_goes_on(postgresql_url: str, tmp_path: Path) -> None:
    url, key = postgresql_url, base64.b64encode(KEY).decode()
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    async with in_process(folders[0], url, key, FAST) as one, in_process(folders[1], url, key, FAST) as other:
        await one.says(RIDER, "/join")
        await one.presses(RIDER, one.button(AGREE.data(JOIN.version)))
        user = {"id": RIDER, "is_bot": False, "first_name": "R", "language_code": "en"}
        message = {"message_id": 500, "date": 1_790_000_000, "from": user, "text": "李雷"}
        update = {"update_id": 900, "message": message | {"chat": {"id": RIDER, "type": "private"}}}
        await asyncio.gather(*(bot.app.updates.pipeline.handle(update) for bot in (one, other)))
        async with one.app.base.database.reading() as session:
            form = await dialogues.current(session, RIDER, datetime.now(UTC))
            marks = await session.scalar(select(func.count()).select_from(updates.DoneUpdate))
    assert form is not None and (form.step, form.filled.answers["name"], form.trail) == ("phone", "李雷", ["name"])
    assert marks == 2, "one for each update that changed something"


RIDERS = tuple(map(PersonId, range(20, 32)))


@contextlib.asynccontextmanager
async def in_step(database: Database, folder: Path) -> AsyncIterator[InProcess]:
    """A bot with twelve riders who are asked for their names."""
    url = database.engine.url.render_as_string(hide_password=False)
    async with in_process(folder, url, base64.b64encode(KEY).decode(), FAST) as bot:
        for rider in RIDERS:
            await bot.says(rider, "/join")
            await bot.presses(rider, AGREE.data(JOIN.version))
        yield bot


def answered(rider: PersonId, text: str = "李雷") -> dict[str, object]:
    """The update with the rider's answer."""
    user = {"id": rider, "is_bot": False, "first_name": "R", "language_code": "en"}
    message = {"message_id": 500, "date": 1_790_000_000, "from": user, "text": text}
    return {"update_id": 9_000 + rider, "message": message | {"chat": {"id": rider, "type": "private"}}}


async def all_answer(bot: InProcess, people: Sequence[PersonId]) -> None:
    """All at once."""
    await asyncio.gather(*(bot.app.updates.pipeline.handle(answered(rider)) for rider in people))


async def are_at(bot: InProcess) -> dict[PersonId, str | None]:
    async with bot.app.base.database.reading() as session:
        forms = {rider: await dialogues.current(session, rider, datetime.now(UTC)) for rider in RIDERS}
    return {rider: None if form is None else form.step for rider, form in forms.items()}


async def test_a_step_that_fails_concerns_nobody_else(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlucky, write, tried = RIDERS[5], form_steps.write, Counter[PersonId]()

    async def fails_for_one(session: AsyncSession, step: Step) -> bool:
        tried[step.read.person_id] += 1
        if step.read.person_id == unlucky:
            raise ValueError("what nobody expects")
        return await write(session, step)

    async with in_step(database, tmp_path) as bot:
        monkeypatch.setattr(form_steps, "write", fails_for_one)
        await all_answer(bot, RIDERS)
        assert await are_at(bot) == {rider: "name" if rider == unlucky else "phone" for rider in RIDERS}
    assert len(tried) == len(RIDERS)


async def test_nobody_waits_for_a_form_that_somebody_else_holds(database: Database, tmp_path: Path) -> None:
    """A transaction on another replica, say."""
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer")
    slow = RIDERS[1]
    async with in_step(database, tmp_path) as bot:
        async with database.writing() as session:
            assert await dialogues.current(session, slow, datetime.now(UTC)) is not None
            waiting = asyncio.create_task(all_answer(bot, [slow]))
            await asyncio.wait_for(all_answer(bot, [one for one in RIDERS if one != slow]), 1)
        await waiting
        assert set((await are_at(bot)).values()) == {"phone"}


async def test_the_same_answer_on_another_replica_is_not_taken_for_one_to_the_next_question(
    database: Database, tmp_path: Path
) -> None:
    """The rider wrote their name once, and must not read that it is no phone number."""
    if not database.is_postgresql:
        pytest.skip("SQLite has one process")
    url, folder = database.engine.url.render_as_string(hide_password=False), tmp_path / "other"
    folder.mkdir()
    async with (
        in_step(database, tmp_path) as one,
        in_process(folder, url, base64.b64encode(KEY).decode(), FAST) as other,
    ):
        for rider in RIDERS:
            said = len(one.said), len(other.said)
            await asyncio.gather(*(bot.app.updates.pipeline.handle(answered(rider)) for bot in (one, other)))
            answers = str([*one.said[said[0] :], *other.said[said[1] :]])
            assert "What is your phone number?" in answers and "not a phone number" not in answers


async def test_the_last_answer_on_another_replica_is_not_taken_for_something_else(
    database: Database, tmp_path: Path
) -> None:
    """The shift is noted, and is not offered to be noted once more."""
    if not database.is_postgresql:
        pytest.skip("SQLite has one process")
    url, key = database.engine.url.render_as_string(hide_password=False), base64.b64encode(KEY).decode()
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    async with in_process(folders[0], url, key, FAST) as one, in_process(folders[1], url, key, FAST) as other:
        for rider in RIDERS:
            await one.says(rider, "/pay")
            await one.presses(rider, START_BOOK.data(CONSENT.version))
            said = len(one.said), len(other.said)
            update = answered(rider, "9h 42 318")
            await asyncio.gather(*(bot.app.updates.pipeline.handle(update) for bot in (one, other)))
            answers = str([*one.said[said[0] :], *other.said[said[1] :]])
            assert "Noted for" in answers and "Note it" not in answers
