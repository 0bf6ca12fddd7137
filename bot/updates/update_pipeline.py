"""One update, from its JSON to its answers: looked up, admitted, given its effect, answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DataError

from bot.observability.error_reporter import ErrorReporter
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from bot.telegram.pacing import NEWCOMERS, Priority
from bot.updates.admission import Admission
from bot.updates.reply_outbox import Replied, ReplyOutbox, repeated
from bot.updates.update_lookup import UpdateLookup, update_key
from bot.updates.update_transaction import UpdateTransaction
from bot.updates.updates_in_hand import Held, InHand
from handlers import refusals
from handlers.chat import emergency
from handlers.chat.context import AppContext
from handlers.chat.incoming import Incoming, Json, odd_kind
from handlers.chat.press import InvalidCallback
from handlers.chat.talk import Danger, Person, StatelessTalk
from handlers.i18n import translations
from storage.database_errors import is_outage
from storage.people.people import day_of
from storage.refusals import Refused
from storage.updates.batched_writes import Seen
from storage.updates.ids import UpdateKey
from storage.updates.strikes import SET_ASIDE_AT
from storage.updates.user_state import Standing

log = logger("bot.updates.update_pipeline")

_UNREADABLE = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, DataError)
"""What an update may raise that is not what Telegram sends."""


@dataclass(frozen=True, slots=True)
class _Result:
    """The outcome, for the metrics, and what is to be said."""

    outcome: str
    replied: Replied


@dataclass(frozen=True, slots=True)
class Stages:
    """What an update goes through."""

    lookup: UpdateLookup
    admission: Admission
    transaction: UpdateTransaction
    outbox: ReplyOutbox


class UpdatePipeline:
    """Takes each update through its stages."""

    def __init__(
        self,
        stages: Stages,
        context: AppContext,
        clock: Callable[[], datetime],
        in_hand: InHand,
        metrics: Metrics,
        errors: ErrorReporter,
        refusal_sentences: Mapping[type[Refused], str],
    ) -> None:
        self._stages = stages
        self._context = context
        self._clock = clock
        self._in_hand = in_hand
        self._metrics = metrics
        self._errors = errors
        self._refusal_sentences = refusal_sentences

    async def handle(self, raw: Json) -> None:
        """Gives the update its effect, once, and answers it.

        Raises:
            Exception: only if the database is away, or its disk has been full for a moment; the update has had no
                effect then.
        """
        incoming = Incoming.read(raw)
        if incoming is None:
            self._note_odd(raw)
            return
        if self._stages.admission.is_flood(incoming, self._context, self._clock()):
            self._count(incoming, "limited")
            return
        async with self._in_hand.holding(update_key(raw), incoming.kind) as held:
            if held.strikes > SET_ASIDE_AT:
                # Even saying that it failed has ended the process.
                self._count(incoming, "set_aside")
                return
            try:
                await self._handle(incoming, held)
            except _UNREADABLE as error:
                # It would be so again each time that Telegram hands it over.
                self._count(incoming, "failed")
                await self._errors.report("an update can't be read", error)

    def _note_odd(self, raw: Json) -> None:
        """An update without a sender is normal; one that Telegram would not send is logged by its kind."""
        kind = odd_kind(raw)
        if kind is not None:
            self._metrics.updates.labels(kind, "odd").inc()
            log.warning("ignored a malformed update", kind=kind)

    def _count(self, incoming: Incoming, outcome: str) -> None:
        self._metrics.updates.labels(incoming.kind, outcome).inc()

    async def _handle(self, incoming: Incoming, held: Held) -> None:
        begun = time.perf_counter()
        standing, done = await self._stages.lookup(incoming.user_id, held.key)
        if done is not None:
            result = _Result("duplicate", repeated(done))
        else:
            result = await self._answer(self._talk(incoming, held.key, standing), held)
        await held.settle()
        outcome = result.outcome
        try:
            turn = self._turn(standing, result.replied)
            await self._stages.outbox.send(incoming, held.key, result.replied, turn)
        except Exception as error:
            # The effect is committed and the answers are kept with it; `resend` comes back to them.
            outcome = "unanswered"
            log.error("failed to send answers", error=type(error).__name__, exc_info=error)
        self._count(incoming, outcome)
        self._metrics.seconds.labels(incoming.kind).observe(time.perf_counter() - begun)

    def _turn(self, standing: Standing, replied: Replied) -> Priority:
        """Who may be in danger comes before everybody. Who wrote for the first time today comes after others, since any
        number of accounts can do that."""
        if any(one.vital for one in replied.outgoing):
            return Priority.URGENT
        is_newcomer = standing.first_seen is None or standing.first_seen >= day_of(self._clock())
        return NEWCOMERS if is_newcomer else Priority.REPLY

    def _talk(self, incoming: Incoming, key: UpdateKey, standing: Standing) -> StatelessTalk:
        context, user_id = self._context, incoming.user_id
        language = standing.language or translations.language_for(
            incoming.language_code, context.settings.organisation.language
        )
        roles = context.staff.roles_of(user_id, standing.roles)
        person = Person(user_id, language, roles, standing.form, standing.case, standing.case_number)
        if person.is_staff and incoming.is_from_a_person:
            context.names.learn(incoming)
        talk = StatelessTalk(incoming, key, person, self._clock(), context)
        talk.form_row = standing.form_row
        stale = standing.last_seen is None or standing.last_seen < day_of(talk.now)
        if incoming.is_from_a_person and (stale or not standing.reachable):
            talk.append(Seen(user_id, language, incoming.username))
        return talk

    async def _answer(self, talk: StatelessTalk, held: Held) -> _Result:
        if held.strikes == SET_ASIDE_AT:
            refusals.say_failed(talk, held.error_id)
            return _Result("set_aside", Replied(talk.outgoing))
        if self._stages.admission.is_too_much(talk):
            return _Result("limited", Replied(talk.outgoing))
        return await self._take_effect(talk, held)

    async def _take_effect(self, talk: StatelessTalk, held: Held) -> _Result:
        """Runs the handler, or says why not."""
        try:
            call = self._stages.admission.call_for(talk)
            if call is None:
                return _Result("ignored", Replied(talk.outgoing))
            held.name(call.name)
            return _Result("done", await self._stages.transaction.run(talk, call, held))
        except Exception as error:
            if is_outage(error) or (talk.danger is Danger.NONE and self._errors.is_waited_for(error)):
                raise
            outcome = await self._refuse(talk, error)
        emergency.put_first(talk)
        return _Result(outcome, Replied(talk.outgoing))

    async def _refuse(self, talk: StatelessTalk, error: Exception) -> str:
        """Says only why nothing was done; returns the outcome. An unexpected error is reported with an id."""
        talk.outgoing.clear()
        if isinstance(error, InvalidCallback):
            refusals.say_invalid(talk)
            return "invalid_callback"
        if isinstance(error, Refused):
            refusals.say_no(talk, error, self._refusal_sentences)
            return "refused"
        refusals.say_failed(talk, await self._errors.report("an update failed", error))
        return "failed"
