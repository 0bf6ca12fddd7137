"""The form engine: whatever is sent and pressed in whatever order, the answers are those given last, and kept."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import TypeAdapter

from bot.app import App
from handlers.chat.context import AppContext
from handlers.chat.incoming import Incoming
from handlers.chat.press import InvalidCallback
from handlers.chat.talk import Person, Talk
from handlers.forms import forms
from handlers.forms.questionnaires import Form, one_answer, questionnaire
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question, asked
from handlers.stations import presses as stations_presses
from storage import dialogues
from storage.database import Database
from storage.dialogues import Value
from storage.people.access import Role
from storage.plain_text import clean
from storage.privacy.retention import Retention
from storage.telegram_ids import MessageId, PersonId
from storage.updates.ids import UpdateKey
from tests.support.config import configured
from tests.support.databases import new_file, opened
from tests.support.settings import Gazetteer
from tests.support.simulator import NOON, Town, running, telegram
from tests.support.words.chat import NOT_UNDERSTOOD
from tests.support.words.stations import ASKED_FOR_ADDRESS

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


async def test_a_form_goes_on_after_a_restart(database: Database, tmp_path: Path) -> None:
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        town = Town(database, api, config, Gazetteer())
        rider = town.rider(1)
        async with _left_open(town.app):
            await rider.says("/start")
            await rider.hears()
            await rider.forges(stations_presses.ASK_ADDRESS.data())
            await rider.hears_of(ASKED_FOR_ADDRESS)
        again = App(config, database, lambda: NOON, geocoder=Gazetteer())
        async with running(again):
            await rider.says("Hall")
            assert "No station found" in (await rider.hears())["text"]


class _left_open:  # noqa: N801 (a context, as `running` is)
    """`running`, without closing the database that the next app goes on with."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __aenter__(self) -> None:
        await self._app.start()
        self._run = asyncio.create_task(self._app.run())

    async def __aexit__(self, *_: object) -> None:
        self._app.leave()
        await self._run
        await self._app.services.scheduler.stop()
        await self._app.base.runner.close()
        await self._app.telegram.transport.shutdown()


@pytest.mark.gazetteer
async def test_a_form_is_forgotten_after_24_hours(town: Town) -> None:
    rider = town.rider(2)
    await rider.says("/start")
    await rider.hears()
    await rider.forges(stations_presses.ASK_ADDRESS.data())
    await rider.hears_of(ASKED_FOR_ADDRESS)
    cancel = rider.button("Cancel")
    town.now += timedelta(hours=25)
    await rider.says("Hall")
    assert NOT_UNDERSTOOD in (await rider.hears())["text"]
    await rider.forges(cancel[1], MessageId(cancel[0]))
    assert await rider.is_answered() == ""
    assert "closed" in await rider.is_answered()


class WordInput(Input[str]):
    """Any word; red and blue are on buttons."""

    adapter = TypeAdapter(str)

    async def read(self, talk: Talk) -> str:
        if not clean(talk.text):
            raise NotAnAnswer("a word, please")
        return clean(talk.text)


class ColourInput(WordInput):
    def choices(self, talk: Talk) -> list[Choice[str]]:
        return [Choice("r", "red", "red"), Choice("b", "blue", "blue")]


def _is_red(draft: WordsDraft) -> bool:
    return draft.colour == "red"


@dataclass(frozen=True)
class WordsDraft:
    name: str = asked(Question("name", "name?", WordInput()))
    colour: str = asked(Question("colour", "colour?", ColourInput()))
    why_red: str = asked(Question("why red", "why red?", WordInput(), when=_is_red), default="")
    note: str = asked(Question("note", "note?", WordInput(), optional=True), default="")


async def _note(talk: Talk, draft: WordsDraft) -> None:
    talk.say(f"done:{draft}")


async def _other_note(talk: Talk, _draft: Any) -> None:
    talk.say("noted")


FORM = Form("test", "Test", questionnaire(WordsDraft), _note)
OTHER_FORM = Form("other", "Other", one_answer(Question("tip", "tip?", WordInput()), "tip"), _other_note, review=False)
FORMS = {"test": FORM, "other": OTHER_FORM}


@dataclass
class Model:
    """What the person has answered, and has not taken back."""

    answers: dict[str, Value] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    is_changing: bool = False

    @property
    def step(self) -> str | None:
        asked_now = [key for key in ("name", "colour", "why_red", "note") if key != "why_red" or self.is_red]
        return next((key for key in asked_now if key not in self.answers), None)

    @property
    def is_red(self) -> bool:
        return self.answers.get("colour") == "red"

    @property
    def draft(self) -> WordsDraft:
        return WordsDraft(**{key: str(value) for key, value in self.answers.items() if value is not None})

    def take(self, key: str, value: Value) -> None:
        self.is_changing = False
        self.answers[key] = value
        self.trail = [*(one for one in self.trail if one != key), key]
        if not self.is_red:
            self.answers.pop("why_red", None)
            self.trail = [one for one in self.trail if one != "why_red"]


class Dialogue(RuleBasedStateMachine):
    """One person and one form; after every step the database says the same as the model."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.context = cast(
            AppContext,
            SimpleNamespace(
                settings=SimpleNamespace(retention=Retention(), organisation=SimpleNamespace(zone=UTC)),
                ports=SimpleNamespace(count_form_step=lambda *_: None),
            ),
        )
        self.url = new_file(Path(self.folder.name) / "forms.db")
        self.database = opened(self.url)
        self.model: Model | None = None
        self.step: str | None = None
        self.marks: list[str] = []
        self.said: list[str] = []

    def teardown(self) -> None:
        self.loop.run_until_complete(self.database.close())
        self.loop.close()
        self.folder.cleanup()

    def turn(self, what: Any, text: str = "") -> None:
        async def in_a_transaction() -> None:
            async with self.database.writing() as session:
                talk = self._talk(session, text)
                await what(talk)
                self.said = [str(one.params.get("text", "")) for one in talk.outgoing]

        self.loop.run_until_complete(in_a_transaction())

    def _talk(self, session: Any, text: str) -> Talk:
        body = {"message_id": 1, "date": 1, "text": text, "from": {"id": 1}, "chat": {"id": 1, "type": "private"}}
        incoming = Incoming.read({"update_id": 1, "message": body})
        assert incoming is not None
        person = Person(PersonId(1), "en", frozenset({Role.RIDER}))
        return Talk(incoming, UpdateKey(1), person, NOW, self.context, session)

    def state(self) -> Any:
        async def read() -> Any:
            async with self.database.reading() as session:
                return await dialogues.current(session, PersonId(1), NOW)

        return self.loop.run_until_complete(read())

    def press(self, what: str, argument: str = "", mark: str | None = None) -> None:
        current = self.state()
        chosen = mark or (current.mark if current else "none")
        self.turn(lambda talk: forms.press(talk, FORMS, chosen, what, argument))

    @rule()
    def begins(self) -> None:
        self.turn(lambda talk: forms.begin(talk, FORM))
        self.model, self.step = Model(), "name"

    @precondition(lambda self: self.model is not None and self.step is not None)
    @rule(text=st.text(min_size=1, max_size=20))
    def answers(self, text: str) -> None:
        assert self.model is not None and self.step is not None
        self.turn(lambda talk: forms.answer(talk, FORMS), text)
        word = clean(text)
        if word:
            self.model.take(self.step, word)
            self.step = self.model.step

    @precondition(lambda self: self.model is not None and self.step == "colour")
    @rule(choice=st.sampled_from(["r", "b"]))
    def chooses(self, choice: str) -> None:
        assert self.model is not None
        self.press("choose", choice)
        self.model.take("colour", {"r": "red", "b": "blue"}[choice])
        self.step = self.model.step

    @precondition(lambda self: self.model is not None and self.step == "note")
    @rule()
    def skips(self) -> None:
        assert self.model is not None
        self.press("skip")
        self.model.take("note", None)
        self.step = self.model.step

    @precondition(lambda self: self.model is not None and self.step is None)
    @rule(key=st.sampled_from(["name", "colour", "note"]))
    def edits_from_the_review(self, key: str) -> None:
        assert self.model is not None
        self.press("edit", key)
        self.model.is_changing, self.step = True, key

    @precondition(lambda self: self.model is not None and self.model.is_changing)
    @rule(what=st.sampled_from(["keep", "back"]))
    def keeps_it_as_it_is(self, what: str) -> None:
        assert self.model is not None
        self.press(what)
        self.model.is_changing, self.step = False, None

    @precondition(lambda self: self.model is not None and self.model.is_changing and self.step == "note")
    @rule()
    def clears_it(self) -> None:
        assert self.model is not None
        self.press("clear")
        self.model.take("note", None)
        self.step = self.model.step

    @rule()
    def goes_on_with_it_after_another_form(self) -> None:
        """The other form ends, and this one stands where it stood."""
        if self.model is None:
            return
        before = self.state()
        self.turn(lambda talk: forms.begin(talk, OTHER_FORM))
        self.turn(lambda talk: forms.answer(talk, FORMS), "a tip")
        assert "still here" in self.said[-1]
        self.press("show")
        assert self.state().mark == before.mark

    @precondition(lambda self: self.model is not None and self.step is None)
    @rule()
    def sends(self) -> None:
        assert self.model is not None
        self.press("send")
        assert self.said[-1] == f"done:{self.model.draft}"
        self.model = None

    @precondition(lambda self: self.model is not None and self.step is not None and bool(self.model.trail))
    @precondition(lambda self: self.model is not None and not self.model.is_changing)
    @rule()
    def goes_back(self) -> None:
        assert self.model is not None
        self.press("back")
        self.step = self.model.trail.pop()
        self.model.answers.pop(self.step, None)

    @precondition(lambda self: self.model is not None)
    @rule()
    def sends_a_sticker(self) -> None:
        self.turn(lambda talk: forms.answer(talk, FORMS))

    @precondition(lambda self: self.model is not None)
    @rule()
    def says_a_command_in_between(self) -> None:
        assert self.model is not None
        self.turn(lambda talk: forms.remind(talk, FORMS))
        has_answers = self.model.trail or any(self.model.answers.values())
        assert ("answers were saved" if has_answers else "still open") in self.said[0]

    @rule()
    def the_program_starts_anew(self) -> None:
        self.loop.run_until_complete(self.database.close())
        self.database = opened(self.url)

    @precondition(lambda self: self.model is not None and self.step == "note")
    @rule()
    def presses_twice(self) -> None:
        assert self.model is not None
        mark = self.state().mark
        for _ in range(2):
            self.press("skip", mark=mark)
        self.model.take("note", None)
        self.step = self.model.step

    @precondition(lambda self: self.model is not None)
    @rule()
    def cancels(self) -> None:
        """Asked once more where there is something to lose; and the answer may be no."""
        if self.model is not None and self.model.trail:
            self.press("cancel")
            self.press("stay")
            assert self.state().filled.answers == self.model.answers
            self.press("cancel")
            self.press("discard")
        else:
            self.press("cancel")
        self.model = None

    @precondition(lambda self: bool(self.marks))
    @rule(data=st.data(), what=st.sampled_from(["choose", "skip", "back", "send", "edit", "cancel", "nonsense"]))
    def presses_an_old_button(self, data: st.DataObject, what: str) -> None:
        current = self.state()
        old = [mark for mark in self.marks if current is None or mark != current.mark]
        if old:
            self.press(what, "r", data.draw(st.sampled_from(old)))

    @precondition(lambda self: self.model is not None)
    @rule(what=st.sampled_from(["choose", "nonsense"]))
    def forges_a_button(self, what: str) -> None:
        try:
            self.press(what, "no such choice")
        except InvalidCallback:
            return
        raise AssertionError("a forged button did something")

    @invariant()
    def the_database_knows(self) -> None:
        current = self.state()
        if self.model is None:
            assert current is None
            return
        assert current is not None
        assert current.filled.answers == self.model.answers
        assert current.step == self.step
        if current.mark not in self.marks:
            self.marks.append(current.mark)


TestDialogue = Dialogue.TestCase
TestDialogue.settings = settings(max_examples=25, stateful_step_count=25)
