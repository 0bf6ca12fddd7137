"""The buttons of surveys: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId

ANSWER = Press("svgo", SurveyId)
CHOOSE = Press("sva", QuestionId, int)
TOGGLE = Press("svt", QuestionId, int)
"""With the bits of what is chosen from then on."""
DONE = Press("svd", QuestionId, int)
"""With the bits of what is chosen."""
RESULT = Press("svr", SurveyId, int, str)
"""With the position of the question, and by what it is broken down."""
CHART = Press("svc", SurveyId, int)

SHOW = Press("svs", SurveyId)
NEW = Press("svnew", CampaignId)
CHANGE = Press("svedit", SurveyId)
ADD = Press("svadd", SurveyId)
FROM_FILE = Press("svfile", SurveyId)
BREAK_DOWN = Press("svpart", SurveyId, str)
QUESTION = Press("svq", QuestionId)
CHANGE_QUESTION = Press("svqedit", QuestionId)
MOVE_QUESTION = Press("svqmove", QuestionId, int)
ASK_TO_REMOVE = Press("svqdel", QuestionId)
REMOVE = Press("svqdelnow", QuestionId)
ASK_TO_OPEN = Press("svopen", SurveyId)
OPEN = Press("svopennow", SurveyId)
ASK_TO_CLOSE = Press("svend", SurveyId)
CLOSE = Press("svendnow", SurveyId)
ASK_TO_PUBLISH = Press("svpub", SurveyId)
PUBLISH = Press("svpubnow", SurveyId)
ASK_TO_DELETE = Press("svdel", SurveyId)
DELETE = Press("svdelnow", SurveyId)
CSV = Press("svcsv", SurveyId)
PDF = Press("svpdf", SurveyId)
