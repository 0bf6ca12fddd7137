"""The buttons of help from riders nearby: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.sos.ids import HelpCallId
from storage.stations.ids import SearchId

CALL = Press("soscall")
CALL_FROM = Press("soscallfrom", SearchId)
"""With the place of a search."""
CALL_OFF = Press("sosoff", HelpCallId)
GOING = Press("sosgo", HelpCallId)
CANNOT_COME = Press("sosback", HelpCallId)
STILL_GOING = Press("sosstill", HelpCallId)
ARRIVED = Press("soshere", HelpCallId)
SEND_AWAY = Press("sosaway", HelpCallId)
HELPED = Press("sosdone", HelpCallId)
VOLUNTEER = Press("sosvol")
AGREE = Press("sosyes", int)
DO_NOT_AGREE = Press("sosno")
GO_ON_DUTY = Press("sosduty")
END_DUTY = Press("sosdutyend")
WITHDRAW = Press("soswithdraw")
FOLLOW = Press("sosfollow", HelpCallId)
END_FOLLOWED = Press("sosend", HelpCallId)
