"""The buttons of the draft agreement."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import CampaignId, ClauseId, CommentId, DemandId, VersionId

OPEN = Press("agree", CampaignId)
CLAUSE = Press("clause", ClauseId)
CLAUSES = Press("clauses", CampaignId, int)
WHY = Press("clausewhy", ClauseId)
CHANGED = Press("clausediff", ClauseId, int)
COMMENTS = Press("clausesaid", ClauseId, int)
COMMENT = Press("clausesay", ClauseId)
BACK = Press("clauseback", CommentId)

RUN = Press("agr", CampaignId)
SEND = Press("agrsend", CampaignId)
PREPARED = Press("agrprep", VersionId)
PREPARED_CLAUSE = Press("agrprepone", VersionId, ClauseId)
UNLINK = Press("agrunlink", VersionId, ClauseId)
CHOOSE_LINK = Press("agrlinks", VersionId, ClauseId)
LINK = Press("agrlink", VersionId, ClauseId, ClauseId)
ASK_TO_PUBLISH = Press("agrpub", VersionId)
PUBLISH = Press("agrpubnow", VersionId)
ASK_TO_DISCARD = Press("agrdel", VersionId)
DISCARD = Press("agrdelnow", VersionId)

WORK = Press("agrwork", CampaignId, CommentId)
SHOW = Press("agrshow", CommentId)
ASK_TO_REFUSE = Press("agrrefuse", CommentId)
REFUSE = Press("agrrefused", CommentId, str)
SETTLE = Press("agrsettle", CommentId, str, int)

EXPLAINED = Press("agrwhys", CampaignId, int)
EXPLAIN = Press("agrwhy", ClauseId)
DEMANDS = Press("agrdemands", ClauseId, int)
LINK_DEMAND = Press("agrdemand", ClauseId, DemandId, int)
UNLINK_DEMAND = Press("agrnodemand", ClauseId, DemandId, int)

TABLE_CSV = Press("agrcsv", CampaignId)
TABLE_PDF = Press("agrpdf", CampaignId)
