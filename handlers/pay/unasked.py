"""A shift that somebody writes in the chat, outside of any form: one press notes it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.press import Button, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.pay import presses, words
from handlers.pay.book import CONSENT, ask_consent, has_book, note_today
from storage.pay.shifts import checked, read_of_keeper, read_unasked
from storage.privacy import consents

_WRITTEN = ("minutes", "orders", "money", "bonus", "fines", "costs")


def register(routes: Routes) -> None:
    routes.understands(shift_meant)
    routes.press(presses.NOTE_LINE, note_line)


async def shift_meant(talk: Talk, text: str) -> Sequence[Button]:
    """A button that notes the shift. "9h 42 318" is one from whoever keeps a book; from others it may be anything."""
    shift = read_of_keeper(text)
    if shift is None or (read_unasked(text) is None and not await has_book(talk)):
        return []
    said = talk._("📒 Note it: {shift}").format(shift=words.shift(talk.view, shift))
    values = (shift.minutes, shift.orders, shift.money, shift.bonus, shift.fines, shift.costs)
    return [presses.NOTE_LINE.button(said, ".".join(map(str, values)))]


async def note_line(talk: Talk, written: str) -> None:
    """Whoever has no book reads first what they would agree to."""
    if not await has_book(talk):
        ask_consent(talk)
        return
    await consents.require(talk.session, talk.person.id, CONSENT.purpose, CONSENT.version)
    try:
        shift = checked(dict(zip(_WRITTEN, map(int, written.split(".")), strict=True)))
    except ValueError:
        raise InvalidCallback from None
    talk.remove_buttons()
    await note_today(talk, shift)
