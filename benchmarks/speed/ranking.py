"""What a stance on a demand costs beside an aiogram echo; and a ranking of 5,000 demands by 100,000 riders: the next
demand, and the count at the end with its groups of opinion."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from aiohttp import web
from sqlalchemy import insert

from benchmarks.support.cost import FULL, Load
from benchmarks.support.in_process import InProcess, cost_of, in_process, median
from benchmarks.support.programs import Crowd
from benchmarks.support.recipients import KEY
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub, params_of
from benchmarks.support.units import Found, Unit, by_kind
from bot.background.demand_counter import DemandCounter
from handlers.campaigns.demands import presses
from storage import schema
from storage.campaigns import campaigns, moves
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.demands import counting
from storage.campaigns.demands.stances import DemandStance
from storage.campaigns.demands.table import Demand, DemandState
from storage.campaigns.ids import CampaignId, DemandId
from storage.database import Database, open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

DEMANDS, RIDERS, STANCES = 5_000, 100_000, 10
"""Stances are of each rider."""
CALLS = 15
_AT_ONCE = 20_000
_LIMITS = "[limits]\nactions_per_minute = 100000\nburst = 100000\n"
_TELEGRAM = f'[telegram]\ntoken = "1000:{"t" * 35}"\nmessages_per_second = 100000\n[web]\nport = 0\n'


class Ranking(Stub):
    """People who agree with each demand that they are shown, and go on after ten."""

    def __init__(self, load: Load, campaign: CampaignId) -> None:
        super().__init__(load.chats, "", dict, think=load.think)
        self._begins = presses.RANK.data(campaign)

    def hand_over(self, chat: int) -> None:
        self.press(chat, self._begins)

    async def serve(self, request: web.Request) -> web.Response:
        answer = await super().serve(request)
        if request.match_info["method"] == "editMessageText":
            params = await params_of(request)
            data = _button(params)
            if data.startswith(presses.STAND.name):
                self.units += 1
                self.first.set()
            self.after_thought(self.press, int(params["chat_id"]), data)
        return answer


def _button(params: dict[str, Any]) -> str:
    """The first one: it agrees, or goes on."""
    markup = params["reply_markup"]
    rows = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return str(rows[0][0]["callback_data"])


async def open_ranking(_folder: Path, url: str) -> Crowd:
    """A campaign whose demands are ranked; nobody has taken a stance yet."""
    opened = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(opened)
    campaign = await fill(opened, DEMANDS, FULL.chats, 0)
    await opened.close()
    return partial(Ranking, campaign=campaign)


async def fill(database: Database, demands: int, riders: int, stances: int) -> CampaignId:
    """A campaign whose ranking is open, and people; each of them has taken so many stances, by one of three
    opinions."""
    now = datetime.now(UTC)
    async with database.writing(apart=True) as session:
        for first in range(1, riders + 1, 5_000):
            ids = range(first, min(first + 5_000, riders + 1))
            await people.seen_all(session, dict.fromkeys(map(PersonId, ids), "en"), now)
        row = await campaigns.create(session, Plan("Talks", "A platform", Segment(), dict.fromkeys(Phase)))
        while row.phase is not Phase.RANK:
            await moves.move(session, row.id, row.phase, PersonId(1), now, None)
        new = [
            {"campaign_id": row.id, "state": DemandState.SHOWN, "text": f"Demand {at}: no deductions in heavy rain"}
            for at in range(demands)
        ]
        connection = await session.connection()
        await connection.execute(insert(Demand), [{**one, **_DEFAULTS} for one in new])
        random = np.random.default_rng(1)
        leaning = random.choice([-1, 1], (3, demands))
        aliases = np.sort(random.integers(-(2**63), 2**63 - 1, riders))
        rows: list[dict[str, int]] = []
        for alias in aliases.tolist() if stances else ():
            opinion = leaning[alias % 3]
            chosen = random.integers(0, demands, stances)
            rows += (
                {"campaign_id": row.id, "alias": alias, "demand_id": int(at) + 1, "stance": int(opinion[at])}
                for at in set(chosen.tolist())
            )
            if len(rows) >= _AT_ONCE:
                await connection.execute(insert(DemandStance), rows)
                rows = []
        if rows:
            await connection.execute(insert(DemandStance), rows)
    return row.id


_DEFAULTS = {"is_seed": False, "revision": 0, "stances": 0, "common": -1}


async def large(folder: Path, _found: Found) -> list[Result]:
    """In this process, on SQLite."""
    url = f"sqlite+aiosqlite:///{folder}/large_ranking.db"
    async with in_process(folder, url, KEY, _TELEGRAM + _LIMITS) as program:
        database = program.app.base.database
        campaign = await fill(database, DEMANDS, RIDERS, STANCES)
        first = await cost_of(partial(program.presses, PersonId(1), presses.RANK.data(campaign)))
        shown = median([await cost_of(partial(_begins, program, campaign, at)) for at in range(CALLS)])
        said = median([await cost_of(partial(_stands, program, at)) for at in range(CALLS)])
        async with database.writing() as session:
            await moves.move(session, campaign, Phase.RANK, PersonId(1), datetime.now(UTC), None)
        async with database.reading(apart=True) as session:
            ballots = await counting.read(session, campaign)
        groups = await cost_of(partial(asyncio.to_thread, counting.tally, ballots, database.vault))
        whole = await cost_of(DemandCounter(database).count)
    return [
        Result("the first demand after a start: the loop is held", first.held, "ms CPU", goal="<= 50"),
        Result("the next demand", shown.cpu, "ms CPU", goal="<= 5"),
        Result("a stance and the next demand", said.cpu, "ms CPU", goal="<= 5"),
        Result("groups of opinion and counts by them", groups.cpu / 1e3, "s CPU", goal="<= 10"),
        Result("  groups: the loop was held", groups.held, "ms CPU", goal="<= 50"),
        Result("reading, counting, keeping and throwing away", whole.cpu / 1e3, "s CPU"),
        Result("  all of it: the loop was held", whole.held, "ms CPU", goal="<= 50"),
    ]


async def _begins(program: InProcess, campaign: CampaignId, at: int) -> None:
    await program.presses(PersonId(at + 10), presses.RANK.data(campaign))


async def _stands(program: InProcess, at: int) -> None:
    await program.presses(PersonId(at + 10), presses.STAND.data(DemandId(at + 1), 1, 0))


UNIT = Unit("a stance", open_ranking, by_kind("<= 1.0", "<= 1.3"), more=large)
