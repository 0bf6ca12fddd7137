"""The buttons of cases: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.cases.ids import CaseId, CaseMessageId

BEGIN_FINDING = Press("casefind")
BEGIN_READING = Press("caseover", CaseId)
BEGIN_GIVING = Press("casegive", CaseId)

ENTER = Press("casewrite", CaseId)
CHOOSE_OTHER = Press("casemove", CaseMessageId)
MOVE = Press("casemoveto", CaseMessageId, CaseId)

AGREE_CRISIS = Press("urgentgo", int)

AGREE_MINE = Press("deskgo", str, int)

SHOW_DESKS_AGAIN = Press("desks")
SHOW_QUEUE = Press("casequeue", str, int)
SHOW_MINE = Press("casemine")
CLAIM = Press("caseclaim", CaseId)
MARK_CONFLICT = Press("caseconflict", CaseId)
SHOW = Press("casedo", CaseId)
ASK_FOR_CONFLICT = Press("caseask", CaseId)
ASK_OUTCOME = Press("caseclose", CaseId)
REPLAY = Press("casereplay", CaseId)
WAIT_FOR = Press("casewait", CaseId, int)
CLOSE_DESK = Press("caseclosed", CaseId, str)

CLOSE_MINE = Press("caseendnow", CaseId)

SEND_BUNDLE = Press("casebundle", CaseId)

BEGIN_NOTE = Press("casenote", CaseId)
BEGIN_ASKING = Press("casepeers", CaseId)
BEGIN_HANDING = Press("casehand", CaseId)
BEGIN_TELLING = Press("casetell", CaseMessageId)

GO_ON_WITH_DRAFT = Press("deskdraft", str, int)
DO_NOT_AGREE = Press("deskdecline", str)
DO_NOT_AGREE_0_7 = Press("desknot")
"""Version 0.7 did not say to which desk."""
SHOW_CASE = Press("case", CaseId)
REMIND_OF_LIMITS = Press("caseremind", CaseId)
ASK_TO_CLOSE = Press("caseend", CaseId)
REOPEN = Press("casereopen", CaseId)
RATE = Press("caserate", CaseId, int)

SHOW_CANNED = Press("casecanned", CaseId)
BEGIN_CANNED = Press("casecan", CaseId, int)
SEND_CANNED = Press("casecansend", CaseId, int)

CHOOSE_DESK = Press("casepatterns")
SHOW_PATTERNS = Press("casepattern", str)

ASK_TO_FORGET_CASES = Press("casesforget")
FORGET_CASES = Press("casesforgetnow")
