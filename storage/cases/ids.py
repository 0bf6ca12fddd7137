"""The ids of cases and of what belongs to them."""

from typing import NewType

CaseId = NewType("CaseId", int)
CaseMessageId = NewType("CaseMessageId", int)
"""A message of a case; its copies in people's chats have a Telegram `MessageId` each."""
CaseLimitId = NewType("CaseLimitId", int)
CollectiveId = NewType("CollectiveId", int)
EvidenceId = NewType("EvidenceId", int)
