"""Activities that another feature has people sign up for (see handlers/chat/outings.py)."""

from __future__ import annotations

from typing import Final

from handlers.activities import presses
from handlers.chat.outings import OpenedOuting, Outing, Outings
from handlers.chat.press import Button
from handlers.chat.talk import Talk
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.conditions import Came, HasPlace, MaySignUp
from storage.activities.ids import ActivityId
from storage.activities.planning import Plan
from storage.people.segments import Segment


class _ActivityOutings:
    async def open(self, talk: Talk, outing: Outing, segment: Segment) -> OpenedOuting:
        plan = Plan(
            title=outing.title,
            kind=Kind.HEALTH,
            starts_at=outing.starts_at,
            ends_at=outing.ends_at,
            about=outing.about,
            place=outing.place,
            places=outing.places,
        )
        row = await planning.create(talk.session, plan, talk.person.id, talk.now, segment)
        await planning.publish(talk.session, row.id, talk.now)
        going, came, is_open = (Segment((kind(row.id),)) for kind in (HasPlace, Came, MaySignUp))
        return OpenedOuting(row.id, going, came, is_open)

    def sign_up_button(self, label: str, activity_id: ActivityId) -> Button:
        return presses.OPEN_CARD.button(label, activity_id)


OUTINGS: Final[Outings] = _ActivityOutings()
