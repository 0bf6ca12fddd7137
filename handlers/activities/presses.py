"""The buttons of activities: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.activities.ids import ActivityId, QuestionId, SignUpId

PANEL_AGAIN = Press("adpanel")
BEGIN = Press("adnew")
SHOW = Press("ad", ActivityId)
PUBLISH = Press("adpublish", ActivityId)
EDIT = Press("adedit", ActivityId)
COPY = Press("adcopy", ActivityId)
BEGIN_CANCEL = Press("adcancel", ActivityId)

SHOW_PEOPLE = Press("people", ActivityId)
SEND_FILE_ATTENDANCE = Press("peoplefile", ActivityId)

SEND_FILE_CALENDARS = Press("ics", ActivityId)
SHOW_FEED = Press("feed")
RENEW_FEED = Press("feedrenew")
RENEW_FEED_NOW = Press("feedrenewnow")

OPEN_DOOR = Press("door", ActivityId)
BEGIN_TYPING = Press("doortype", ActivityId)

TURN_LIST = Press("acts", str, int)
CHOOSE_KIND = Press("actkinds")
SHOW_CARD = Press("act", ActivityId)
OPEN_CARD = Press("actopen", ActivityId)
SHOW_WHERE = Press("actwhere", ActivityId)

ASK_ORGANISER = Press("actask", ActivityId)
REPLY = Press("actreply", QuestionId)

RATE = Press("rate", ActivityId, int)

SHOW_LEADS = Press("leads", ActivityId)
SET_LEADS = Press("setleads", ActivityId, int)

SHOW_ROUNDS = Press("rounds", ActivityId)
BEGIN_ROUND = Press("roundnew", ActivityId)
CHOOSE_WHO = Press("roundwho", ActivityId, int)
GOES_ON = Press("goeson", ActivityId, SignUpId, int)
"""Sent until 0.7: one tap told the person at once."""

REPEAT = Press("adrepeat", ActivityId)
END_SERIES = Press("adend", ActivityId)
END_SERIES_NOW = Press("adendnow", ActivityId)

SIGN_UP = Press("signup", ActivityId)
SIGN_UP_ALL_THE_SAME = Press("signupall", ActivityId)
SIGN_UP_WITH_GUESTS = Press("signupwith", ActivityId, int)
GIVE_BACK = Press("giveback", ActivityId)
GIVE_BACK_NOW = Press("givebacknow", ActivityId)
COME_ALONE = Press("comealone", ActivityId)
TAKE = Press("take", ActivityId)

DRAW = Press("actdraw", ActivityId)
DRAW_FILE = Press("actdrawfile", ActivityId)

SWITCH = Press("digest")
SHOW_DIGEST = Press("digestpage")
SWITCH_DIGEST = Press("digestswitch")
"""The same as SWITCH, on the page that says how it stands."""
