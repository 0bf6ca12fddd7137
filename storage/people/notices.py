"""What people are told about their roles, and when they are kept out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.deliveries.notices import Notice, OrNone
from storage.people.access import Role


@dataclass(frozen=True, slots=True)
class PersonBlocked(Notice):
    kind = "blocked"

    until: OrNone[datetime] = None


@dataclass(frozen=True, slots=True)
class PersonLetIn(Notice):
    """To somebody whose block has ended."""

    kind = "let_in"


@dataclass(frozen=True, slots=True)
class RoleGranted(Notice):
    kind = "role_granted"

    role: Role
    until: OrNone[datetime] = None


@dataclass(frozen=True, slots=True)
class RoleTaken(Notice):
    kind = "role_taken"

    role: Role
