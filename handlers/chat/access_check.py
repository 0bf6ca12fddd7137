"""Saying no to whom something is not for."""

from __future__ import annotations

from handlers.chat.talk import StatelessTalk
from storage.people.access import Right


async def check_right(talk: StatelessTalk, right: Right) -> bool:
    """Says no, in words, to whom this is not for."""
    if talk.person.may(right):
        return True
    refusal = talk._("Only the staff in charge can do that.")
    if talk.incoming.is_press:
        talk.answer_callback(refusal, alert=True)
    else:
        talk.say(refusal)
    return False
