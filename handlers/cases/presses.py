"""The buttons of cases: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press

BEGIN_FINDING = Press("casefind")
BEGIN_READING = Press("caseover", int)
BEGIN_GIVING = Press("casegive", int)

ENTER = Press("casewrite", int)
CHOOSE_OTHER = Press("casemove", int)
MOVE = Press("casemoveto", int, int)

AGREE_CRISIS = Press("urgentgo", int)

AGREE_MINE = Press("deskgo", str, int)

SHOW_DESKS_AGAIN = Press("desks")
SHOW_QUEUE = Press("casequeue", str, int)
SHOW_MINE = Press("casemine")
CLAIM = Press("caseclaim", int)
MARK_CONFLICT = Press("caseconflict", int)
SHOW = Press("casedo", int)
ASK_FOR_CONFLICT = Press("caseask", int)
ASK_OUTCOME = Press("caseclose", int)
REPLAY = Press("casereplay", int)
WAIT_FOR = Press("casewait", int, int)
CLOSE_DESK = Press("caseclosed", int, str)

CLOSE_MINE = Press("caseendnow", int)

SEND_BUNDLE = Press("casebundle", int)

BEGIN_NOTE = Press("casenote", int)
BEGIN_ASKING = Press("casepeers", int)
BEGIN_HANDING = Press("casehand", int)
BEGIN_TELLING = Press("casetell", int)

GO_ON_WITH_DRAFT = Press("deskdraft", str, int)
DO_NOT_AGREE = Press("desknot")
SHOW_CASE = Press("case", int)
REMIND_OF_LIMITS = Press("caseremind", int)
ASK_TO_CLOSE = Press("caseend", int)
REOPEN = Press("casereopen", int)
RATE = Press("caserate", int, int)

SHOW_CANNED = Press("casecanned", int)
BEGIN_CANNED = Press("casecan", int, int)
SEND_CANNED = Press("casecansend", int, int)

CHOOSE_DESK = Press("casepatterns")
SHOW_PATTERNS = Press("casepattern", str)

ASK_TO_FORGET_CASES = Press("casesforget")
FORGET_CASES = Press("casesforgetnow")
