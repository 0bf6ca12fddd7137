"""Who answers for an activity."""

from __future__ import annotations

from collections.abc import Sequence

from storage.activities.activities import Activity
from storage.telegram_ids import PersonId


def answering_for(row: Activity, able: Sequence[PersonId]) -> Sequence[PersonId]:
    """Its organiser; once they are none of those who may run activities (`able`) any more, all of these."""
    return [row.organiser] if row.organiser in able else able
