"""What was said in a case, as a page shows it."""

from __future__ import annotations

from typing import NamedTuple

from handlers.chat.talk import Talk
from storage.cases import messages as case_messages
from storage.cases.files import evidence
from storage.cases.ids import CaseMessageId, EvidenceId
from storage.cases.table import Case, Side, content_of
from storage.written_text import quoted_name

SHOWN = 60
"""Of the newest, what an admin reads at once, as in the chat."""


class Line(NamedTuple):
    """A message: `side` is rider, handler or note; `file` is its evidence, if it has any."""

    id: CaseMessageId
    side: str
    who: str
    when: str
    marks: str
    text: str
    file_name: str
    file: EvidenceId | None


async def lines(talk: Talk, row: Case) -> list[Line]:
    """All that a handler may read, in order."""
    files = {one.message_id: one.id for one in await evidence.of_case(talk.session, row.id)}
    name = content_of(talk.session, row).name
    who = {
        Side.RIDER: quoted_name(name) if name else talk._("rider"),
        Side.HANDLER: talk._("case handler"),
        Side.NOTE: talk._("📝 note"),
    }
    found = []
    for one in await case_messages.talk_of(talk.session, row.id, notes=True):
        said = case_messages.said_in(talk.session, one)
        marks = [talk._("forwarded")] * said.forwarded + [talk._("edited")] * bool(said.was)
        when = talk.view.moment(one.at)
        file = files.get(one.id) if said.file_id else None
        shown = Line(
            one.id, one.side.name.lower(), who[one.side], when, " · ".join(marks), said.text, said.file_name, file
        )
        found.append(shown)
    return found
