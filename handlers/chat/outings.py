"""What a feature can have others do for it whose people sign up for something (`Feature.outings`): an activity for a
segment of people, and by which segments it is followed from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.chat.press import Button
from handlers.chat.talk import Talk
from storage.activities.ids import ActivityId
from storage.people.segments import Segment


@dataclass(frozen=True, slots=True)
class Outing:
    title: str
    about: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int


@dataclass(frozen=True, slots=True)
class OpenedOuting:
    """The activity; who has a place at it, who came, and everybody as long as it can be signed up for."""

    activity_id: ActivityId
    going: Segment
    came: Segment
    is_open: Segment


class Outings(Protocol):
    async def open(self, talk: Talk, outing: Outing, segment: Segment) -> OpenedOuting:
        """Publishes an activity that only the people of the segment may sign up for."""
        ...

    def sign_up_button(self, label: str, activity_id: ActivityId) -> Button:
        """Leads to the activity's card, where one signs up."""
        ...
