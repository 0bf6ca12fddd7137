"""What people are told about the draft."""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.ids import ClauseId, VersionId
from storage.deliveries.notices import Notice, SubjectNotice


@dataclass(frozen=True, slots=True)
class VersionPublished(SubjectNotice[VersionId]):
    """To everybody whom the campaign is for. What it says is read when it is sent."""

    kind = "agreement_version"


@dataclass(frozen=True, slots=True)
class CommentSettled(Notice):
    """To the author of a comment: what has become of it. All of it is sealed, so that no row leads from a person to a
    comment."""

    kind = "clause_comment_settled"
    is_silent_at_night = True

    clause_id: ClauseId
    clause: str
    text: str
    state: str
    refusal: str
    answer: str
    taken_in: int
