"""From an update to the one route that answers it."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import partial

from telegram import Chat

from handlers.chat.context import AppContext
from handlers.chat.events import Event
from handlers.chat.fallback import commands_meant
from handlers.chat.incoming import Incoming
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import AnyCall, Call, Handler, Route, Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from storage import dialogues
from storage.cases.ids import CaseId
from storage.people.access import Right
from storage.stations.amenity_words import asked_for


def right_of(call: AnyCall, routes: Routes, open_form: str | None) -> Right:
    """Who may cause it: a form has its own right."""
    form = routes.forms.get(open_form or "") if isinstance(call, Call) and call.answers_form else None
    return call.route.right if form is None else form.right


def call_for(
    incoming: Incoming, context: AppContext, routes: Routes, open_form: str | None, open_case: CaseId | None = None
) -> AnyCall | None:
    """What this update asks for; None if it is nothing to answer.

    Raises:
        InvalidCallback: it presses a button that was never made.
    """
    if incoming.chat_type != Chat.PRIVATE:
        return _in_a_group(incoming, context, routes)
    if incoming.is_press:
        return _press(str(incoming.body.get("data") or ""), routes)
    if incoming.kind == "inline_query":
        return routes.events[Event.INLINE].call()
    if incoming.kind == "my_chat_member":
        return routes.events[Event.MEMBERSHIP].call()
    if incoming.kind == "edited_message":
        return routes.events[Event.MOVED if incoming.place else Event.EDITED].call()
    return _message(incoming, context, routes, open_form, open_case)


def call_for_blocked(incoming: Incoming, context: AppContext, routes: Routes) -> AnyCall | None:
    """What is left to a blocked person: their data and their language, else the hotline; nothing in groups."""
    try:
        call = call_for(incoming, context, routes, open_form=None)
    except InvalidCallback:
        call = None
    if call is not None and call.route.for_blocked:
        return call
    is_said = incoming.is_press or incoming.is_said
    return routes.events[Event.BLOCKED].call() if is_said and incoming.chat_type == Chat.PRIVATE else None


def _in_a_group(incoming: Incoming, context: AppContext, routes: Routes) -> AnyCall | None:
    """In a group the bot answers only what is meant for it, and only with the way to the private chat. It may be given
    everything that is said: as an admin, or without Telegram's privacy mode."""
    is_meant = incoming.is_press or (incoming.is_said and _is_meant_for_bot(incoming, context, routes))
    return routes.events[Event.GROUP].call() if is_meant else None


def _is_meant_for_bot(incoming: Incoming, context: AppContext, routes: Routes) -> bool:
    """Whether it is one of the bot's commands, or any with its name; mentions it; or replies to a message of it."""
    text, identity = incoming.text, context.identity
    name = re.escape(identity.username)
    if text.startswith("/"):
        command = command_of(text, context)[0]
        return command in routes.commands or (bool(command) and "@" in text.split(maxsplit=1)[0])
    if incoming.replies_to == identity.id:
        return True
    return bool(name) and re.search(rf"(?<![\w@/.])@{name}(?!\w)", incoming.words, re.IGNORECASE) is not None


def _press(data: str, routes: Routes) -> Call:
    name, *texts = data.split(":")
    route = routes.presses.get(name)
    if route is None or route.press is None:
        raise InvalidCallback
    return route.call(*route.press.read(texts))


def _message(
    incoming: Incoming, context: AppContext, routes: Routes, open_form: str | None, open_case: CaseId | None
) -> AnyCall | None:
    if not incoming.is_said:
        return None
    form = routes.forms.get(open_form or "")
    # A command that somebody else wrote is not one: whoever passes it on need not have read it.
    if incoming.text.startswith("/") and not incoming.is_of_others:
        return _command_call(incoming.text, context, routes, in_form=form is not None)
    if "location" in incoming.body and not (form and form.takes_location):
        return _beside_form(routes.events[Event.LOCATION].call(), routes, in_form=form is not None)
    if form is not None:
        return Call(Route(_form_answer), (routes,), answers_form=True)
    if open_case is not None:
        return routes.events[Event.CASE].call()
    if "reply_to_message" in incoming.body:
        return routes.events[Event.CASE_REPLY].call()
    return routes.events[_event_of(incoming)].call()


def _event_of(incoming: Incoming) -> Event:
    """Of what nothing else takes."""
    if not incoming.text:
        return Event.OTHER
    return Event.WISH if asked_for(incoming.text) else Event.TEXT


async def _form_answer(talk: Talk, routes: Routes) -> None:
    if not await forms.answer(talk, routes.forms, partial(commands_meant, routes=routes)):
        has_place = "location" in talk.incoming.body
        event = Event.LOCATION if has_place else _event_of(talk.incoming)
        await routes.events[event].call().run(talk)
        await forms.remind(talk, routes.forms)


def command_of(text: str, context: AppContext) -> tuple[str, str]:
    """(name, rest) of "/name@bot rest", the rest in the same line or the next; the name is empty if another bot is
    meant."""
    head, *rest_of = text.split(maxsplit=1)
    rest = "".join(rest_of)
    name, _, bot = head[1:].partition("@")
    if bot and bot.lower() != context.identity.username.lower():
        return "", rest
    return name.lower(), rest.strip()


def _command_call(text: str, context: AppContext, routes: Routes, *, in_form: bool) -> AnyCall | None:
    name, rest = command_of(text, context)
    if not name:
        return None
    if name == "cancel":
        return routes.commands["cancel"].call()
    if name == "start" and (prefix := rest.partition("_")[0]) in routes.links and "_" in rest:
        return _beside_form(routes.links[prefix].call(rest.partition("_")[2]), routes, in_form=in_form)
    if name == "start" and rest in may_start_with(routes):
        name = rest
    route = routes.commands.get(name) or routes.events[Event.UNKNOWN]
    return _beside_form(route.call(), routes, in_form=in_form)


def may_start_with(routes: Routes) -> Set[str]:
    """The commands that a deep link may carry on from a group: "/start legal" is "/legal"."""
    return routes.commands.keys() - {"start", "cancel"}


def _beside_form(call: AnyCall, routes: Routes, *, in_form: bool) -> AnyCall:
    """In mid-form, something else is answered first; then the form goes on where it was, unless a new one took over."""
    if not in_form:
        return call
    handle: Handler = partial(_then_remind, call, routes)
    return Route(handle, right=call.route.right).call()


async def _then_remind(call: AnyCall, routes: Routes, talk: Talk) -> None:
    before = await dialogues.current(talk.session, talk.person.id, talk.now)
    await call.run(talk)
    after = await dialogues.current(talk.session, talk.person.id, talk.now)
    if before is not None and after is not None and before.mark == after.mark:
        await forms.remind(talk, routes.forms)
