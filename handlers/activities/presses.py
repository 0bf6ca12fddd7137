"""The buttons of activities: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

PANEL_AGAIN = Press("adpanel")
BEGIN = Press("adnew")
SHOW = Press("ad", int)
PUBLISH = Press("adpublish", int)
EDIT = Press("adedit", int)
COPY = Press("adcopy", int)
BEGIN_CANCEL = Press("adcancel", int)

SHOW_PEOPLE = Press("people", int)
SEND_FILE_ATTENDANCE = Press("peoplefile", int)

SEND_FILE_CALENDARS = Press("ics", int)
SHOW_FEED = Press("feed")
RENEW_FEED = Press("feedrenew")

OPEN_DOOR = Press("door", int)
BEGIN_TYPING = Press("doortype", int)

TURN_LIST = Press("acts", str, int)
CHOOSE_KIND = Press("actkinds")
SHOW_CARD = Press("act", int)
OPEN_CARD = Press("actopen", int)
SHOW_WHERE = Press("actwhere", int)

ASK_ORGANISER = Press("actask", int)
REPLY = Press("actreply", int)

RATE = Press("rate", int, int)

SHOW_LEADS = Press("leads", int)
SET_LEADS = Press("setleads", int, int)

SHOW_ROUNDS = Press("rounds", int)
BEGIN_ROUND = Press("roundnew", int)
CHOOSE_WHO = Press("roundwho", int, int)
GOES_ON = Press("goeson", int, int, int)

REPEAT = Press("adrepeat", int)
END_SERIES = Press("adend", int)

SIGN_UP = Press("signup", int)
SIGN_UP_ALL_THE_SAME = Press("signupall", int)
GIVE_BACK = Press("giveback", int)
TAKE = Press("take", int)

SWITCH = Press("digest")
