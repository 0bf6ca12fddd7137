"""Which handler an update may have: limits for people who write too much, and what is left to those who are blocked."""

from __future__ import annotations

from datetime import datetime

from telegram import Chat

from bot.telegram.albums import Albums
from bot.updates.rate_limiter import RateLimiter, RateLimitResult, written_at
from handlers import refusals
from handlers.chat import emergency
from handlers.chat.context import AppContext
from handlers.chat.dispatch import call_for, call_for_blocked, right_of
from handlers.chat.events import Event
from handlers.chat.incoming import Incoming
from handlers.chat.routes import AnyCall, Call, Routes
from handlers.chat.talk import Danger, StatelessTalk


class Admission:
    def __init__(self, routes: Routes, rate_limiter: RateLimiter) -> None:
        self._routes = routes
        self._rate_limiter = rate_limiter
        self._albums = Albums()

    def is_flood(self, incoming: Incoming, context: AppContext, now: datetime) -> bool:
        """Whether it is more of what this person was told is too much: nothing is looked up, done or said about it.
        Words of danger are heard all the same."""
        at = written_at(incoming, now.timestamp())
        return self._rate_limiter.would_drop(incoming.user_id, at) and not emergency.is_heard(incoming, context)

    def is_too_much(self, talk: StatelessTalk) -> bool:
        """Whether this person asks for more than one person may; they are told once. Staff are not limited."""
        if talk.person.is_staff:
            return False
        result = self._rate_limiter.check(talk.person.id, written_at(talk.incoming, talk.now.timestamp()))
        if result is RateLimitResult.TAKEN:
            return False
        if result is RateLimitResult.WARNED and talk.incoming.chat_type == Chat.PRIVATE:
            refusals.say_too_much(talk)
        if self._may_tell_whom_to_call(talk):
            talk.danger = Danger.ALONE
            emergency.put_first(talk)
        return True

    def call_for(self, talk: StatelessTalk) -> AnyCall | None:
        """What the update asks for; None if it is not answered. Notes whether it holds words of danger.

        Raises:
            InvalidCallback: it presses a button that was never made.
        """
        person = talk.person
        if talk.context.blocks.is_blocked(person.id, talk.now):
            return self._call_for_blocked(talk)
        call = call_for(talk.incoming, talk.context, self._routes, person.form, person.case)
        if call is not None and self._albums.is_rest(talk.incoming):
            talk.is_album_rest = True
            if not self._takes_albums(call) and not emergency.is_heard(talk.incoming, talk.context):
                return None
        if call is not None and emergency.is_heard(talk.incoming, talk.context):
            talk.danger = emergency.answer_for(right_of(call, self._routes, person.form))
        return call

    def _takes_albums(self, call: AnyCall) -> bool:
        """Whether each picture of an album counts: in a case, where it may be meant for one, and where a form may
        collect."""
        events = self._routes.events
        for_case = (events.get(Event.CASE), events.get(Event.CASE_REPLY), events.get(Event.OTHER))
        return call.route in for_case or (isinstance(call, Call) and call.answers_form)

    def _call_for_blocked(self, talk: StatelessTalk) -> AnyCall | None:
        call = call_for_blocked(talk.incoming, talk.context, self._routes)
        if emergency.is_heard(talk.incoming, talk.context):
            talk.danger = Danger.ALONE
            return self._routes.events[Event.BLOCKED].call() if self._may_tell_whom_to_call(talk) else None
        if call is None or call.route.for_blocked or talk.incoming.is_press:
            return call
        return call if self._rate_limiter.may_tell_blocked(talk.person.id, talk.now.timestamp()) else None

    def _may_tell_whom_to_call(self, talk: StatelessTalk) -> bool:
        """Whether somebody who is not answered otherwise wrote words of danger, and was not told a moment ago."""
        now = talk.now.timestamp()
        return emergency.is_heard(talk.incoming, talk.context) and self._rate_limiter.may_tell_whom_to_call(
            talk.person.id, now
        )
