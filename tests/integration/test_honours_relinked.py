"""Entries whose account changes, people with several honours, and lists that are imported again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage.database import Database
from storage.honours import linking, register, situations
from storage.honours.importing import import_file
from storage.honours.linking import Check
from storage.honours.situations import Answer
from storage.honours.table import Entry, HonourState
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.honours import ID_NUMBER, registered
from tests.support.simulator import NOON

WRONG, RIGHT = PersonId(480), PersonId(481)


async def test_a_new_link_takes_the_answers_of_the_account_that_is_cut_off(database: Database) -> None:
    """Else nobody could erase them but whoever is linked next, who would get them in a copy of their data."""
    honoured_id = await registered(database, "李雷", WRONG, id_number=ID_NUMBER)
    async with database.writing() as session:
        survey = await situations.open_survey(session, 2026, NOON, NOON)
        await situations.answer(session, survey.id, WRONG, Answer({"health": "ill"}, "I am ill"), NOON)
    async with database.writing() as session:
        secret = await linking.issue(session, honoured_id)
        assert await linking.link(session, secret, RIGHT, ID_NUMBER[-4:], NOON) is Check.LINKED
    async with database.reading() as session:
        assert await situations.copy_of(session, RIGHT) == []
        assert await situations.answer_of(session, survey.id, [honoured_id]) is None


async def test_who_links_an_older_honour_answers_once_all_the_same(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, {RIGHT: "en"}, NOON)
    await registered(database, "李雷", RIGHT)
    async with database.writing() as session:
        survey = await situations.open_survey(session, 2026, NOON, NOON)
        await situations.answer(session, survey.id, RIGHT, Answer({"work": "same"}), NOON)
        older = Entry("李雷", "Model worker", 2005)
        ids = [(await register.add(session, older, RIGHT, NOON)).id]
        await situations.answer(session, survey.id, RIGHT, Answer({"work": "lost"}), NOON)
    async with database.reading() as session:
        ids += [row.id for row in await register.of_person(session, RIGHT)]
        turnout = await situations.turnout(session, survey.id)
        assert (turnout.answered, turnout.asked) == (1, 1)
        assert await situations.chosen_counts(session, survey.id) == {("work", "lost"): 1}
        assert await situations.answer_of(session, survey.id, ids) == Answer({"work": "lost"})


async def test_a_list_without_states_brings_nobody_back(database: Database, tmp_path: Path) -> None:
    """Else the dead would be asked how they are, and what is to be forgotten would be kept anew with each list."""
    dead = await registered(database, "李雷")
    async with database.writing() as session:
        await register.set_state(session, dead, HonourState.ACTIVE, HonourState.DECEASED, NOON)
    file = tmp_path / "honours.csv"
    file.write_text("name,title,year\n李雷,Model worker,2020\n韩梅,Model worker,2020\n", "utf-8")
    later = NOON + timedelta(days=30)
    found = await import_file(database, file, "CN", later.date(), later, dry_run=False)
    assert (found.good, found.new) == (2, 1)
    async with database.reading() as session:
        row = await register.find(session, dead)
        assert (row.state, row.changed_at) == (HonourState.DECEASED, NOON)
        assert (await register.counts(session))[HonourState.ACTIVE] == 1
