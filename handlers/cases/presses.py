"""The buttons of cases: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.cases.ids import CaseId, CaseMessageId, CollectiveId

BEGIN_FINDING = Press("casefind")
BEGIN_READING = Press("caseover", CaseId)
BEGIN_GIVING = Press("casegive", CaseId)

ENTER = Press("casewrite", CaseId)
CHOOSE_OTHER = Press("casemove", CaseMessageId)
MOVE = Press("casemoveto", CaseMessageId, CaseId)

ADD = Press("caseadd", CaseId)
DO_NOT_ADD = Press("casenotadd")

AGREE_CRISIS = Press("urgentgo", int)

AGREE_MINE = Press("deskgo", str, int)
AGREE_AS = Press("deskgoas", str, int, str)
"""Agrees, and says in the same breath whether to stay anonymous: the id of that choice."""
ASK_ABOUT = Press("deskabout", str, str)
"""Opens a desk about one of its kinds."""
AGREE_ABOUT = Press("deskgoabout", str, int, str)
ASK_WITH = Press("deskwith", str, int)
"""Opens a form in which a feature (by its name) fills in what it knows of something (by its number)."""
AGREE_WITH = Press("deskgowith", str, int, int)

CHOOSE_ANSWER = Press("today", str)
SHOW_ANSWER = Press("todayof", str, str)
RATE_ANSWER = Press("todayhelped", str, str, int)

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
OPEN_DESK = Press("deskopen", str)
"""By the key of a desk that a feature's page leads to."""

ASK_TO_APPROVE = Press("caselevel", CaseId, int)
"""At the level that its reader sees."""
APPROVE = Press("caselevelyes", CaseId, int)
BEGIN_REFUSING = Press("caselevelno", CaseId, int)
BEGIN_ASKING_BACK = Press("caselevelask", CaseId, int)
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

CHOOSE_COLLECTIVE = Press("casejoin", CaseId)
"""To which collective case it is to be joined."""
BEGIN_COLLECTIVE = Press("casejoinnew", CaseId)
JOIN = Press("casejointo", CaseId, CollectiveId)
ASK_TO_SEPARATE = Press("caseapart", CaseId)
SEPARATE = Press("caseapartyes", CaseId)
SHOW_COLLECTIVE = Press("collective", CollectiveId, int)
"""With a page of its cases."""
CHOOSE_CASES = Press("collectadd", CollectiveId, int)
ADD_CASE = Press("collectaddone", CollectiveId, CaseId)
ADD_ALIKE = Press("collectaddall", CollectiveId, int)
"""All of the same kind and platform: as many as its reader sees."""
BEGIN_WRITING_TO_ALL = Press("collectsay", CollectiveId)
ASK_OUTCOME_OF_ALL = Press("collectclose", CollectiveId)
CLOSE_ALL = Press("collectclosed", CollectiveId, str)
ATTACH = Press("caseattach", str)
"""What a feature keeps for whoever fills in the form, by the kind of the case."""
