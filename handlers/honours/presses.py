"""The buttons of honours: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.honours.ids import HonouredId, SituationId, TripId

PAGE = Press("hon")

TURN_LIST = Press("honlist", int)
BEGIN_SEARCH = Press("honfind")
BEGIN_ADDING = Press("honadd")
BEGIN_IMPORT = Press("honimport")
SHOW = Press("honone", HonouredId)
BEGIN_CHANGE = Press("honchange", HonouredId)
ASK_STATE = Press("honstates", HonouredId)
SET_STATE = Press("honstate", HonouredId, str, str)
"""As it was seen, and as it is to be."""
ASK_TO_LINK = Press("honlinkask", HonouredId)
MAKE_LINK = Press("honlink", HonouredId)
ASK_TO_REMOVE = Press("honremove", HonouredId)
REMOVE = Press("honremovenow", HonouredId)

SITUATION = Press("honsit")
ASK_TO_OPEN_SITUATION = Press("honsitask", int)
OPEN_SITUATION = Press("honsitopen", int)
ASK_TO_CLOSE_SITUATION = Press("honsitend", SituationId)
CLOSE_SITUATION = Press("honsitclose", SituationId)
ANSWER_SITUATION = Press("honsitanswer", SituationId)
ASK_TO_FORGET = Press("honforget")
FORGET = Press("honforgetnow")

TRIPS = Press("hontrips")
BEGIN_TRIP = Press("hontripnew")
ASK_TO_STOP_TRIP = Press("hontripend", TripId)
STOP_TRIP = Press("hontripstop", TripId)
DECLINE_TRIP = Press("hontripno", TripId)
