"""The buttons of ballots. None that stands in a chat after a vote differs by what was chosen."""

from __future__ import annotations

from handlers.chat.press import Press
from storage.campaigns.ids import BallotId, CampaignId

PAPER = Press("blpaper", BallotId)
CHOOSE = Press("blpick", BallotId, int)
VOTE = Press("blvote", BallotId, int, str)
"""With the mark of the paper as it was when the question was asked, so that the second of two taps does nothing."""
RESULT = Press("blresult", BallotId)
FIND = Press("blfind", BallotId, str)
"""With the place in the list that was picked (see receipt_places)."""

NEW = Press("blnew", CampaignId)
RUN = Press("bl", BallotId)
ASK_TO_OPEN = Press("blopen", BallotId)
OPEN = Press("blopennow", BallotId)
ASK_TO_CLOSE = Press("blclose", BallotId)
CLOSE = Press("blclosenow", BallotId)
ASK_TO_DELETE = Press("bldel", BallotId)
DELETE = Press("bldelnow", BallotId)
BOX = Press("blbox", BallotId)
BRING_RESULT = Press("blbring", CampaignId)

WATCH_LIST = Press("blwatches")
WATCH = Press("blwatch", BallotId)
WATCH_BOX = Press("blwatchbox", BallotId)
