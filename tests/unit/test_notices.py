"""What fills a notice comes back as it was, and as version 0.7 stored it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from handlers import features
from storage.activities.ids import ActivityId, QuestionId
from storage.activities.notices import ActivityCancelled, NextRound, PlaceOffered, QuestionAnswered, QuestionAsked
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.notices import BroadcastWaits
from storage.cases.ids import CaseId
from storage.cases.notices import CaseGiven, CaseLate, CaseTaken, CaseUrgent, CaseWaits, ClosedByDesk, InHandOf
from storage.cases.table import Outcome
from storage.deliveries.notices import Notice, SubjectNotice, decode, encode
from storage.membership.ids import ApplicationId
from storage.membership.notices import ApplicationAsked
from storage.operations.notices import DeliveryFailed, ErrorReported, UpdateSetAside
from storage.people.access import Role
from storage.people.notices import PersonBlocked, RoleGranted, RoleTaken
from storage.stations.ids import StationKey
from storage.stations.notices import StationReported, StationsImported
from storage.stations.reports import Kind

AT = datetime(2026, 11, 28, 7, 30, tzinfo=UTC)
ISO = "2026-11-28T15:30:00+08:00"

STORED: list[tuple[dict[str, Any], int | None, Notice]] = [
    ({"id": 5, "until": ISO, "guests": 2}, None, PlaceOffered(ActivityId(5), AT, 2)),
    ({}, 5, ActivityCancelled(ActivityId(5))),
    ({"id": 5, "question": 3, "text": "?"}, None, QuestionAsked(ActivityId(5), QuestionId(3), "?")),
    ({"id": 5, "text": "yes", "asked": "?"}, None, QuestionAnswered(ActivityId(5), "?", "yes")),
    ({"id": 5, "round": "Final", "when": ISO}, None, NextRound(ActivityId(5), "Final", AT)),
    ({"number": "L-1"}, None, CaseTaken("L-1")),
    ({"number": "L-1", "id": 4}, None, CaseGiven("L-1", CaseId(4))),
    ({"number": "L-1", "desk": "legal", "id": 4}, None, CaseWaits("L-1", "legal", CaseId(4))),
    ({"number": "L-1", "desk": "legal", "id": 4, "mark": "🚨 "}, None, CaseWaits("L-1", "legal", CaseId(4), "🚨 ")),
    ({"number": "L-1", "desk": "legal", "hours": 24, "opens": True}, None, CaseLate("L-1", "legal", 24, opens=True)),
    (
        {"number": "L-1", "desk": "legal", "id": 4, "stands": "taken"},
        None,
        CaseUrgent("L-1", "legal", CaseId(4), InHandOf.ANOTHER),
    ),
    ({"number": "L-1", "id": 4, "outcome": "settled"}, None, ClosedByDesk("L-1", CaseId(4), Outcome.SETTLED)),
    ({"id": 9, "question": "Which city?"}, None, ApplicationAsked(ApplicationId(9), "Which city?")),
    ({"station": 1, "name": "Hall", "kind": "closed"}, None, StationReported(StationKey(1), "Hall", Kind.CLOSED)),
    ({"good": 3, "new": 1, "refused": 1, "lines": [[2, "bad"]]}, None, StationsImported(3, 1, 1, ((2, "bad"),))),
    ({"trouble": "no CSV"}, None, StationsImported(trouble="no CSV")),
    ({"until": ""}, None, PersonBlocked()),
    ({"until": ISO}, None, PersonBlocked(AT)),
    ({"role": "coordinator", "until": ""}, None, RoleGranted(Role.COORDINATOR)),
    ({"role": "coordinator", "until": ""}, None, RoleTaken(Role.COORDINATOR)),
    ({"id": "ab", "kind": "KeyError", "place": "a.py:1"}, None, ErrorReported("ab", "KeyError", "a.py:1")),
    ({"kind": "report", "tries": 5, "trouble": "odd"}, None, DeliveryFailed("report", 5, "odd")),
    (
        {"kind": "message", "handler": "", "place": "", "id": "ab"},
        None,
        UpdateSetAside("ab", "message", "", ""),
    ),
    ({"id": 1, "count": 700}, None, BroadcastWaits(BroadcastId(1), 700)),
]


@pytest.mark.parametrize(("params", "subject", "notice"), STORED, ids=lambda value: getattr(value, "kind", ""))
def test_what_version_0_7_stored_is_read(params: dict[str, Any], subject: int | None, notice: Notice) -> None:
    assert decode(type(notice), params, subject) == notice


@pytest.mark.parametrize("notice", [notice for _, _, notice in STORED], ids=lambda value: str(value.kind))
def test_a_notice_comes_back_as_it_was_stored(notice: Notice) -> None:
    stored = encode(notice)
    subject = notice.subject if isinstance(notice, SubjectNotice) else None
    assert decode(type(notice), orjson.loads(stored) if stored is not None else {}, subject) == notice


def test_what_is_missing_is_refused() -> None:
    with pytest.raises(ValidationError):
        decode(PlaceOffered, {"id": 5}, None)


def classes(notice: type[Notice] = Notice) -> Iterator[type[Notice]]:
    for below in notice.__subclasses__():
        yield below
        yield from classes(below)


def test_former_names_lead_to_fields() -> None:
    """And every notice that can be sent has a kind of its own, whose words are registered for this very class."""
    routes = features.routes(features.FEATURES, {})
    for notice in classes():
        if hasattr(notice, "__dataclass_fields__") and hasattr(notice, "kind"):
            assert set(notice.former_keys.values()) <= {field.name for field in fields(notice)}, notice
    assert all(route.notice.kind == kind for kind, route in routes.notices.items())
    assert len(routes.notices) > 40
