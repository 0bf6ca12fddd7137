"""A large organisation's database, and one of a tenth of its size: what every page, press, command and turn of the
clock costs on each, and for how long it holds the event loop.

The goal is an upper bound of processor time, or a cost that does not grow with the database; of work that is in
proportion to its result, such as a file of all that there is, that the cost of a unit does not grow.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.support import large_database
from benchmarks.support.in_process import Cost, InProcess, cost_of, in_process, median
from benchmarks.support.large_database import (
    ADMIN,
    CALLS,
    CASE_IN_HAND,
    CASES_WAITING,
    COORDINATOR,
    COUNSEL,
    DESKS,
    FINISHED,
    FULL,
    KEY,
    RIDER,
    RUNNING,
    SECOND,
    SEGMENTS,
    Size,
    drafts,
)
from benchmarks.support.large_results import HOME, KB, results, tell_the_worst
from benchmarks.support.long_tables import FESTIVAL
from benchmarks.support.report import Result
from bot.backup.operations import back_up
from handlers.activities import presses as activity_presses
from handlers.admin import presses as admin_presses
from handlers.broadcasts import presses as broadcast_presses
from handlers.cases import presses as case_presses
from handlers.membership import presses as membership_presses
from handlers.privacy import presses as privacy_presses
from handlers.statistics import presses as statistics_presses
from schedules.job import Job
from schedules.jobs import jobs
from storage.activities.ids import ActivityId
from storage.audit import EntryId
from storage.broadcasts.ids import BroadcastId
from storage.cases.ids import CaseId
from storage.coordination.wake_ups import WakeUp
from storage.membership.ids import ApplicationId
from storage.telegram_ids import PersonId

FIRST = (WakeUp.BROADCASTS, "retention")
"""The jobs that are let go on until they have caught up, before anything else is measured."""
SETTINGS = f"""
[telegram]
token = "1000:{"t" * 35}"
messages_per_second = 100000
messages_per_second_per_chat = 1000
[web]
port = 0
[people]
admins = [{ADMIN}]
coordinators = [{COORDINATOR}, {SECOND}]
counsel = [{COUNSEL}, {", ".join(map(str, range(900, 950)))}]
[limits]
actions_per_minute = 100000
burst = 100000
[reminders]
quiet_hours = "00:00-00:00"
"""


@dataclass(frozen=True, slots=True)
class Play:
    """What is measured, and how it is done the first, second and third time."""

    name: str
    act: Callable[[InProcess, int], Awaitable[object]]
    calls: int = CALLS
    unit: str = ""
    """Where the work is in proportion to what is made or looked at, a unit of that: what counts is what one costs."""

    async def cost(self, program: InProcess, at: int, size: Size) -> Cost:
        """Of the first, second or third time."""
        cost = await cost_of(partial(self.act, program, at))
        if not self.unit:
            return cost
        return replace(cost, unit=self.unit, units=program.made / 1e3 if self.unit is KB else size.homes)


def says(person: PersonId, name: str, content: str | dict[str, object], label: str = "") -> Play:
    return Play(f"{name}: {label or content}", lambda program, _: program.says(person, content))


def presses(person: PersonId, name: str, *data: str, calls: int = CALLS, unit: str = "") -> Play:
    """One button each time, or the next of these."""
    return Play(name, lambda program, at: program.presses(person, data[at % len(data)]), calls, unit)


def rider() -> list[Play]:
    festival, who = ActivityId(FESTIVAL), "rider"
    others = [PersonId(1_000 + at) for at in range(CALLS)]
    return [
        *(says(RIDER, who, text) for text in ("/start", "/help", "/activities", "/my", "/privacy", "/language")),
        says(RIDER, who, {"location": {"latitude": 37.43, "longitude": 116.36}}, "a location"),
        *(says(RIDER, who, text) for text in ("/station", "/join", "/cancel", "/legal", "/care")),
        presses(RIDER, "rider: all activities", activity_presses.TURN_LIST.data("all", 0)),
        presses(RIDER, "rider: the card of the festival", activity_presses.SHOW_CARD.data(festival)),
        Play(
            "rider: signs up for the festival",
            lambda program, at: program.presses(others[at], activity_presses.SIGN_UP.data(festival)),
        ),
        Play(
            "rider: gives the place back",
            lambda program, at: program.presses(others[at], activity_presses.GIVE_BACK_NOW.data(festival)),
        ),
        presses(RIDER, "rider: a copy of everything", privacy_presses.COPY.data()),
        Play(
            "rider: erases everything",
            lambda program, at: program.presses(others[at], privacy_presses.ERASE.data()),
        ),
    ]


def coordinator() -> list[Play]:
    festival, done, running = ActivityId(FESTIVAL), BroadcastId(FINISHED), BroadcastId(RUNNING)
    who = partial(presses, COORDINATOR)
    applications = [ApplicationId(5 * at) for at in range(1, CALLS + 1)]
    return [
        *(says(COORDINATOR, "coordinator", text) for text in ("/start", "/activity", "/reviews", "/stats", "/checkin")),
        says(COORDINATOR, "coordinator", "/broadcast"),
        says(COORDINATOR, "coordinator", "/cancel"),
        who("activity: its page", activity_presses.SHOW.data(festival)),
        who("activity: its people", activity_presses.SHOW_PEOPLE.data(festival)),
        who("activity: its people as a file", activity_presses.SEND_FILE_ATTENDANCE.data(festival), unit=KB),
        who("applications: takes one", *map(membership_presses.TAKE.data, applications)),
        who("applications: approves one", *map(membership_presses.APPROVE.data, applications)),
        *(
            who(
                f"broadcast: is sent to {name}",
                *map(broadcast_presses.SEND.data, map(BroadcastId, drafts(segment))),
                unit=HOME if segment.reads_rows else "",
            )
            for name, segment in SEGMENTS.items()
        ),
        who("broadcast: the panel of one that has arrived", broadcast_presses.SHOW.data(done)),
        who("broadcast: the picture of it", broadcast_presses.PICTURE.data(done)),
        who("broadcast: the panel of one that is being sent", broadcast_presses.SHOW.data(running)),
        who("broadcast: pauses it", broadcast_presses.PAUSE.data(running), calls=1),
        who("broadcast: resumes it", broadcast_presses.RESUME.data(running), calls=1),
        who("broadcast: asks to recall it", broadcast_presses.ASK_TO_RECALL.data(done)),
        *(who(f"statistics: {unit}", statistics_presses.SHOW.data(unit, 0)) for unit in ("week", "month", "year")),
        *(
            who(f"statistics: {name} of a year", statistics_presses.VIEW.data(name, "year", 0))
            for name in ("hours", "gaps", "wanted", "activities", "members", "reach", "cases")
        ),
        who("statistics: as a file", statistics_presses.SEND.data("year", 0), unit=KB),
    ]


def counsel() -> list[Play]:
    who, mine = partial(presses, COUNSEL), CaseId(CASE_IN_HAND)
    return [
        *(says(COUNSEL, "counsel", text) for text in ("/start", "/cases")),
        *(who(f"cases: the queue of {desk}", case_presses.SHOW_QUEUE.data(desk, 0)) for desk in DESKS),
        who("cases: the hundredth page of it", case_presses.SHOW_QUEUE.data("care", 100)),
        who("cases: mine", case_presses.SHOW_MINE.data()),
        who("cases: takes one", *(case_presses.CLAIM.data(CaseId(number)) for number in CASES_WAITING)),
        who("cases: one of mine", case_presses.SHOW.data(mine)),
        who("cases: reads it again", case_presses.REPLAY.data(mine)),
        who("cases: figures of a desk", case_presses.SHOW_PATTERNS.data("legal")),
    ]


def admin() -> list[Play]:
    who = partial(presses, ADMIN)
    commands = ("/start", "/system", "/audit", "/audit 1007", "/role", "/block", "/settings", "/export", "/cases")
    audit_page = admin_presses.PAGE.data
    return [
        *(says(ADMIN, "admin", text) for text in commands),
        who("audit: an older page", audit_page("any", PersonId(0), EntryId(900))),
        who("audit: by a rare act", audit_page("exported", PersonId(0), EntryId(0))),
        who("audit: by an act that never was", audit_page("person_erased", PersonId(0), EntryId(0))),
        who("system: errors", admin_presses.SHOW_ERRORS.data()),
        who("system: undelivered", admin_presses.SHOW_SET_ASIDE.data()),
        who("export: activities", admin_presses.EXPORT.data("activities"), unit=KB),
        who("export: csv", admin_presses.EXPORT.data("csv")),
        *(
            Play(f"export: {name}", partial(personal_export, name), calls=1, unit=KB)
            for name in ("members", "attendance")
        ),
        who("system: tries the undelivered again", admin_presses.TRY_AGAIN.data(), calls=1),
    ]


async def personal_export(name: str, program: InProcess, _: int) -> None:
    await program.presses(ADMIN, admin_presses.ASK_REASON.data(name))
    await program.says(ADMIN, "the yearly report to the federation")
    await program.presses(ADMIN, program.button(":send:"))


def ticks(job: Job, now: datetime) -> Callable[[InProcess, int], Awaitable[object]]:
    """A step of it."""
    return lambda program, _: program.tick(job, now)


def _job(name: str) -> Job:
    return next(job for job in jobs() if job.name == name)


async def caught_up(program: InProcess, name: str, now: datetime) -> Cost:
    """A step of this job; then it is let go on until it has caught up, as it would have before."""
    cost = median([await cost_of(partial(program.tick, _job(name), now)) for _ in range(CALLS)])
    while await program.tick(_job(name), now):
        pass
    return cost


def by_the_clock(now: datetime) -> list[Play]:
    """A step of every job, and of what comes after the end of a broadcast."""
    broadcasts = ticks(_job(WakeUp.BROADCASTS), now)
    return [
        *(Play(f"clock: {job.name}", ticks(job, now)) for job in jobs() if job.name not in FIRST),
        presses(COORDINATOR, "broadcast: stops one", broadcast_presses.STOP.data(BroadcastId(RUNNING)), calls=1),
        Play("clock: broadcasts, one stopped", broadcasts),
        presses(COORDINATOR, "broadcast: recalls one", broadcast_presses.RECALL.data(BroadcastId(FINISHED)), calls=1),
        Play("clock: broadcasts, one recalled", broadcasts),
    ]


def beside(folder: Path) -> list[Play]:
    """What goes on beside the chats, apart from the jobs."""

    async def backup(program: InProcess, at: int) -> None:
        program.made = (await back_up(program.app.base.database, folder / f"{at}.backup", "")).size

    return [
        Play("the progress of broadcasts", lambda program, _: program.app.background.broadcast_progress.show()),
        Play("the backup", backup, calls=1, unit=KB),
    ]


async def measured(folder: Path, size: Size) -> dict[str, Cost]:
    url, now = f"sqlite+aiosqlite:///{folder}/large.db", datetime.now(UTC)
    begun = time.perf_counter()
    await large_database.fill(url, size, now)
    print(f"{size.people:,} people: filled in {time.perf_counter() - begun:.0f} s", flush=True)
    begun = time.perf_counter()
    async with in_process(folder, url, KEY, SETTINGS) as program:
        found = {f"clock: {name}": await caught_up(program, name, now) for name in FIRST}
        plays = [*rider(), *coordinator(), *counsel(), *admin(), *by_the_clock(now), *beside(folder)]
        for play in plays:
            cost = median([await play.cost(program, at, size) for at in range(play.calls)])
            print(f"{play.name}: {cost.cpu:,.1f} ms, the loop held for {cost.held:,.1f} ms", flush=True)
            found[play.name] = cost
    print(f"played in {time.perf_counter() - begun:.0f} s", flush=True)
    return found


async def measure(folder: Path) -> Sequence[Result]:
    small, large = folder / "tenth", folder / "full"
    for one in (small, large):
        one.mkdir()
    tenth = await measured(small, FULL.tenth)
    found = results(await measured(large, FULL), tenth)
    tell_the_worst(found)
    return found
