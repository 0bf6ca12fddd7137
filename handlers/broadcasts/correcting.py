"""Correcting a broadcast that has been sent, with the approval that the original needed."""

from __future__ import annotations

from markupsafe import Markup

from handlers.broadcasts import presses
from handlers.broadcasts.acts import worded
from handlers.broadcasts.form import Correction, correcting
from handlers.broadcasts.shown import link_lines, show_as_sent
from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.i18n.few import plural_of, with_count
from storage import audit
from storage.broadcasts import broadcasts, corrections
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import Broadcast, NotNow
from storage.broadcasts.corrections import Corrected
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.notices import CorrectionWaits
from storage.people.access import Right


def register(routes: Routes) -> None:
    right = Right.BROADCAST
    routes.form(_CORRECTING)
    routes.press(presses.CORRECT, correct, right=right)
    routes.press(presses.LOOK_AT_CORRECTION, look, right=right, writes=False)
    routes.press(presses.APPROVE_CORRECTION, approve, right=right)
    routes.press(presses.DISCARD_CORRECTION, ask_to_discard, right=right, writes=False)
    routes.press(presses.DISCARD_CORRECTION_NOW, discard, right=right)
    routes.notice(CorrectionWaits, waits_words, reader=holding(right))


async def correct(talk: Talk, broadcast_id: BroadcastId) -> None:
    await forms.begin(talk, _CORRECTING, Correction(id=broadcast_id))


async def _corrected(talk: Talk, draft: Correction) -> None:
    row = await broadcasts.find(talk.session, draft.id)
    if row is None:
        raise NotNow
    content = worded(talk, draft, broadcasts.content_of(talk.session, row))
    limit = talk.context.settings.approval_above
    done = await corrections.correct(talk.session, row.id, content, talk.person.id, limit, talk.now)
    if isinstance(done, Corrected):
        talk.say(await _effect(talk, done, ""))
    else:
        await _ask_for_approval(talk, done)


_CORRECTING = correcting(_corrected)


async def _effect(talk: Talk, done: Corrected, how: str) -> str:
    """Notes it in the audit, and says how many get the new version."""
    about = f"broadcast {done.broadcast_id}{how}"
    await audit.note(talk.session, done.author, BroadcastAction.BROADCAST_CORRECTED, talk.now, about=about)
    text = talk.plural(
        "Corrected; {n} person who already has it gets the new version.",
        "Corrected; {n} people who already have it get the new version.",
        plural_of(done.count),
    )
    return with_count(text, talk.language, done.count)


async def _ask_for_approval(talk: Talk, row: Broadcast) -> None:
    for person_id in await talk.context.staff.who_may(talk.session, Right.BROADCAST, talk.now):
        if person_id != talk.person.id:
            talk.notify(person_id, CorrectionWaits(row.id, row.total))
    talk.say(talk._("A second coordinator has to approve the correction. Until then the earlier version stands."))


def waits_words(view: View, notice: CorrectionWaits) -> Page:
    """The notice to those who may approve."""
    text = view.plural(
        "A correction of a broadcast to {n} person is waiting for a second coordinator.",
        "A correction of a broadcast to {n} people is waiting for a second coordinator.",
        plural_of(notice.count),
    )
    buttons = [[presses.LOOK_AT_CORRECTION.button(view._("View"), notice.broadcast_id)]]
    return with_count(text, view.language, notice.count), buttons


async def look(talk: Talk, broadcast_id: BroadcastId) -> None:
    """The broadcast as it will read; the buttons are for this very version."""
    row = await broadcasts.find(talk.session, broadcast_id)
    if row is None:
        raise NotNow
    content = corrections.proposed(talk.session, row)
    show_as_sent(talk, row.id, content, row.topic)
    said = Markup("{}").format(talk._("This is how it will read once you approve the correction."))
    talk.say(
        Markup("\n").join([said, *link_lines(talk, content)]),
        [
            [presses.APPROVE_CORRECTION.button(talk._("✔ Approve"), row.id, row.revision)],
            [presses.DISCARD_CORRECTION.button(talk._("✖ Discard"), row.id, row.revision)],
        ],
    )


async def approve(talk: Talk, broadcast_id: BroadcastId, revision: int) -> None:
    done = await corrections.approve(talk.session, broadcast_id, revision, talk.person.id, talk.now)
    talk.edit(await _effect(talk, done, f", approved by {talk.person.id}"))


async def ask_to_discard(talk: Talk, broadcast_id: BroadcastId, revision: int) -> None:
    ask_first(
        talk,
        talk._("Discard the correction? The earlier version stays."),
        presses.DISCARD_CORRECTION_NOW.button(talk._("🗑 Discard the correction"), broadcast_id, revision),
        presses.LOOK_AT_CORRECTION.button(talk._("Keep it"), broadcast_id),
    )


async def discard(talk: Talk, broadcast_id: BroadcastId, revision: int) -> None:
    await corrections.discard(talk.session, broadcast_id, revision)
    talk.edit(talk._("Discarded. The earlier version stands."))
