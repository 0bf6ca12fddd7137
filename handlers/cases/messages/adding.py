"""A message that was sent outside of a case, and is meant for one: it is offered to be added.

The offer is a reply to the message, so the button brings it back with it, and nothing is kept before it is pressed.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.evidence_limits import full_words, quota_of
from handlers.cases.messages.conversation import heed, side_in_for_update
from handlers.cases.messages.message_content import FILES, parts_of, said_by
from handlers.chat.incoming import Json
from handlers.chat.press import Button, Buttons
from handlers.chat.replies import message_params
from handlers.chat.routes import Meant, Routes
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.files.evidence_quota import EvidenceFull
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import Case, CaseState, NoSuchCase, Side, content_of
from storage.telegram_ids import MessageId

_OFFERED = 5
_SENTENCE = re.compile(r"\w\W*\s\W*\w|[\u3400-\u9fff]{4}")
"""What tells something; a word alone is a greeting or the name of something."""


def register(routes: Routes) -> None:
    routes.stray(offer)
    routes.press(presses.ADD, add)
    routes.press(presses.DO_NOT_ADD, do_not_add, writes=False)


async def offer(talk: Talk, meant: Meant) -> bool:
    """Asks somebody with an open case whether this message belongs to it; after what the whole of it can be read as."""
    body = talk.incoming.body
    if not (body.keys() & FILES or _SENTENCE.search(talk.text)):
        return False
    mine = [row for row in await case_access.cases_of(talk.session, talk.person.id) if row.state != CaseState.CLOSED]
    if not mine:
        return False
    try:
        said_by(talk, body)
    except NotAnAnswer as hint:
        talk.say(str(hint))
        return True
    add = [[_add_button(talk, row)] for row in mine[:_OFFERED]]
    no = presses.DO_NOT_ADD.button(talk._("✖ No"))
    _ask(talk, _question(talk, mine), [*meant.as_whole, *add, *meant.by_words, [no]])
    return True


def _question(talk: Talk, mine: list[Case]) -> Markup:
    """Names each by its number and what it is about: the number alone may say nothing to them any more."""
    asked = talk.plural(
        "This is open with us. Does your message belong to it? I haven't kept it yet.",
        "These are open with us. Does your message belong to one of them? I haven't kept it yet.",
        len(mine),
    )
    return Markup("\n").join([*(_named(talk, row) for row in mine[:_OFFERED]), Markup.escape(asked)])


def _named(talk: Talk, row: Case) -> Markup:
    """ "🏅 HN-2026-000001 · Nomination for an honour · 🎖 May Day medal"."""
    kind = words.kind_words(talk.context, row, content_of(talk.session, row), talk.language)
    title = words.heading(talk.context, row, talk.language)
    return Markup("{} · {}").format(title, kind) if kind else title


def _add_button(talk: Talk, row: Case) -> Button:
    return presses.ADD.button(talk._("📎 Add it to {number}").format(number=row.number), row.id)


def _ask(talk: Talk, question: Markup, buttons: Buttons) -> None:
    """As a reply to the message; without a sound below the first picture of an album."""
    params = message_params(talk.chat_id, question, None)
    params["reply_parameters"] = {"message_id": talk.incoming.message_id, "allow_sending_without_reply": True}
    if talk.is_album_rest:
        params["disable_notification"] = True
    talk.send("sendMessage", params, buttons)


async def add(talk: Talk, case_id: CaseId) -> None:
    """The message that the offer answers goes into this case."""
    row, side = await side_in_for_update(talk, case_id)
    if side is not Side.RIDER:
        raise NoSuchCase
    cases.require_open(row)
    write = [[presses.ENTER.button(talk._("💬 Write in this case"), row.id)]]
    told = _offered(talk)
    if told is None:
        talk.edit(talk._("I can't read that message any more. Please send it again, in the case."), write)
        return
    try:
        said = said_by(talk, told)
        await _keep(talk, row, said, MessageId(told["message_id"]))
    except NotAnAnswer as hint:
        talk.edit(str(hint))
    except EvidenceFull as full:
        talk.edit(full_words(talk, full, quota_of(talk.context, row)), write)
    else:
        talk.edit(_added_words(talk, row), write)
        await heed(talk, row, side, said.text)


def _offered(talk: Talk) -> Json | None:
    """The person's own message; None if it is gone from the chat."""
    message = talk.incoming.body.get("message")
    told = message.get("reply_to_message") if isinstance(message, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("message_id"), int):
        return None
    author = told.get("from")
    return told if isinstance(author, dict) and author.get("id") == talk.person.id else None


async def _keep(talk: Talk, row: Case, said: Said, source: MessageId) -> None:
    """Once, however often it is pressed. Raises EvidenceFull."""
    kept = await case_messages.of_source(talk.session, talk.person.id, source)
    if any(one.case_id == row.id for one in kept):
        return
    for part in parts_of(said):
        await case_messages.say(
            talk.session, row, Side.RIDER, talk.person.id, source, part, talk.now, quota_of(talk.context, row)
        )


def _added_words(talk: Talk, row: Case) -> Markup:
    said = Markup(talk._("✓ Added to {number}.")).format(number=Markup("<b>{}</b>").format(row.number))
    if row.assigned_to is None:
        said += Markup("\n{}").format(talk._("Nobody has taken the case yet. Whoever takes it will see this."))
    return said


async def do_not_add(talk: Talk) -> None:
    talk.edit(talk._("OK, I haven't kept it. See what else I can do: /help"))
