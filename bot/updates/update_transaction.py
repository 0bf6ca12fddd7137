"""The effect of an update and the mark that it had it, in one transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.updates.reply_outbox import KEPT_BEFORE_RESENT, Replied, pack, repeated
from bot.updates.updates_in_hand import Held
from bot.updates.write_transactions import MOST_TOGETHER, Effect, MarkedAlready, Turn, WriteTransactions
from handlers.chat import emergency, presses
from handlers.chat.routes import AnyCall, Call, StatelessCall
from handlers.chat.talk import StatelessTalk
from handlers.forms import forms
from handlers.forms.questionnaires import AnyForm
from storage.cases import copies
from storage.cases import messages as case_messages
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.database_errors import is_outage
from storage.form_session import BeyondForm, FormSession, kept_by
from storage.telegram_ids import MessageId, PersonId
from storage.updates import batched_writes, form_steps, updates
from storage.updates.batched_writes import Append
from storage.updates.form_steps import Step
from storage.updates.ids import UpdateKey

LINKED_WITHIN = 3.0
"""Seconds. A copy is written down some milliseconds after it was sent."""
_LOOKED_EVERY = 0.05
STEPS_ON_POSTGRESQL = 4, 4
"""So many steps share a session, one after another, and so many sessions write at a time: each step waits for the
network by itself."""


class UpdateTransaction:
    """Runs a handler in the session that its route asks for."""

    def __init__(self, database: Database, clock: Callable[[], datetime], all_forms: Mapping[str, AnyForm]) -> None:
        self._database = database
        self._forms = all_forms
        self._clock = clock
        self._append = Batcher(self._write_appends)
        self._writes = WriteTransactions(database)
        together, side_by_side = STEPS_ON_POSTGRESQL if database.is_postgresql else (MOST_TOGETHER, 1)
        self._write_step: Batcher[Step, bool] = Batcher(self._write_steps, together, side_by_side)

    async def run(self, talk: StatelessTalk, call: AnyCall, held: Held) -> Replied:
        """Gives the update its effect, and returns what is to be said.

        Raises:
            Exception: what the handler raised; there has been no effect then.
        """
        if isinstance(call, StatelessCall):
            await call.run(talk)
            return await self._only_appended(talk)
        if call.answers_form:
            await forms.look_up(talk, self._forms)
        if call.route.answers_copies and talk.incoming.answered_message is not None:
            await self._until_copies_are_linked(talk.person.id, talk.incoming.answered_message)
        if call.route.writes:
            return await self._write(Turn(talk, call, held))
        # PostgreSQL shows each statement what was committed by then, in a transaction (READ COMMITTED) or without one.
        async with self._database.reading(at_once=True) as session:
            reading = talk.in_session(session)
            await call.run(reading)
        return await self._only_appended(reading)

    async def _until_copies_are_linked(self, person_id: PersonId, answered: MessageId) -> None:
        """A reply may be here before it is written down of what the message that it answers is a copy. What never is
        (its sender was killed) is given up after a while."""
        give_up = time.monotonic() + LINKED_WITHIN
        while time.monotonic() < give_up:
            async with self._database.reading() as session:
                is_coming = await copies.is_being_sent(session, person_id)
                if not is_coming or await case_messages.in_chat(session, person_id, answered) is not None:
                    return
            await asyncio.sleep(_LOOKED_EVERY)

    async def _only_appended(self, talk: StatelessTalk) -> Replied:
        emergency.put_first(talk)
        if talk.appends:
            await self._append(talk.appends)
        return Replied(talk.outgoing)

    async def _write(self, turn: Turn) -> Replied:
        """Another replica may have got the same update at the same moment: then its mark is found at the end, or the
        effect it had makes this one fail. Only that one's effect stays."""
        try:
            effect = await self._effect(turn)
        except MarkedAlready:
            return await self._replied_already(turn.talk.key) or Replied([])
        except Exception as error:
            if is_outage(error):
                raise
            duplicate = await self._replied_already(turn.talk.key)
            if duplicate is None:
                raise
            return duplicate
        for follow_up in effect.talk.committed:
            await follow_up()
        return Replied(effect.talk.outgoing, due=effect.due)

    async def _effect(self, turn: Turn) -> Effect:
        """Raises MarkedAlready, and what the handler raised."""
        effect = await self._step(turn.talk, turn.call)
        if effect is not None:
            return effect
        effect = await self._writes.run(turn)
        if effect.due is None and await self._has_gone_on(turn.talk):
            raise MarkedAlready
        return effect

    async def _has_gone_on(self, talk: StatelessTalk) -> bool:
        """Whether another replica has answered the form by this very update. Then what is said here is about the next
        question, or about no form at all; and what has written nothing has no mark that would have shown it."""
        may_have = self._database.is_postgresql and talk.form_row is not None
        return may_have and await self._replied_already(talk.key) is not None

    async def _step(self, known: StatelessTalk, call: Call) -> Effect | None:
        """The effect of a step that changes nothing but its form, which was read already. None, with nothing written,
        if it needs more than that, or if the form is not what it was."""
        if known.form_row is None or known.appends or not (call.answers_form or call.route.press is presses.FORM):
            return None
        session = FormSession(self._database.vault, known.form_row)
        talk = known.in_session(session)
        try:
            await call.run(talk)
            kept = kept_by(session)
        except BeyondForm:
            return None
        if talk.notices or talk.appends:
            return None
        emergency.put_first(talk)
        if kept is None:
            return Effect(talk, due=None)
        due, answers = talk.now + KEPT_BEFORE_RESENT, pack(talk.outgoing)
        step = Step(known.form_row, kept, talk.key, talk.now, answers, due)
        return Effect(talk, due) if await self._write_step(step) else None

    async def _write_steps(self, steps: Sequence[Step]) -> Sequence[bool | Exception]:
        """Whether each was written. If one of them fails, each is written alone, where that concerns nobody else."""
        try:
            return await self._written(steps)
        except Exception as error:
            if len(steps) == 1 or is_outage(error):
                raise
        return [await self._written_alone(step) for step in steps]

    async def _written_alone(self, step: Step) -> bool | Exception:
        try:
            (outcome,) = await self._written([step])
        except Exception as error:
            return error
        return outcome

    async def _written(self, steps: Sequence[Step]) -> Sequence[bool]:
        """On SQLite they share a transaction; on PostgreSQL each is one by itself, and they share a session."""
        async with self._database.writing(at_once=True) as session:
            return [await form_steps.write(session, step) for step in steps]

    async def _replied_already(self, key: UpdateKey) -> Replied | None:
        """What is still to be said if another replica gave the update its effect; None if none did."""
        async with self._database.reading() as session:
            (done,) = await updates.done(session, [key])
        return None if done is None else repeated(done)

    async def _write_appends(self, groups: Sequence[list[Append]]) -> list[None]:
        async with self._database.writing() as session:
            await batched_writes.write(session, [row for group in groups for row in group], self._clock())
        return [None] * len(groups)
