"""Where somebody is now, as the location that they send."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer, Text, said
from handlers.i18n.translations import N_
from handlers.inputs.place import sent_point
from handlers.inputs.record import record
from storage.sos.duties import Spot

HINT = N_("Send your location: press the button below the chat, or 📎 and “Location”.")


@dataclass(frozen=True, slots=True)
class Here:
    """In degrees, WGS-84; the message of a live location, 0 of any other. Or an area that was declared, by its middle
    and how far it reaches from there, in metres."""

    latitude: float
    longitude: float
    live_message: int = 0
    area: str = ""
    reach: float = 0

    @property
    def spot(self) -> Spot:
        return Spot(self.latitude, self.longitude)


@dataclass(frozen=True)
class HereInput(Input[Here]):
    hint: Text = HINT
    """What is said of a message without a location."""
    adapter = record(Here)
    takes_location = True

    async def read(self, talk: Talk) -> Here:
        point, place = sent_point(talk), talk.incoming.place
        if point is None or place is None:
            raise NotAnAnswer(said(talk, self.hint))
        message = talk.incoming.message_id if place.is_live else None
        return Here(point.latitude, point.longitude, message or 0)

    def show(self, talk: Talk, value: Here) -> str:  # noqa: ARG002
        return value.area or f"{value.latitude:.4f}, {value.longitude:.4f}"


def here_keyboard(talk: Talk) -> Json:
    """While a place is asked for: a big button that sends it."""
    button = {"text": talk._("📍 Send my location"), "request_location": True}
    return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
