"""The buttons of the result and of commitments."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import AskingId, CampaignId, CommitmentId

RESULT = Press("result", CampaignId)
AGREED = Press("agreed", CampaignId, int)
ASK = Press("isitkept", AskingId)
ANSWER = Press("keptornot", AskingId, CommitmentId, str)

RUN = Press("cmts", CampaignId, int)
PUBLISH = Press("cmtresult", CampaignId)
CORRECT = Press("cmtcorrect", CampaignId)
ADD = Press("cmtadd", CampaignId)
ADD_CLAUSES = Press("cmtaddall", CampaignId)
SHOW = Press("cmt", CommitmentId)
STATE = Press("cmtstate", CommitmentId, str)
REWORD = Press("cmtreword", CommitmentId)
SET_DUE = Press("cmtdue", CommitmentId)
ASK_TO_REMOVE = Press("cmtdel", CommitmentId)
REMOVE = Press("cmtdelnow", CommitmentId)
