"""What a press costs that signs up or gives the place back: a transaction, a pop-up, and the card as it is then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

from aiohttp import web

from benchmarks.support.cost import FULL, Load
from benchmarks.support.programs import Crowd
from benchmarks.support.recipients import KEY
from benchmarks.support.telegram_stub import Stub, params_of
from benchmarks.support.units import Unit, by_kind
from handlers.activities import presses
from storage import schema
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.ids import ActivityId
from storage.activities.planning import Plan
from storage.database import open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.telegram_ids import PersonId


class Hesitant(Stub):
    """People who sign up, give the place back, and so on: each presses again once the card has been edited."""

    def __init__(self, load: Load, activity: ActivityId) -> None:
        super().__init__(load.chats, "", dict, think=load.think)
        words = (presses.SIGN_UP.data(activity), presses.GIVE_BACK_NOW.data(activity))
        self._next: dict[int, Iterator[str]] = {chat: cycle(words) for chat in range(1, load.chats + 1)}

    def hand_over(self, chat: int) -> None:
        self.press(chat, next(self._next[chat]))

    async def serve(self, request: web.Request) -> web.Response:
        answer = await super().serve(request)
        if request.match_info["method"] == "editMessageText":  # the card, after the pop-up
            self.units += 1
            self.first.set()
            self.after_thought(self.hand_over, int((await params_of(request))["chat_id"]))
        return answer


async def fill(_folder: Path, url: str) -> Crowd:
    """An activity without a limit, and people whom the bot knows."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, FULL.chats + 1)), "en"), now)
        plan = Plan("3x3", Kind.SPORT, now + timedelta(days=9), now + timedelta(days=9, hours=1))
        activity = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, activity.id, now)
    await database.close()
    return partial(Hesitant, activity=activity.id)


UNIT = Unit("a sign-up press", fill, by_kind("<= 1.0", "<= 1.3"))
