"""The buttons of the pay book: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.pay.ids import EntryId

AGREE = Press("payyes", int)
DO_NOT_AGREE = Press("payno")
BOOK = Press("pay")
NOTE = Press("paynote")
NOTE_LINE = Press("payline", str)
"""Minutes, orders, money, bonus, fines and costs of a shift that somebody wrote unasked: "540.42.31800.0.0.0"."""
NOTE_EARLIER = Press("payearlier")
LIST = Press("paylist", int)
SHOW = Press("payentry", EntryId)
EDIT = Press("payedit", EntryId)
ASK_TO_REMOVE = Press("payremove", EntryId)
REMOVE = Press("payremovenow", EntryId)
CHART = Press("paychart")
EXPORT = Press("payexport")
PDF = Press("paypdf")
CSV = Press("paycsv")
FOR_CASE = Press("payforcase")
REMIND = Press("payremind")
SKIP = Press("payskip")
STOP_REMINDING = Press("payremindno")
ASK_TO_ERASE = Press("payerase")
ERASE = Press("payerasenow")
POOL = Press("paypool")
SHARE = Press("paypoolyes", int)
ASK_TO_STOP_SHARING = Press("paypoolstop")
STOP_SHARING = Press("paypoolno")
DISTRICT = Press("paydistrict")
IN_DISTRICT = Press("paydistrictset", int)
