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
    REVIEW = "review"
    RUN_ACTIVITIES = "run_activities"
    SEE_CASES = "see_cases"
    HANDLE_CASES = "handle_cases"
    OVERSEE_CASES = "oversee_cases"
    GRANT_ROLES = "grant_roles"
    SEE_FIGURES = "see_figures"
    ADMINISTER = "administer"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.RIDER: frozenset({Right.USE}),
    Role.MEMBER: frozenset({Right.USE}),
    Role.COORDINATOR: frozenset(
        {Right.USE, Right.CLEAR_REPORTS, Right.BROADCAST, Right.REVIEW, Right.RUN_ACTIVITIES, Right.SEE_FIGURES}
    ),
    Role.COUNSEL: frozenset({Right.USE, Right.SEE_CASES, Right.HANDLE_CASES}),
    Role.ADMIN: frozenset(Right) - {Right.HANDLE_CASES},
}
"""The one table of who may do what. It is asked at every command and at every press.

An admin handles no cases: who has them in hand reads them, and admins read one only for a reason that is audited.
"""


def those_who_may(right: Right) -> frozenset[Role]:
    """Returns the roles that have this right."""
    return frozenset(role for role, rights in RIGHTS.items() if right in rights)


def may(roles: frozenset[Role], right: Right) -> bool:
    """Whether one of these roles has the right."""
    return any(right in RIGHTS[role] for role in roles)
