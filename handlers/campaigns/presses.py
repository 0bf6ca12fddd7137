"""The buttons of campaigns: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import CampaignId

LIST = Press("voices")
SHOW = Press("voice", CampaignId)

RUN_LIST = Press("cmps")
RUN_SHOW = Press("cmp", CampaignId)
NEW = Press("cmpnew")
ASK_TO_MOVE = Press("cmpmove", CampaignId, str)
MOVE = Press("cmpmovenow", CampaignId, str)
DATES = Press("cmpdates", CampaignId)
SET_DATE = Press("cmpdate", CampaignId, str)
ASK_TO_DELETE = Press("cmpdel", CampaignId)
DELETE = Press("cmpdelnow", CampaignId)
REPORT = Press("cmpreport", CampaignId)
