"""The buttons of contests: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.contests.ids import ContestId, EntryId, JudgeId

LIST = Press("cts")
SHOW = Press("ct", ContestId)
RULES = Press("ctrules", ContestId)
ENTER = Press("ctenter", ContestId)
AGREE = Press("ctagree", ContestId, int)
AGREE_AGAIN = Press("ctagain", ContestId, int)
MINE = Press("ctmine", EntryId)
CHANGE = Press("ctchange", EntryId)
ASK_TO_WITHDRAW = Press("ctleave", EntryId)
WITHDRAW = Press("ctleavenow", EntryId)

LOOK = Press("ctlook", ContestId, int)
TURN = Press("ctturn", EntryId)
VOTE = Press("ctvote", EntryId, int)
"""The number says whether the entry was opened by a shared link."""

WINNERS = Press("ctwinners", ContestId)
CERTIFICATE = Press("ctcert", EntryId)
DRAW_FILE = Press("ctdraw", ContestId)

JUDGE = Press("ctjudge", ContestId, int)
JUDGE_NEXT = Press("ctnext", ContestId)
JUDGE_ONE = Press("ctone", EntryId)
SCORE = Press("ctscore", EntryId, str)
"""The scores so far, and the one that was pressed: "8-10"."""
NOTE = Press("ctnote", EntryId)
ASK_FOR_CONFLICT = Press("ctconflict", EntryId)
CONFLICT = Press("ctconflictyes", EntryId)

RUN_LIST = Press("ctruns")
RUN_SHOW = Press("ctrun", ContestId)
NEW = Press("ctnew")
EDIT = Press("ctedit", ContestId)
CHOOSE_ENTRANTS = Press("ctwhom", ContestId)
ASK_TO_MOVE = Press("ctmove", ContestId, str)
MOVE = Press("ctmovenow", ContestId, str)
DATES = Press("ctdates", ContestId)
SET_DATE = Press("ctdate", ContestId, str)
CHECK = Press("ctcheck", ContestId)
ACCEPT = Press("ctok", EntryId, int)
REFUSE = Press("ctno", EntryId, int)
TAKE_DOWN = Press("ctdown", EntryId)
JUDGES = Press("ctjudges", ContestId)
NAME_JUDGE = Press("ctname", ContestId)
ASK_TO_DISMISS = Press("ctdismiss", ContestId, JudgeId)
DISMISS = Press("ctdismissnow", ContestId, JudgeId)
CHANNEL = Press("ctchannel", ContestId)
STOP_POSTING = Press("ctnochannel", ContestId)
ANNOUNCEMENT = Press("ctannounce", ContestId)
BOOK = Press("ctbook", ContestId, str)
"""All entries in one file, "pdf" or "html"."""

TEAM = Press("ctteam", ContestId)
INVITE_ANEW = Press("ctinvite", ContestId)
JOIN_BY_CODE = Press("ctcode", ContestId)
JOIN = Press("ctjoin", str, int)
"""The invitation, and the version of the rules that are agreed to."""
ASK_TO_LEAVE = Press("ctout", ContestId)
LEAVE = Press("ctoutnow", ContestId)
