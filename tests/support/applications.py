"""Joining the union, as a rider and as the coordinator who decides."""

from __future__ import annotations

import io

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from storage.dialogues import Answers
from storage.membership import applications
from storage.membership.applications import Application
from storage.telegram_ids import PersonId
from tests.support.simulator import COORDINATOR, NOON, Rider, Town
from tests.support.words.chat import WELCOME
from tests.support.words.forms import CONSENT_PAGE
from tests.support.words.membership import AGREE_TO_JOIN, ASKED_FOR_NAME

ID_NUMBER = "370102199001010036"
"""Valid by its check digit; nobody's that we know."""


ANSWERS: Answers = {
    "name": "李雷",
    "phone": "+8613800138000",
    "platform": "美团",
    "work": "meals",
    "district": "德城区",
    "id_number": ID_NUMBER,
    "insurance": "no",
}


async def at_work(town: Town) -> Rider:
    """The coordinator, who has pressed Start and is written to in English."""
    coordinator = town.rider(COORDINATOR)
    await coordinator.says("/start")
    await coordinator.hears_of(WELCOME)
    return coordinator


async def begins_to_join(rider: Rider) -> None:
    """From /join to the first question."""
    await rider.says("/join")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_TO_JOIN)
    await rider.hears_of(ASKED_FOR_NAME)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#336699").save(out, "PNG")
    return out.getvalue()


async def applied(session: AsyncSession, person_id: int, **changes: str | None) -> Application:
    return await applications.apply(session, PersonId(person_id), {**ANSWERS, **changes}, 1, NOON)
