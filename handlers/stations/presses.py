"""The buttons of stations: each is made and routed by the same object."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.stations.ids import ProposalId, SearchId, StationKey

MANAGE = Press("station", StationKey)
CHANGE = Press("stationchange", StationKey, str)
BEGIN_CLOSING = Press("stationclose", StationKey)
OPEN_AGAIN = Press("stationopen", StationKey)
ASK_TO_DELETE = Press("stationdelete", StationKey)
DELETE = Press("stationdeletenow", StationKey)
RESTORE = Press("stationrestore", StationKey)

PAGE = Press("page", SearchId, StationKey)
REPORT = Press("report", StationKey, str)
MORE_REPORTS = Press("morereports", StationKey)
CLEAR = Press("clear", StationKey)

TURN_PAGE = Press("list", SearchId, int, int)
OPEN_FILTER = Press("filter", SearchId, int)
COMPASS = Press("compass", SearchId, int)
VENUES = Press("venues", SearchId, int, int)
PICTURE = Press("picture", SearchId, int, int)
OTHER_MAPS = Press("othermaps", StationKey)
KEEP_HOME = Press("home", SearchId)
NEAR_HOME = Press("nearhome")
ASK_ADDRESS = Press("address")

IMPROVE = Press("stationimprove")
PROPOSE_NEW = Press("stationpropose")
KNOWN = Press("stationknown", StationKey)
CORRECT = Press("stationcorrect", StationKey)
CORRECT_ONE = Press("stationcorrectone", StationKey, str)
REVIEW_PROPOSALS = Press("proposals", ProposalId)
ACCEPT_PROPOSAL = Press("proposalaccept", ProposalId)
REFUSE_PROPOSAL = Press("proposalrefuse", ProposalId)
