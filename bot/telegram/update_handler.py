"""One update, from its JSON to its answers: the unit of work."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Chat

from bot.observability.error_reporter import ErrorBook
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from bot.telegram.courier import Courier, Later
from bot.telegram.kept_answers import KEPT_BEFORE_RESENT, KeptAnswers, pack, unpack
from bot.telegram.rate_limiter import Arrivals, Verdict, written_at
from bot.telegram.updates_in_hand import Held, InHand
from handlers import refusals
from handlers.chat import emergency, forms
from handlers.chat.context import AppContext
from handlers.chat.dispatch import Call, call_for, call_for_blocked
from handlers.chat.events import Event
from handlers.chat.incoming import Incoming, Json, odd_kind
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Danger, NoSession, Person, Talk
from handlers.i18n import translations
from storage.coordination.batching import Grouped
from storage.database import Database, Refused, is_outage, lock_chat
from storage.deliveries import queue as delivery_queue
from storage.people.people import PersonId
from storage.updates import batched_writes, updates, user_state
from storage.updates.batched_writes import Append, Seen
from storage.updates.strikes import SET_ASIDE_AT
from storage.updates.updates import Done
from storage.updates.user_state import Standing
from storage.write_detection import has_written

log = logger("bot.telegram.update_handler")

SEEN_EVERY = timedelta(hours=12)
_UNREADABLE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, DataError)
"""What an update may raise that is not what Telegram sends."""


def update_key(raw: Json) -> int:
    """Which update this is, as 63 bits: its number and the identity of what it carries, so that a server that counts
    anew is not taken for one that repeats itself."""
    parts = [str(raw.get("update_id"))]
    for kind, body in raw.items():
        if isinstance(body, dict):
            chat = body.get("chat")
            chat = chat if isinstance(chat, dict) else {}
            parts += [kind, str(body.get("id") or body.get("message_id")), str(chat.get("id")), str(body.get("date"))]
            parts.append(str(body.get("edit_date")))
    return int.from_bytes(hashlib.blake2b("/".join(parts).encode(), digest_size=8).digest(), "big") >> 1


class Answering:
    """Takes each update through its transaction, then sends what was said."""

    def __init__(
        self,
        database: Database,
        context: AppContext,
        routes: Routes,
        courier: Courier,
        clock: Callable[[], datetime],
        metrics: Metrics,
        arrivals: Arrivals,
        errors: ErrorBook,
        in_hand: InHand,
        refusal_sentences: Mapping[type[Refused], str],
    ) -> None:
        self._in_hand = in_hand
        self._arrivals = arrivals
        self._errors = errors
        self._refusal_sentences = refusal_sentences
        self.database = database
        self.context = context
        self.routes = routes
        self.courier = courier
        self.clock = clock
        self.metrics = metrics
        self._known = Grouped(self._look_up)
        self.kept = KeptAnswers(database, courier, clock)
        self._append = Grouped(self._write_appends)

    async def handle(self, raw: Json) -> None:
        """Gives the update its effect, once, and answers it.

        Raises:
            Exception: only if the database is away; the update has had no effect then.
        """
        incoming = Incoming.read(raw)
        if incoming is None:
            self._note_odd(raw)
            return
        async with self._in_hand.holding(update_key(raw), incoming.kind) as held:
            if held.strikes > SET_ASIDE_AT:
                # Even saying that it failed has ended the process.
                self.metrics.updates.labels(incoming.kind, "set_aside").inc()
                return
            try:
                await self._handle(incoming, held)
            except _UNREADABLE as trouble:
                # It would be so again each time that Telegram hands it over.
                self.metrics.updates.labels(incoming.kind, "failed").inc()
                await self._errors.note("an update can't be read", trouble)

    def _note_odd(self, raw: Json) -> None:
        """What is nobody's is no news; what Telegram would not send is, by its kind."""
        kind = odd_kind(raw)
        if kind is not None:
            self.metrics.updates.labels(kind, "odd").inc()
            log.warning("ignored a malformed update", kind=kind)

    async def _handle(self, incoming: Incoming, held: Held) -> None:
        begun = time.perf_counter()
        standing, done = await self._known((incoming.user_id, held.key))
        talk = self._talk(incoming, held.key, standing)
        if done is not None:
            handler = outcome = "again"
            self._repeat(talk, done)
        elif held.strikes == SET_ASIDE_AT:
            handler, outcome = "none", "set_aside"
            refusals.say_failed(talk, held.error_id)
        elif self._is_too_much(talk):
            handler, outcome = "none", "limited"
        else:
            handler, outcome = await self._take_effect(talk, held)
        await held.settle()
        try:
            await self._send(talk)
        except Exception as error:
            # The effect is committed and the answers are kept with it; `resend` comes back to them.
            outcome = "unanswered"
            log.error("failed to send answers", error=type(error).__name__, exc_info=error)
        self.metrics.updates.labels(incoming.kind, outcome).inc()
        self.metrics.seconds.labels(handler).observe(time.perf_counter() - begun)

    def _is_too_much(self, talk: Talk) -> bool:
        """Whether this person asks for more than one person may; they hear so once. Who runs the bot may ask on."""
        if talk.person.is_staff:
            return False
        verdict = self._arrivals.look(talk.person.id, written_at(talk.incoming, talk.now.timestamp()))
        if verdict is Verdict.TAKEN:
            return False
        if verdict is Verdict.WARNED and talk.incoming.chat_type == Chat.PRIVATE:
            refusals.say_too_much(talk)
        if self._is_to_hear_whom_to_call(talk):
            talk.danger = Danger.ALONE
            emergency.put_first(talk)
        return True

    def _is_to_hear_whom_to_call(self, talk: Talk) -> bool:
        """Of somebody who is not answered otherwise."""
        now = talk.now.timestamp()
        return emergency.is_heard(talk.incoming, self.context) and self._arrivals.may_tell_whom_to_call(
            talk.person.id, now
        )

    def _call_for(self, talk: Talk) -> Call | None:
        person = talk.person
        if not self.context.blocks.is_blocked(person.id, talk.now):
            call = call_for(talk.incoming, self.context, self.routes, person.form, person.case)
            if call is not None and emergency.is_heard(talk.incoming, self.context):
                talk.danger = emergency.answer_for(call.right_in(person.form, self.routes))
            return call
        call = call_for_blocked(talk.incoming, self.context, self.routes)
        if emergency.is_heard(talk.incoming, self.context):
            talk.danger = Danger.ALONE
            return Call(self.routes.events[Event.BLOCKED]) if self._is_to_hear_whom_to_call(talk) else None
        is_told = talk.incoming.is_press or self._arrivals.may_tell_blocked(person.id, talk.now.timestamp())
        return call if call is None or call.route.for_blocked or is_told else None

    async def _take_effect(self, talk: Talk, held: Held) -> tuple[str, str]:
        """Runs the handler, or says why not; gives its name and the outcome for the figures."""
        handler = "none"
        try:
            call = self._call_for(talk)
            if call is None:
                return handler, "ignored"
            handler = call.name
            held.name(handler)
            await self._prepare(talk, call)
            await (self._write(talk, call) if call.route.writes else self._read(talk, call))
        except InvalidCallback:
            refusals.say_forged(talk)
            outcome = "forged"
        except Refused as refusal:
            talk.outgoing.clear()
            refusals.say_no(talk, refusal, self._refusal_sentences)
            outcome = "refused"
        except Exception as error:
            if is_outage(error):
                raise
            await self._report(talk, error)
            outcome = "failed"
        else:
            return handler, "done"
        emergency.put_first(talk)
        return handler, outcome

    def _talk(self, incoming: Incoming, key: int, standing: Standing) -> Talk:
        language = standing.language or translations.language_for(
            incoming.language_code, self.context.settings.organisation.language
        )
        user_id = incoming.user_id
        person = Person(
            PersonId(user_id),
            language,
            self.context.staff.roles_of(user_id, standing.roles),
            standing.form,
            standing.case,
            standing.case_number,
        )
        session = cast(AsyncSession, NoSession())
        talk = Talk(incoming, key, person, incoming.chat_id, self.clock(), self.context, session)
        stale = standing.last_seen is None or talk.now - standing.last_seen > SEEN_EVERY
        if stale or not standing.reachable:
            talk.append(Seen(user_id, language, incoming.username))
        return talk

    async def _prepare(self, talk: Talk, call: Call) -> None:
        """What the open form has to fetch before the transaction."""
        if call.answers_form:
            await forms.look_up(talk, self.routes.forms)

    async def _read(self, talk: Talk, call: Call) -> None:
        if call.route.reads:
            async with self.database.reading() as session:
                talk.session = session
                await call.run(talk)
        else:
            await call.run(talk)
        emergency.put_first(talk)
        if talk.appends:
            await self._append(talk.appends)

    async def _write(self, talk: Talk, call: Call) -> None:
        """The effect and the mark of the update, in one transaction.

        Another replica may have got the same update at the same moment: then its mark is found at the end, or the
        effect it had makes this one fail. Only that one's effect stays.
        """
        try:
            is_first = await self._write_once(talk, call)
        except Exception as trouble:
            if is_outage(trouble) or not await self._was_done(talk):
                raise
            talk.committed.clear()
        else:
            if not is_first:
                await self._was_done(talk)
                talk.committed.clear()
        for follow_up in talk.committed:
            await follow_up()

    async def _write_once(self, talk: Talk, call: Call) -> bool:
        """False, with everything rolled back, if the update is marked already."""
        async with self.database.writing() as session:
            talk.session = session
            await lock_chat(session, talk.chat_id)
            seen = [row for row in talk.appends if isinstance(row, Seen)]
            await batched_writes.write(session, seen, talk.now)
            await call.run(talk)
            emergency.put_first(talk)
            await delivery_queue.add_all(session, talk.notices)
            rest = [row for row in talk.appends if not isinstance(row, Seen)]
            await batched_writes.write(session, rest, talk.now)
            if not await has_written(session):
                await session.rollback()
                return True
            resent_from = talk.now + KEPT_BEFORE_RESENT
            talk.keeps_answers = await updates.mark_done(session, talk.key, talk.now, pack(talk.outgoing), resent_from)
            if not talk.keeps_answers:
                await session.rollback()
            return talk.keeps_answers

    async def _was_done(self, talk: Talk) -> bool:
        """Whether the update has had its effect by another hand; what is still to be answered to it is then at hand."""
        async with self.database.reading() as session:
            (done,) = await updates.done(session, [talk.key])
        if done is not None:
            self._repeat(talk, done)
        return done is not None

    def _repeat(self, talk: Talk, done: Done) -> None:
        """An update that has had its effect came again: only what could not be said before is said."""
        talk.outgoing = unpack(done.answers) if done.answers else []
        talk.keeps_answers = bool(done.answers)

    async def _report(self, talk: Talk, error: Exception) -> None:
        """The person hears that it failed, the admins and the log hear with which id; nobody hears what was said."""
        talk.outgoing.clear()
        refusals.say_failed(talk, await self._errors.note("an update failed", error))

    async def _send(self, talk: Talk) -> None:
        if talk.incoming.is_press and not any(one.method == "answerCallbackQuery" for one in talk.outgoing):
            talk.toast()
        talk.outgoing.sort(key=lambda one: one.method != "answerCallbackQuery")
        try:
            await self.courier.send_all(talk.outgoing)
        except Later as later:
            await self.kept.keep(talk.key, later)
            return
        if talk.keeps_answers:
            await self.kept.answered(talk.key)

    async def _look_up(self, asked: Sequence[tuple[int, int]]) -> list[tuple[Standing, Done | None]]:
        """Who speaks, and whether the update has had its effect already."""
        people_ids, keys = zip(*asked, strict=True)
        async with self.database.reading() as session:
            standings = await user_state.standings(session, people_ids, self.clock())
            return list(zip(standings, await updates.done(session, keys), strict=True))

    async def _write_appends(self, groups: Sequence[list[Append]]) -> list[None]:
        async with self.database.writing() as session:
            await batched_writes.write(session, [row for group in groups for row in group], self.clock())
        return [None] * len(groups)
