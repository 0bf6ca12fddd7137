"""Who may do what: the roles, and the rights that each has."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    RIDER = "rider"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    COUNSEL = "counsel"
    ADMIN = "admin"


class Right(StrEnum):
    USE = "use"
    CLEAR_REPORTS = "clear_reports"
    BROADCAST = "broadcast"
    ADMINISTER = "administer"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.RIDER: frozenset({Right.USE}),
    Role.MEMBER: frozenset({Right.USE}),
    Role.COORDINATOR: frozenset({Right.USE, Right.CLEAR_REPORTS, Right.BROADCAST}),
    Role.COUNSEL: frozenset({Right.USE}),
    Role.ADMIN: frozenset(Right),
}
"""The one table of who may do what. It is asked at every command and at every press."""


def may(roles: frozenset[Role], right: Right) -> bool:
    return any(right in RIGHTS[role] for role in roles)
