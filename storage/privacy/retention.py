"""How long what is kept for a while is kept, where the organisation may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """Counted from the last answer (forms), the decision (applications), the leaving (former members), the end
    (sign-ups for activities), the closing or the last word (closed cases), the moment itself (reports,
    places, lines of log files)."""

    unfinished_forms: timedelta = timedelta(hours=24)
    decided_applications: timedelta = timedelta(days=90)
    former_members: timedelta = timedelta(days=90)
    sign_ups: timedelta = timedelta(days=365)
    closed_cases: timedelta = timedelta(days=365)
    reports: timedelta = timedelta(hours=24)
    places: timedelta = timedelta(hours=24)
    logs: timedelta = timedelta(days=30)
