"""What an answer to a survey costs beside an aiogram echo: a flag, the counters, and the next question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import orjson
from aiohttp import web
from sqlalchemy import insert

from benchmarks.support.cost import FULL, Load
from benchmarks.support.programs import Crowd
from benchmarks.support.recipients import KEY
from benchmarks.support.telegram_stub import Stub, params_of
from benchmarks.support.units import Unit, by_kind
from handlers.campaigns.surveys import presses
from storage import schema
from storage.campaigns import campaigns, moves
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys import questions, surveys, tallies
from storage.campaigns.surveys.roll import RollRow
from storage.campaigns.surveys.surveys import State
from storage.campaigns.surveys.wording import Kind, Wording
from storage.database import open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

SURVEYS, QUESTIONS = 80, 9
"""As many as nobody answers within a measurement at both loads."""
_AT_ONCE = 20_000
_QUESTION = Wording(Kind.ONE, "Does the platform pay the waiting time?", ("Yes", "No", "Sometimes"))


class Answering(Stub):
    """People who give the first answer to each question, and begin the next survey of those that are left to them after
    the last."""

    def __init__(self, load: Load, left: Mapping[int, Iterator[SurveyId]]) -> None:
        super().__init__(load.chats, "", dict, think=load.think)
        self._left = left
        self._waits = set[int]()

    def hand_over(self, chat: int) -> None:
        survey = next(self._left[chat], None)
        if survey is not None:
            self.press(chat, presses.ANSWER.data(survey))

    async def serve(self, request: web.Request) -> web.Response:
        answer = await super().serve(request)
        if request.match_info["method"] == "editMessageText":
            params = await params_of(request)
            chat, markup = int(params["chat_id"]), params["reply_markup"]
            if chat in self._waits:
                self.units += 1
                self.first.set()
            rows = (orjson.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
            data = str(rows[0][0]["callback_data"])
            if data.startswith(f"{presses.CHOOSE.name}:"):
                self._waits.add(chat)
                self.after_thought(self.press, chat, data)
            else:  # it was the last question
                self._waits.discard(chat)
                self.after_thought(self.hand_over, chat)
        return answer


async def fill(_folder: Path, url: str) -> Crowd:
    """Surveys that are open, and people who are on their rolls. A tenth of opening a survey is in an answer."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing(apart=True) as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, FULL.chats + 1)), "en"), now)
        campaign = await campaigns.create(session, Plan("Talks", "A platform", Segment(), {Phase.GATHER: None}))
        await moves.move(session, campaign.id, None, PersonId(1), now, None)
        found = []
        for number in range(SURVEYS):
            plan = surveys.Plan(f"Survey {number}", now + timedelta(days=9))
            row = await surveys.create(session, campaign.id, plan)
            await questions.replace_all(session, row.id, [_QUESTION] * QUESTIONS)
            await tallies.lay_down(session, row.id)
            row.state, row.opened_at = State.OPEN, now
            found.append(row.id)
        rolls = [
            {"survey_id": survey, "person_id": PersonId(person), "answered": 0}
            for survey in found
            for person in range(1, FULL.chats + 1)
        ]
        for first in range(0, len(rolls), _AT_ONCE):
            await session.execute(insert(RollRow), rolls[first : first + _AT_ONCE])
    await database.close()
    left = {chat: iter(found) for chat in range(1, FULL.chats + 1)}
    return partial(Answering, left=left)


UNIT = Unit("an answer to a survey", fill, by_kind("<= 1.0", "<= 1.3"))
