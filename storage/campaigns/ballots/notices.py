"""What people are told about a ballot."""

from __future__ import annotations

from dataclasses import dataclass

from storage.campaigns.ids import BallotId
from storage.deliveries.notices import SubjectNotice


@dataclass(frozen=True, slots=True)
class BallotOpened(SubjectNotice[BallotId]):
    """To everybody whom the campaign is for: the papers are laid down."""

    kind = "ballot_opened"


@dataclass(frozen=True, slots=True)
class BallotClosed(SubjectNotice[BallotId]):
    """To everybody: the number and hash of the box; or that it is not opened, since too few took part."""

    kind = "ballot_closed"


@dataclass(frozen=True, slots=True)
class BallotPublished(SubjectNotice[BallotId]):
    """To everybody: the result, with a picture."""

    kind = "ballot_published"


@dataclass(frozen=True, slots=True)
class BallotBox(SubjectNotice[BallotId]):
    """To coordinators and scrutineers: the closed box as a file, to be taken to the trustees."""

    kind = "ballot_box"
