"""Demo data: stations in and around Dezhou that do not exist, marked as such, and what is on in the next days."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from storage.activities import activities, planning
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.database import Database
from storage.geodesy import Crs
from storage.membership import memberships
from storage.stations import stations
from storage.stations.files import read_stations
from storage.stations.stations import Station
from storage.telegram_ids import NOBODY, PersonId

STATIONS = Path(__file__).parent / "stations.csv"
_HALL = "demo-01"
"""Where the activities are."""


class NotEmpty(Exception):
    """The database is somebody's: it holds stations, members or coming activities, with which
    demo data would mix."""


async def fill(database: Database, now: datetime, organiser: PersonId = NOBODY) -> int:
    """Puts the demo data into an empty, migrated database; returns the number of stations. `organiser` runs the
    activities.

    Raises:
        NotEmpty: see the class.
    """
    lines = list(read_stations(STATIONS, Crs.WGS84))
    known = [line.station for line in lines if line.station is not None]
    hall = next(station for station in known if station.id == _HALL)
    async with database.writing() as session:
        is_used = await memberships.count(session) or await activities.coming(session, now)
        if is_used or await stations.count(session):
            raise NotEmpty("the database is not empty; demo data goes only into an empty one")
        await stations.put_all(session, known, now)
        await stations.announce_change(session)
        for plan in _plans(hall, now):
            row = await planning.create(session, plan, organiser, now)
            await planning.publish(session, row.id, now)
    return len(lines)


def _plans(hall: Station, now: datetime) -> list[Plan]:
    """In the hall, on the next days at these hours of Shanghai."""
    midnight = now.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)

    def plan(
        days: int, hour: int, hours: int, kind: Kind, title: str, about: str, places: int | None, **more: Any
    ) -> Plan:
        starts = midnight + timedelta(days=days, hours=hour)
        return Plan(
            title,
            kind,
            starts,
            starts + timedelta(hours=hours),
            about,
            hall.name,
            hall.latitude,
            hall.longitude,
            places,
            **more,
        )

    return [
        plan(1, 15, 2, Kind.SPORT, "三人篮球赛 3x3", "三人一队，缺人现场配。带球鞋。", 18, guests=2),
        plan(2, 14, 1, Kind.TALK, "单王分享：雨天怎么跑", "跑单八年的老骑手讲路线、保暖和充电。", 40),
        plan(3, 9, 3, Kind.HEALTH, "免费体检", "量血压、测血糖，空腹来。", 30, questions=("有没有慢性病？",)),
        plan(5, 19, 2, Kind.TRAINING, "电动车保养课", "自己会修，少花冤枉钱。", 12, members_only=True),
    ]
