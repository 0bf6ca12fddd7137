"""The buttons of admin: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.audit import EntryId
from storage.telegram_ids import PersonId

PAGE = Press("audit", str, PersonId, EntryId)
CHOOSE_ACT = Press("auditacts", PersonId)
TURN_ACTS = Press("auditkinds", PersonId, int)

BEGIN = Press("blocknew")
LIFT = Press("unblock", PersonId)

EXPORT = Press("export", str)
ASK_REASON = Press("exportpersonal", str)
SHOW_PASSWORD = Press("exportkey", int)

TRY_AGAIN = Press("tryagain")

CHOOSE_DESK = Press("readyanswers")
SHOW_DESK = Press("readyanswersof", str)
SHOW_ANSWER = Press("readyanswer", str, int)
ADD = Press("readynew", str)
EDIT = Press("readyedit", str, int)
DROP = Press("readydrop", str, int)
DROP_NOW = Press("readydropnow", str, int)

SHOW_ALL = Press("settings")
SHOW_ONE = Press("setting", str)
CHANGE = Press("settingchange", str)
TAKE_BACK = Press("settingback", str)

SYSTEM = Press("system")
SHOW_ERRORS = Press("systemerrors")
SHOW_SET_ASIDE = Press("setaside")
DROP_SET_ASIDE = Press("setasidedrop", int)
DROP_SET_ASIDE_NOW = Press("setasidedropnow", int)
"""What had failed when the list was shown: failed_deliveries.as_number."""
BACK_UP = Press("backupnow")
