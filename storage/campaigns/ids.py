"""The ids of campaigns, and of what belongs to one."""

from typing import NewType

CampaignId = NewType("CampaignId", int)
SurveyId = NewType("SurveyId", int)
QuestionId = NewType("QuestionId", int)
DemandId = NewType("DemandId", int)
DemandChangeId = NewType("DemandChangeId", int)
VersionId = NewType("VersionId", int)
"""Of a version of a draft agreement."""
ClauseId = NewType("ClauseId", int)
CommentId = NewType("CommentId", int)
AliasId = NewType("AliasId", int)
"""Of the alias under which somebody comments."""
BallotId = NewType("BallotId", int)
CommitmentId = NewType("CommitmentId", int)
AskingId = NewType("AskingId", int)
"""Of one time that riders are asked whether commitments are kept."""
