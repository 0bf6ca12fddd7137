"""Who may do what: the roles, and the rights that each has."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    RIDER = "rider"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    COUNSEL = "counsel"
    REVIEWER = "reviewer"
    SCRUTINEER = "scrutineer"
    ADMIN = "admin"


class Right(StrEnum):
    USE = "use"
    CLEAR_REPORTS = "clear_reports"
    BROADCAST = "broadcast"
    REVIEW = "review"
    RUN_ACTIVITIES = "run_activities"
    RUN_CAMPAIGNS = "run_campaigns"
    RUN_CONTESTS = "run_contests"
    KEEP_HONOURS = "keep_honours"
    FOLLOW_HELP = "follow_help"
    OBSERVE_BALLOTS = "observe_ballots"
    SEE_CASES = "see_cases"
    HANDLE_CASES = "handle_cases"
    OVERSEE_CASES = "oversee_cases"
    GRANT_ROLES = "grant_roles"
    SEE_FIGURES = "see_figures"
    OPEN_CONSOLE = "open_console"
    ADMINISTER = "administer"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.RIDER: frozenset({Right.USE}),
    Role.MEMBER: frozenset({Right.USE}),
    Role.COORDINATOR: frozenset(
        {
            Right.USE,
            Right.CLEAR_REPORTS,
            Right.BROADCAST,
            Right.REVIEW,
            Right.RUN_ACTIVITIES,
            Right.RUN_CAMPAIGNS,
            Right.RUN_CONTESTS,
            Right.KEEP_HONOURS,
            Right.FOLLOW_HELP,
            Right.SEE_FIGURES,
            Right.OPEN_CONSOLE,
        }
    ),
    Role.COUNSEL: frozenset({Right.USE, Right.SEE_CASES, Right.HANDLE_CASES, Right.OPEN_CONSOLE}),
    Role.REVIEWER: frozenset({Right.USE, Right.SEE_CASES, Right.HANDLE_CASES, Right.OPEN_CONSOLE}),
    Role.SCRUTINEER: frozenset({Right.USE, Right.OBSERVE_BALLOTS}),
    Role.ADMIN: frozenset(Right) - {Right.HANDLE_CASES},
}
"""The one table of whoever may do what. It is asked at every command and at every press.

An admin handles no cases: who has them in hand reads them, and admins read one only for a reason that is audited.
A reviewer handles the cases of desks with levels, at the levels that are theirs, and of no other desk.
A scrutineer, who may come from outside, sees the turnout of a ballot and its protocol, and nothing else.
"""


def those_who_may(right: Right) -> frozenset[Role]:
    """Returns the roles that have this right."""
    return frozenset(role for role, rights in RIGHTS.items() if right in rights)


def may(roles: frozenset[Role], right: Right) -> bool:
    """Whether one of these roles has the right."""
    return any(right in RIGHTS[role] for role in roles)
