"""What becomes of a nomination that the last level of review has approved: an entry in the register."""

from __future__ import annotations

import re

from handlers.chat.approvals import ApprovedCase
from handlers.chat.talk import Talk
from storage import audit
from storage.honours import register
from storage.honours.audited import HonourAction
from storage.honours.register import RegisteredAlready
from storage.honours.table import Entry

_SELF = "self"
_SIGNS = re.compile(r"^\W+")
"""The emoji in front of a kind."""


async def enter(talk: Talk, approved: ApprovedCase) -> None:
    """By the answers to the desk's questions (bot/config/desks.toml); linked to the account of whoever nominated
    themselves. An honour that the register has already stays as it is."""
    answers = {key: "" if value is None else str(value) for key, value in approved.answers.items()}
    entry = Entry(
        name=answers.get("name", ""),
        title=_SIGNS.sub("", approved.kind),
        year=talk.local_today.year,
        employer=answers.get("employer", ""),
        id_number=answers.get("id_number", ""),
        phone=answers.get("phone", ""),
        nomination=approved.number,
    )
    owner = approved.person_id if answers.get("whom") == _SELF else None
    try:
        row = await register.add(talk.session, entry, owner, talk.now)
    except RegisteredAlready:
        return
    about = f"entry {row.id}: {approved.number}"
    await audit.note(talk.session, talk.person.id, HonourAction.HONOURED_ADDED, talk.now, subject=owner, about=about)
