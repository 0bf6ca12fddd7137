"""From an update to the one route that answers it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Chat

from handlers.chat import forms
from handlers.chat.access_check import check_right
from handlers.chat.context import AppContext
from handlers.chat.events import Event
from handlers.chat.incoming import Incoming, Json
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Handler, Route, Routes
from handlers.chat.talk import Talk
from storage import dialogues
from storage.people.access import Right

_SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "pinned_message",
        "group_chat_created",
        "supergroup_chat_created",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
    }
)
"""Telegram's own notices (somebody joined, a message was pinned) ask for nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A handler with its arguments, ready to be run in the transaction that its route asks for."""

    route: Route
    arguments: tuple[Any, ...] = ()
    answers_form: bool = False

    @property
    def name(self) -> str:
        """The handler's, for the figures."""
        handle = self.route.handle.func if isinstance(self.route.handle, partial) else self.route.handle
        return handle.__name__.strip("_")

    def right_in(self, open_form: str | None, routes: Routes) -> Right:
        """Who may cause it: a form has its own right."""
        form = routes.forms.get(open_form or "") if self.answers_form else None
        return self.route.right if form is None else form.right

    async def run(self, talk: Talk) -> None:
        if await check_right(talk, self.route.right):
            await self.route.handle(talk, *self.arguments)


def call_for(
    incoming: Incoming, context: AppContext, routes: Routes, open_form: str | None, open_case: int | None = None
) -> Call | None:
    """What this update asks for; None if it is nothing to answer.

    Raises:
        InvalidCallback: it presses a button that was never made.
    """
    if incoming.chat_type != Chat.PRIVATE:
        return _in_a_group(incoming, context, routes)
    if incoming.is_press:
        return _press(str(incoming.body.get("data") or ""), routes)
    if incoming.kind == "inline_query":
        return Call(routes.events[Event.INLINE])
    if incoming.kind == "my_chat_member":
        return Call(routes.events[Event.MEMBERSHIP])
    if incoming.kind == "edited_message":
        return Call(routes.events[Event.MOVED if incoming.place else Event.EDITED])
    return _message(incoming, context, routes, open_form, open_case)


def call_for_blocked(incoming: Incoming, context: AppContext, routes: Routes) -> Call | None:
    """What is left to who is kept out: their data and their language, else the hotline; nothing in groups."""
    try:
        call = call_for(incoming, context, routes, open_form=None)
    except InvalidCallback:
        call = None
    if call is not None and call.route.for_blocked:
        return call
    is_said = incoming.is_press or incoming.kind == "message"
    return Call(routes.events[Event.BLOCKED]) if is_said and incoming.chat_type == Chat.PRIVATE else None


def _in_a_group(incoming: Incoming, context: AppContext, routes: Routes) -> Call | None:
    """In a group the bot answers only what is meant for it, and only with the way to the private chat."""
    if incoming.is_press:
        return Call(routes.events[Event.GROUP])
    if incoming.kind != "message" or _is_service(incoming.body):
        return None
    text = incoming.text
    if text.startswith("/"):
        return Call(routes.events[Event.GROUP]) if _command(text, context)[0] else None
    if context.identity.reads_all_group_messages and f"@{context.identity.username}" not in text:
        return None
    return Call(routes.events[Event.GROUP])


def _press(data: str, routes: Routes) -> Call:
    name, *texts = data.split(":")
    route = routes.presses.get(name)
    if route is None or route.press is None:
        raise InvalidCallback
    return Call(route, tuple(route.press.read(texts)))


def _message(
    incoming: Incoming, context: AppContext, routes: Routes, open_form: str | None, open_case: int | None
) -> Call | None:
    if _is_service(incoming.body):
        return None
    form = routes.forms.get(open_form or "")
    # A command that somebody else wrote is not one: who forwards it need not have read it.
    if incoming.text.startswith("/") and not incoming.is_forwarded:
        return _command_call(incoming.text, context, routes, form is not None)
    if "location" in incoming.body and not (form and form.takes_location):
        return _beside_form(Call(routes.events[Event.LOCATION]), routes, form is not None)
    if form is not None:
        return Call(Route(_form_answer), (routes,), answers_form=True)
    if open_case is not None:
        return Call(routes.events[Event.CASE])
    if "reply_to_message" in incoming.body:
        return Call(routes.events[Event.CASE_REPLY])
    return Call(routes.events[Event.TEXT if incoming.text else Event.OTHER])


async def _form_answer(talk: Talk, routes: Routes) -> None:
    if not await forms.answer(talk, routes.forms):
        has_place = "location" in talk.incoming.body
        event = Event.LOCATION if has_place else Event.TEXT if talk.text else Event.OTHER
        await routes.events[event].handle(talk)


def _command(text: str, context: AppContext) -> tuple[str, str]:
    """(name, rest) of "/name@bot rest"; the name is empty if another bot is meant."""
    head, _, rest = text.partition(" ")
    name, _, bot = head[1:].partition("@")
    if bot and bot.lower() != context.identity.username.lower():
        return "", rest
    return name.lower(), rest.strip()


def _command_call(text: str, context: AppContext, routes: Routes, in_form: bool) -> Call | None:
    name, rest = _command(text, context)
    if not name:
        return None
    if name == "cancel":
        return Call(routes.commands["cancel"])
    if name == "start" and (prefix := rest.partition("_")[0]) in routes.links and "_" in rest:
        return _beside_form(Call(routes.links[prefix], (rest.partition("_")[2],)), routes, in_form)
    route = routes.commands.get(name, routes.events[Event.UNKNOWN])
    return _beside_form(Call(route), routes, in_form)


def _beside_form(call: Call, routes: Routes, in_form: bool) -> Call:
    """In mid-form, something else is answered first; then the form goes on where it was, unless a new one took over."""
    if not in_form:
        return call
    handle: Handler = partial(_then_remind, call, routes)
    return Call(Route(handle, right=call.route.right, writes=True))


async def _then_remind(call: Call, routes: Routes, talk: Talk) -> None:
    before = await dialogues.current(talk.session, talk.person.id, talk.now)
    await call.run(talk)
    after = await dialogues.current(talk.session, talk.person.id, talk.now)
    if before is not None and after is not None and before.mark == after.mark:
        await forms.remind(talk, routes.forms)


def _is_service(message: Json) -> bool:
    return not _SERVICE.isdisjoint(message)
