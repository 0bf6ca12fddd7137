"""The long tables of a large organisation's database: each by a few statements that count up to the size of it
(see counted_rows.py)."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.support.counted_rows import Counted, ago
from storage.activities.participants import PlaceState, SignUp
from storage.activities.reminders import Reminder
from storage.audit import AuditRow
from storage.broadcasts.broadcasts import BroadcastState
from storage.broadcasts.reads import BroadcastRead
from storage.cases.messages import CaseMessage, Said
from storage.cases.table import Side
from storage.deliveries.table import BROADCAST, NOTICE, Delivery, State
from storage.membership.applications import Application, ApplicationState
from storage.membership.applications import Content as Applied
from storage.membership.memberships import Membership
from storage.people.people import PersonRow
from storage.sealed_json import SealedJson
from storage.stations.searches import SearchRow
from storage.statistics.searches import SearchFigure, periods_of
from storage.telegram_ids import PersonId

STEP = 9_000_000_000_011
"""Between two pseudonyms: so there are a million, in the order in which a broadcast's recipients are written down."""
FESTIVAL = 1
"""The activity with a tenth of all sign-ups."""
PLATFORMS = ("美团", "饿了么", "顺丰")

BROADCASTS = (
    (BroadcastState.RUNNING, 0),
    (BroadcastState.DONE, 1),
    (BroadcastState.DONE, 20),
    (BroadcastState.CANCELLED, 10),
    (BroadcastState.DONE, 29),
)
"""The state of those that were sent, and how many days ago."""


class LongTables:
    """Fills them, for an organisation of this size."""

    def __init__(self, rows: Counted, now: datetime) -> None:
        self._rows = rows
        self._now = now

    def fill(self, people: int, deliveries: int, sign_ups: int, cases: int, counsel: PersonId) -> None:
        self._people(people)
        self._memberships(people // 10)
        self._sign_ups(sign_ups)
        self._of_broadcasts(deliveries * 9 // 50)
        self._notices(deliveries // 10, people)
        self._case_messages(cases, counsel)
        self._searches(people)
        self._audit(people // 10)

    def _people(self, count: int) -> None:
        """A tenth has a home area."""
        today = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        for part in range(50):
            self._rows.add(
                PersonRow,
                {
                    "id": f"n * {STEP}",
                    "app_language": "CASE WHEN n % 3 THEN 'zh_Hans' ELSE 'en' END",
                    "first_seen": ":first",
                    "last_seen": ":last",
                    "reachable": "n % 50 > 0",
                    "home": f"CASE WHEN n < {count // 10} THEN "
                    f"seal_place(37.4 + n % 9 / 10.0, 116.4, 'people.home', person(n * {STEP})) END",
                },
                count * part // 50 + 1,
                count * (part + 1) // 50,
                first=today - timedelta(days=400 - part),
                last=today - timedelta(days=part * 2),
            )

    def _memberships(self, count: int) -> None:
        platform = f"CASE n % 3 WHEN 0 THEN '{PLATFORMS[0]}' WHEN 1 THEN '{PLATFORMS[1]}' ELSE '{PLATFORMS[2]}' END"
        content = 'printf(\'{"name":"李雷","phone":"+8613800138000","platform":"%s","card":"%d"}\', '
        person = 10 * STEP
        self._rows.add(
            Membership,
            {
                "number": "n",
                "person_id": f"n * {person}",
                "content": f"seal({content}{platform}, n), 'memberships.content', n || '/' || person(n * {person}))",
                "since": ago("n % 700", "days"),
                "left_at": f"CASE WHEN n % 20 = 0 THEN {ago('n % 60', 'days')} END",
                "phone_index": "CAST(printf('%016d', n) AS BLOB)",
                "platform_index": f"blind({platform}, 'memberships.platform')",
            },
            1,
            count,
        )
        self._rows.run("INSERT INTO counters (name, value) VALUES ('memberships', ?)", count)
        applicant, sent = f"n * {person} - {5 * STEP}", ago("2880 + n", "minutes")
        self._rows.add(
            Application,
            {
                "id": "n",
                "person_id": applicant,
                "state": f"CASE WHEN n % 5 THEN {ApplicationState.APPROVED:d} ELSE {ApplicationState.WAITING:d} END",
                "content": f"seal(:content, 'applications.content', n || '/' || person({applicant}))",
                "consent_version": 1,
                "sent_at": sent,
                "waiting_since": sent,
                "decided_at": f"CASE WHEN n % 5 THEN {ago('1440 + n', 'minutes')} END",
            },
            1,
            count,
            content=SealedJson(Applied).encode(Applied({"name": "韩梅梅", "phone": "+8613800138000"})),
        )

    def _sign_ups(self, count: int) -> None:
        """A tenth for the festival; a hundred for each other activity, half of which are over."""
        activities = max(count // 100, 10)
        activity = f"CASE WHEN n % 10 THEN 2 + n % {activities - 1} ELSE {FESTIVAL} END"
        is_over = f"n % 10 AND 2 + n % {activities - 1} < {activities // 2}"
        at = ago("259200 + n", "seconds")
        self._rows.add(
            SignUp,
            {
                "id": "n",
                "activity_id": activity,
                "person_id": f"n * {STEP}",
                "state": f"CASE WHEN n % 11 THEN {PlaceState.PLACED:d} ELSE {PlaceState.WAITING:d} END",
                "at": at,
                "queued_at": at,
                "came_at": f"CASE WHEN {is_over} THEN {ago('86400 + n', 'seconds')} END",
                "rating": f"CASE WHEN {is_over} THEN n % 5 + 1 END",
            },
            1,
            count,
        )
        self._rows.add(
            Reminder,
            {
                "person_id": f"n * {STEP}",
                "kind": "'activity'",
                "subject": FESTIVAL,
                "lead": 7_200,
                "due": "CASE WHEN n <= 1000 THEN :due ELSE :later END",
                "expires_at": ":starts",
            },
            1,
            count,
            due=self._now - timedelta(seconds=60),
            later=self._now + timedelta(hours=3),
            starts=self._now + timedelta(hours=5),
        )

    def _of_broadcasts(self, count: int) -> None:
        for number, (state, days) in enumerate(BROADCASTS, start=1):
            begun = self._now - timedelta(days=days, hours=3)
            for part in range(30):
                low, high = count * part // 30 + 1, count * (part + 1) // 30
                sent, rest, failed = State.SENT, State.UNREACHABLE, State.FAILED
                if state is BroadcastState.CANCELLED:
                    sent = rest = failed = State.CANCELLED
                if state is BroadcastState.RUNNING and part >= 10:
                    sent = rest = failed = State.WAITING
                self._rows.add(
                    Delivery,
                    {
                        "recipient": f"n * {STEP}",
                        "priority": BROADCAST,
                        "due": ":due",
                        "kind": "'broadcast'",
                        "broadcast_id": number,
                        "state": f"CASE WHEN n % 40 = 1 THEN {rest:d} WHEN n % 5000 THEN {sent:d} ELSE {failed:d} END",
                        "done_at": ":done",
                        "message_id": "n",
                    },
                    low,
                    high,
                    due=begun,
                    done=None if sent is State.WAITING else begun + timedelta(minutes=4 * part),
                )
                if state is BroadcastState.DONE:
                    read: dict[str, str | int] = {"broadcast_id": number, "person_id": f"n * {4 * STEP}", "at": ":at"}
                    self._rows.add(BroadcastRead, read, low // 4 + 1, high // 4, at=begun + timedelta(hours=1))

    def _notices(self, count: int, people: int) -> None:
        """To single people, in an order of their own; a fifth has been kept for long enough."""
        for part in range(10):
            self._rows.add(
                Delivery,
                {
                    "recipient": f"(n * 7919 % {people} + 1) * {STEP}",
                    "priority": NOTICE,
                    "due": ":due",
                    "kind": "'thanks'",
                    "subject": "n % 900",
                    "state": f"CASE WHEN n % 997 THEN {State.SENT:d} ELSE {State.FAILED:d} END",
                    "done_at": ":due",
                    "message_id": "n",
                },
                count * part // 10 + 1,
                count * (part + 1) // 10,
                due=self._now - timedelta(days=31 if part >= 8 else part * 2, hours=1),
            )

    def _case_messages(self, cases: int, counsel: PersonId) -> None:
        """Ten in each case, and the copies of them."""
        case = f"(n % {cases} + 1)"
        side = f"CASE WHEN n % 2 THEN {Side.RIDER:d} ELSE {Side.HANDLER:d} END"
        self._rows.add(
            CaseMessage,
            {
                "id": "n",
                "case_id": case,
                "side": side,
                "author": f"{case} * {3 * STEP}",
                "source_message": "n",
                "at": ago("n", "minutes"),
                "content": f"seal(:said, 'case_messages.content', n || '/' || {case} || '/' || ({side}))",
            },
            1,
            10 * cases,
            said=SealedJson(Said).encode(Said(text="我三个月没有拿到工资了。" * 4)),
        )
        sent = ago("3456000 + n", "seconds")
        self._rows.add(
            Delivery,
            {
                "recipient": f"CASE WHEN n % 20 THEN {case} * {3 * STEP} ELSE pseudonym({counsel}) END",
                "priority": NOTICE,
                "due": sent,
                "kind": "'case_message'",
                "ordered": 1,
                "subject": "n",
                "state": int(State.SENT),
                "done_at": sent,
                "message_id": "n",
            },
            1,
            10 * cases,
        )

    def _searches(self, people: int) -> None:
        person = f"(n % {people} + 1) * {STEP}"
        place = "37.0 + n % 70 / 100.0, 116.0 + n % 90 / 100.0, 'searches.place'"
        self._rows.add(
            SearchRow,
            {
                "id": "n",
                "person_id": person,
                "at": ago("CASE WHEN n % 5 THEN 3600 ELSE 90000 END + n % 3000", "seconds"),
                "place": f"seal_place({place}, person(n) || '/' || person({person}))",
                "counted": "n > 3000",
            },
            1,
            people // 10,
        )
        for days in range(0, 400, 7):
            self._rows.add(
                SearchFigure,
                {
                    "period": ":period",
                    "kind": "'place'",
                    "cell": "printf('%.2f,%.2f', 36 + n % 90 / 50.0, 115 + n / 90 / 50.0)",
                    "count": "n",
                    "people": "x''",
                },
                1,
                people // 1_000,
                period=periods_of((self._now - timedelta(days=days)).date())[0],
            )

    def _audit(self, count: int) -> None:
        subject = "(1000 + n % 500)"
        content = f"'[\"{'0' * 32}\",' || {subject} || ',\"A-2026-000001\"]'"
        self._rows.add(
            AuditRow,
            {
                "id": "n",
                "at": ago(f"{count} - n", "minutes"),
                "actor": "pseudonym(102 + 3 * (n % 2))",
                "act": "CASE WHEN n % 100 THEN 'application_read' ELSE 'exported' END",
                "subject": f"blind({subject}, 'audit.subject')",
                "sealed": f"seal({content}, 'audit.sealed', n)",
                "commitment": f"sha256({content})",
                "hash": "zeroblob(32)",
            },
            1,
            count,
        )
