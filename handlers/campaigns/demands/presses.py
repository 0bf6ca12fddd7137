"""The buttons of demands: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import CampaignId, DemandId

BRING = Press("dmbring", CampaignId)
REWORD = Press("dmword", DemandId)
LIST = Press("dms", CampaignId, int)
CARD = Press("dm", DemandId)
FOLLOW = Press("dmfollow", DemandId)
UNFOLLOW = Press("dmunfollow", DemandId)
REFUSALS = Press("dmlog", CampaignId, int)

RANK = Press("dmrank", CampaignId)
STAND = Press("dmsay", DemandId, int, int)
"""What somebody thinks of it, and how many they had answered before in this sitting."""
AGAIN = Press("dmagain", DemandId, int)
"""Back to one that was answered, with the same count."""
ENOUGH = Press("dmenough", CampaignId)

RESULTS = Press("dmresult", CampaignId, str, int)
CHART = Press("dmchart", CampaignId)
FILE = Press("dmfile", CampaignId)

QUEUE = Press("dmq", CampaignId, DemandId)
"""The next that waits, behind this one."""
SHOW = Press("dmshow", DemandId, int)
ASK_REASON = Press("dmwhy", DemandId, int)
REFUSE = Press("dmrefuse", DemandId, int, str)
ASK_WORDING = Press("dmask", DemandId, int)
WRITE_DOWN = Press("dmwrite", DemandId, int)
SEED = Press("dmseed", CampaignId)
MERGE = Press("dmmerge", DemandId, int)
ASK_MERGE = Press("dmmergeask", DemandId, DemandId)
MERGE_NOW = Press("dmmergenow", DemandId, DemandId)
OUTCOMES = Press("dmfate", DemandId)
ASK_OUTCOME = Press("dmfateask", DemandId, str)
SET_OUTCOME = Press("dmfateset", DemandId, str)
