"""The copies of a case's messages for the other side: composed when they are sent, for whoever may read them then."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.messages.message_content import composed
from handlers.cases.readers import case_audience
from handlers.chat.incoming import Json
from handlers.chat.keyboards import case_keyboard, plain_keyboard
from handlers.chat.replies import Outgoing, buttons_markup, message_params
from handlers.chat.routes import Routes
from handlers.chat.view import View
from storage.cases import access as case_access
from storage.cases import contexts as case_contexts
from storage.cases import copies as case_copies
from storage.cases import messages as case_messages
from storage.cases.copies import CASE_EDIT, CASE_MESSAGE, CASE_RECALL
from storage.cases.ids import CaseMessageId
from storage.cases.messages import CaseMessage, Said
from storage.cases.notices import CaseLeft
from storage.cases.table import Case, Side, content_of
from storage.deliveries.queue import Claimed
from storage.telegram_ids import PersonId, private_chat_of
from storage.written_text import quoted_name

OLD = timedelta(hours=1)
"""A relayed message that is older says when it was said."""

_CHANGED = ("text", "entities", "caption", "caption_entities", "link_preview_options")


def register(routes: Routes) -> None:
    routes.compose(CASE_MESSAGE, message)
    routes.compose(CASE_EDIT, changed_message)
    routes.compose(CASE_RECALL, recalled_message)
    routes.compose(CaseLeft.kind, left_message)


async def message(session: AsyncSession, view: View, claimed: Claimed) -> Outgoing | None:
    """A message of the talk, for its recipient; None if they may not (any more) read it."""
    found = await _for(session, view, claimed)
    if found is None:
        return None
    kept, row, said = found
    answered = await case_messages.find(session, said.answers) if said.answers is not None else None
    reply_to = await case_messages.place_of(session, answered, claimed.recipient) if answered is not None else None
    head = _head(session, view, kept, row, said, claimed.recipient)
    method, params = composed(private_chat_of(claimed.recipient), said, head, reply_to)
    if claimed.recipient == row.assigned_to:
        params["protect_content"] = True
        if not await case_messages.is_last(session, kept):  # one of many that are handed over
            params["disable_notification"] = True
    params["reply_markup"] = await _markup(session, view, row, claimed.recipient, as_keyboard=True)
    return Outgoing(method, params)


async def changed_message(session: AsyncSession, view: View, claimed: Claimed) -> Outgoing | None:
    found = await _for(session, view, claimed)
    place = await case_copies.place(session, claimed.recipient, CaseMessageId(claimed.subject or 0))
    if found is None or place is None:
        return None
    kept, row, said = found
    head = _head(session, view, kept, row, said, claimed.recipient)
    _, params = composed(private_chat_of(claimed.recipient), said, head, None)
    method = "editMessageCaption" if said.file_id else "editMessageText"
    shown: Json = {name: value for name, value in params.items() if name in _CHANGED}
    markup = await _markup(session, view, row, claimed.recipient, as_keyboard=False)
    return Outgoing(
        method,
        {"chat_id": claimed.recipient, "message_id": place, **shown, **({"reply_markup": markup} if markup else {})},
    )


async def recalled_message(session: AsyncSession, _view: View, claimed: Claimed) -> Outgoing | None:
    """It was meant for another case."""
    place = await case_copies.place(session, claimed.recipient, CaseMessageId(claimed.subject or 0))
    return None if place is None else Outgoing("deleteMessage", {"chat_id": claimed.recipient, "message_id": place})


async def left_message(session: AsyncSession, view: View, claimed: Claimed) -> Outgoing | None:
    """For whoever was taken out of a case by somebody else; None if they write in another by now."""
    if await case_contexts.current(session, claimed.recipient) is not None:
        return None
    said = message_params(
        private_chat_of(claimed.recipient),
        view._("You have left the conversation."),
        None,
        plain_keyboard(view.language),
    )
    return Outgoing("sendMessage", said)


async def _for(session: AsyncSession, view: View, claimed: Claimed) -> tuple[CaseMessage, Case, Said] | None:
    """What the copy is of, if its recipient is on the other side of the case now, and a handler still is one."""
    kept = await case_messages.find(session, CaseMessageId(claimed.subject or 0))
    row = await case_access.find(session, kept.case_id) if kept is not None else None
    if kept is None or row is None:
        return None
    is_rider = claimed.recipient == row.person_id and kept.side == Side.HANDLER
    if not is_rider and not await case_audience(view).is_handler(session, row, claimed.recipient):
        return None
    return kept, row, case_messages.said_in(session, kept)


def _head(session: AsyncSession, view: View, kept: CaseMessage, row: Case, said: Said, recipient: PersonId) -> str:
    """ "⚖️ L-2026-000123 · “Li”": in which case, who says it, when if it is older."""
    _ = view._
    name = content_of(session, row).name
    rider = quoted_name(name) if name else _("rider")
    answerer = words.answerer(view.context, row.desk, view.language)
    who = {
        Side.RIDER: rider,
        Side.HANDLER: answerer if recipient == row.person_id else _("case handler"),
        Side.NOTE: _("📝 note"),
    }[kept.side]
    parts = [words.tag(view.context, row), who]
    if view.now - kept.at > OLD:
        parts.append(view.moment(kept.at))
    if said.forwarded:
        parts.append(_("forwarded"))
    if said.was:
        parts.append(_("edited"))
    return " · ".join(parts)


async def _markup(
    session: AsyncSession, view: View, row: Case, recipient: PersonId, *, as_keyboard: bool
) -> Json | None:
    """Who writes in this case sees it on the keyboard; others get a button that leads into it."""
    if await case_contexts.current(session, recipient) == row.id:
        return case_keyboard(row.number, view.language) if as_keyboard else None
    if recipient == row.person_id:
        label = view._("💬 Write to {who}").format(who=words.answerer(view.context, row.desk, view.language))
    else:
        label = view._("💬 Write in {number}").format(number=row.number)
    return buttons_markup([[presses.ENTER.button(label, row.id)]])
